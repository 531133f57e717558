/** Tests of the one line that removes everything: exactly ours goes with it, and a shell reads it as it is meant. */
import { afterAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Facts } from "../kernel/failure.ts";
import { describeRemoval, type RemovalPlaces } from "./removal.ts";

const root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "cutter-removal-")));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

let made = 0;
/** A machine with everything of ours in it, below a folder of this name, and things that are not ours. */
function machine(name = "machine"): RemovalPlaces & { readonly folder: string } {
  const folder = join(root, `${++made}`, name);
  const state = join(folder, "var/lib/cutter");
  for (const path of [
    join(folder, "bin"),
    join(folder, "etc/cutter"),
    join(state, "runs/r/evidence"),
    join(state, "locks"),
    join(state, "sandbox"),
    join(state, "cache/sandbox/template-1/data"),
  ]) {
    fs.mkdirSync(path, { recursive: true });
  }
  const binary = join(folder, "bin/cutter");
  const configuration = join(folder, "etc/cutter/cutter.toml");
  const foreign = [join(folder, "bin/other"), join(folder, "etc/other.toml"), join(folder, "var/lib/other")];
  const ours = [join(state, "cutter.db"), join(state, "cutter.db-wal"), join(state, "locks/HOLD")];
  for (const path of [binary, configuration, ...foreign, ...ours]) fs.writeFileSync(path, "x");
  return { folder, binary, stateDirectory: state, configuration };
}

function files(folder: string): string[] {
  return fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
}

test("the line names program, state and configuration, and nothing is removed by writing it", () => {
  const places = machine();
  const before = files(places.folder);
  const { paths, command, refused } = describeRemoval(places);
  const [etc, state] = [join(places.folder, "etc/cutter"), places.stateDirectory];
  expect({ paths, command, refused }).toEqual({
    paths: [
      { what: "configuration", path: etc, there: "yes" },
      { what: "state", path: state, there: "yes" },
      { what: "program", path: places.binary ?? "", there: "yes" },
    ],
    command: `rm -rf -- ${etc} ${state} ${places.binary}`,
    refused: null,
  });
  expect(files(places.folder)).toEqual(before);
});

test("run by a shell, the line leaves everything that is not ours, whatever the paths hold", () => {
  for (const name of ["plain", "with space", "it's", "$(touch x)", "-rf", "a;b&c", "*", "été"]) {
    const places = machine(name);
    const { command } = describeRemoval(places);
    const run = spawnSync("/bin/sh", ["-c", command ?? "false"], { cwd: places.folder });
    expect({ name, status: run.status, left: files(places.folder) }).toEqual({
      ...{ name, status: 0 },
      left: ["bin", "bin/other", "etc", "etc/other.toml", "var", "var/lib", "var/lib/other"],
    });
  }
});

test("a configuration of another name is one file; from source and without one there is only the state", () => {
  const places = machine();
  const configuration = join(places.folder, "etc/other.toml");
  expect(describeRemoval({ ...places, configuration }).paths[0]).toMatchObject({ path: configuration });
  const bare = describeRemoval({ ...places, binary: null, configuration: null });
  expect(bare.command).toBe(`rm -rf -- ${places.stateDirectory}`);
});

test("what is not there is said, and the line is given all the same", () => {
  const stateDirectory = join(root, "never");
  const { paths, command } = describeRemoval({ binary: null, configuration: null, stateDirectory });
  expect({ paths, command }).toEqual({
    paths: [{ what: "state", path: stateDirectory, there: "no" }],
    command: `rm -rf -- ${stateDirectory}`,
  });
});

test("a state directory that holds anything else is not removed as a whole", () => {
  const places = machine();
  fs.writeFileSync(join(places.stateDirectory, "letter.txt"), "");
  expect(describeRemoval(places)).toMatchObject({
    command: null,
    refused: `${places.stateDirectory} holds what is not cutter's: letter.txt; remove what is ours in it by hand`,
  });
  for (const stateDirectory of ["/", "/etc", "/usr", root]) {
    const { command, refused } = describeRemoval({ ...places, stateDirectory });
    expect({ stateDirectory, command, refused: refused !== null }).toEqual({
      stateDirectory,
      command: null,
      refused: true,
    });
  }
});

test("a path that is relative, roundabout, a directory, or cannot be shown gets no line", () => {
  const places = machine();
  const cases: readonly (readonly [Partial<RemovalPlaces>, string])[] = [
    [{ binary: "bin/cutter" }, "bin/cutter is not a plain absolute path"],
    [{ binary: "/usr/../cutter" }, "/usr/../cutter is not a plain absolute path"],
    [{ stateDirectory: `${places.stateDirectory}/` }, `${places.stateDirectory}/ is not a plain absolute path`],
    [{ binary: "/opt/a\nb" }, "the path of the program holds characters that cannot be shown"],
    [{ binary: places.folder }, `${places.folder} is a directory, and should be a file`],
    [{ configuration: places.folder }, `${places.folder} is a directory, and should be a file`],
    [{ stateDirectory: places.binary ?? "" }, `${places.binary} cannot be looked into: ENOTDIR`],
  ];
  const got = cases.map(([change]) => {
    const { command, refused } = describeRemoval({ ...places, ...change });
    return { command, refused };
  });
  expect(got).toEqual(cases.map(([, refused]) => ({ command: null, refused })));
});

test("the description is made of facts, and says what it leaves and what it takes", () => {
  const removal: Facts & ReturnType<typeof describeRemoval> = describeRemoval(machine());
  expect(JSON.parse(JSON.stringify(removal))).toEqual(removal);
  expect(removal.remarks.join(" ")).toMatch(/evidence.*database/);
});
