/** Tests of what is removed by a record, and above all of what is not: a sweep must leave each hazard alone. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import { ok, sampleFolder } from "../providers/sample-sandbox.ts";
import { startServerProcess } from "../providers/server-process.ts";
import { endProcess } from "./end-process.ts";
import { makeMarkedDirectory, removeMarkedDirectory } from "./marked-directory.ts";
import { identifyProcess, isRunning } from "./process-identity.ts";
import { type LeftoverRecord, openRecord, readRecord, recordDirectory } from "./record.ts";
import type { ProcessResource, Resource } from "./resource.ts";
import { type Swept, sweepLeftovers } from "./sweep.ts";

const NAME = "cutter-sandbox-t1";

let folder: string;
let record: LeftoverRecord;
const children: Bun.Subprocess[] = [];

beforeEach(() => {
  folder = sampleFolder();
  record = ok(openRecord(folder, NAME));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill("SIGKILL");
    await child.exited;
  }
  fs.rmSync(folder, { recursive: true, force: true });
});

function sleeper(): ProcessResource {
  const child = Bun.spawn(["sleep", "60"]);
  children.push(child);
  const found = identifyProcess(child.pid);
  if (found === null) throw new Error("the process is not there");
  return found;
}

/** As if the process that owned the record had been killed, and its number were another's by now. */
function abandon(): void {
  const { owner, ...rest } = JSON.parse(fs.readFileSync(record.file, "utf8"));
  const dead = { ...owner, startTime: `${Number(owner.startTime) - 1}` };
  fs.writeFileSync(record.file, JSON.stringify({ ...rest, owner: dead }));
}

async function sweep(): Promise<Swept> {
  const [swept, ...others] = ok(await sweepLeftovers(folder, process.env));
  if (swept === undefined || others.length > 0) throw new Error(`${others.length} other records were swept`);
  return swept;
}

function note(...resources: readonly Resource[]): void {
  for (const resource of resources) ok(record.add(resource));
}

describe("a process", () => {
  test("that the record names is ended", async () => {
    const ours = sleeper();
    note(ours);
    abandon();
    expect([(await sweep()).is, isRunning(ours), fs.existsSync(record.file)]).toEqual(["removed", false, false]);
  });

  test("that only got the number later is not ended, whatever differs", async () => {
    const theirs = sleeper();
    const other = { ...theirs, startTime: `${Number(theirs.startTime) - 100}` };
    const rebooted = { ...theirs, bootId: "00000000-0000-4000-8000-000000000000" };
    note(other, rebooted);
    abandon();
    const swept = await sweep();
    expect([swept.is, swept.removed, swept.gone?.length, isRunning(theirs)]).toEqual(["removed", [], 2, true]);
  });

  test("that does not quit is killed, with what it started", async () => {
    const code = "trap '' QUIT; (trap '' QUIT; sleep 60; echo) & echo started; wait; wait; sleep 60; echo";
    const child = Bun.spawn(["/bin/sh", "-c", code], { stdout: "pipe" });
    children.push(child);
    await child.stdout.getReader().read();
    const stubborn = identifyProcess(child.pid);
    if (stubborn === null) throw new Error("the process is not there");
    const started = fs.readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ");
    expect({
      ended: await endProcess(stubborn),
      running: started.filter((pid) => identifyProcess(Number(pid))),
    }).toEqual({
      ended: null,
      running: [],
    });
  });

  test("that could not be written down never begins", async () => {
    const proof = join(folder, "begun");
    fs.rmSync(recordDirectory(folder), { recursive: true });
    const logFile = join(folder, "log");
    const failed = await startServerProcess({ command: ["touch", proof], environment: {}, logFile, record });
    await Bun.sleep(200);
    expect([failed instanceof Failure && failed.code, fs.existsSync(proof)]).toEqual(["FILE_WRITE_FAILED", false]);
  });
});

describe("a directory", () => {
  const place = (): string => join(folder, "place");

  test("that could not be written down is not made", () => {
    fs.rmSync(recordDirectory(folder), { recursive: true });
    const failed = makeMarkedDirectory(record, place());
    expect([failed?.code, fs.existsSync(place())]).toEqual(["FILE_WRITE_FAILED", false]);
  });

  test("of ours goes with all that is in it, and no link in it is followed", async () => {
    ok(makeMarkedDirectory(record, place()));
    const elsewhere = join(folder, "elsewhere");
    fs.mkdirSync(join(place(), "a", "b"), { recursive: true });
    fs.mkdirSync(elsewhere);
    fs.writeFileSync(join(elsewhere, "kept"), "");
    fs.symlinkSync(elsewhere, join(place(), "a", "link"));
    abandon();
    expect([(await sweep()).is, fs.existsSync(place()), fs.readdirSync(elsewhere)]).toEqual([
      "removed",
      false,
      ["kept"],
    ]);
  });

  const HAZARDS: readonly [hazard: string, make: (token: string) => void, reason: RegExp][] = [
    ["without a marker", () => fs.mkdirSync(place()), /has no marker/],
    ["with another sandbox's marker", () => marked(place(), "0".repeat(32)), /another sandbox's/],
    [
      "that is a link to one with the right marker",
      (token) => {
        marked(join(folder, "real"), token);
        fs.symlinkSync(join(folder, "real"), place());
      },
      /symbolic link/,
    ],
    [
      "whose marker is a link to the right one",
      (token) => {
        marked(join(folder, "real"), token);
        fs.mkdirSync(place());
        fs.symlinkSync(join(folder, "real", ".cutter-sandbox"), join(place(), ".cutter-sandbox"));
      },
      /has no marker/,
    ],
    [
      "whose marker others may read",
      (token) => {
        marked(place(), token);
        fs.chmodSync(join(place(), ".cutter-sandbox"), 0o644);
      },
      /has no marker/,
    ],
    ["that is a file", () => fs.writeFileSync(place(), "kept"), /not a directory/],
  ];

  function marked(path: string, token: string): void {
    fs.mkdirSync(path);
    fs.writeFileSync(join(path, ".cutter-sandbox"), token, { mode: 0o600 });
  }

  for (const [hazard, make, reason] of HAZARDS) {
    test(`${hazard} stays, and the record with it`, async () => {
      make(record.token);
      if (fs.statSync(place()).isDirectory()) fs.writeFileSync(join(place(), "kept"), "kept");
      note({ kind: "directory", path: place() });
      abandon();
      const swept = await sweep();
      expect({ is: swept.is, reasons: swept.left.map((one) => reason.test(one.reason)) }).toEqual({
        is: "left",
        reasons: [true],
      });
      const kept = fs.statSync(place()).isDirectory() ? join(place(), "kept") : place();
      expect([fs.readFileSync(kept, "utf8"), fs.existsSync(record.file)]).toEqual(["kept", true]);
    });
  }

  test("of another user stays", async () => {
    if (process.geteuid?.() !== 0) return;
    marked(place(), record.token);
    fs.chownSync(place(), 65_534, 65_534);
    expect(await removeMarkedDirectory(place(), record.token)).toContain("belongs to user 65534");
    expect(fs.existsSync(place())).toBe(true);
  });

  test("whose maker died before it marked it goes, since nothing is in it", async () => {
    fs.mkdirSync(place());
    note({ kind: "directory", path: place() });
    abandon();
    expect([(await sweep()).is, fs.existsSync(place())]).toEqual(["removed", false]);
  });

  test("whose maker died while it wrote the marker goes too, whatever of it was written", async () => {
    fs.mkdirSync(place());
    fs.writeFileSync(join(place(), ".cutter-sandbox.partial"), record.token.slice(0, 7), { mode: 0o600 });
    note({ kind: "directory", path: place() });
    abandon();
    expect([(await sweep()).is, fs.existsSync(place())]).toEqual(["removed", false]);
  });

  test("whose removal was cut off is removed by the next", async () => {
    ok(makeMarkedDirectory(record, place()));
    fs.mkdirSync(join(place(), "rest"));
    const twice = [
      await removeMarkedDirectory(place(), record.token),
      await removeMarkedDirectory(place(), record.token),
    ];
    expect(twice).toEqual([null, null]);
  });

  test("stays while a process of the record that could not be ended may use it", async () => {
    ok(makeMarkedDirectory(record, place()));
    // Nobody has this program, so that nobody can say whether the container is there.
    note({ kind: "container", name: `${NAME}-a`, command: ["there-is-no-such-engine"] });
    abandon();
    const { is, left } = await sweep();
    expect([is, left.map(({ reason }) => reason)]).toEqual([
      "left",
      ["there-is-no-such-engine is not installed", "a container that is left may still use it"],
    ]);
    expect(fs.existsSync(place())).toBe(true);
  });
});

describe("a record", () => {
  test("of a sandbox whose process runs is left alone", async () => {
    const ours = sleeper();
    note(ours);
    expect([(await sweep()).is, isRunning(ours)]).toEqual(["in use", true]);
  });

  test("that was altered is not believed, and nothing that it names is touched", async () => {
    const ours = sleeper();
    note(ours);
    abandon();
    const text = fs.readFileSync(record.file, "utf8");
    const altered = [
      text.slice(0, -20),
      text.replace('"version": 1', '"version": 2').replace('"version":1', '"version":2'),
      text.replace('"resources":[', '"resources":[{"kind":"directory","path":"relative"},'),
      text.replace('"resources":[', '"resources":[{"kind":"process","pid":1,"startTime":"0","bootId":"x"},'),
      text.replace('"resources":[', '"resources":[{"kind":"container","name":"production","command":["docker"]},'),
    ];
    const got = [];
    for (const one of altered) {
      fs.writeFileSync(record.file, one);
      const swept = await sweep();
      got.push([one !== text, swept.is, swept.trouble?.code]);
    }
    expect(got).toEqual(altered.map(() => [true, "unreadable", "CONFIG_INVALID"]));
    expect(isRunning(ours)).toBe(true);
  });

  test("that others could have written is not believed", async () => {
    fs.chmodSync(record.file, 0o666);
    expect((await sweep()).trouble?.code).toBe("FILE_NOT_PRIVATE");
    fs.chmodSync(recordDirectory(folder), 0o777);
    const failed = await sweepLeftovers(folder, process.env);
    expect(failed instanceof Failure && failed.code).toBe("FILE_NOT_PRIVATE");
  });

  test("is one per name, reads back as it was written, and does not end while it names anything", () => {
    const again = openRecord(folder, NAME);
    note({ kind: "directory", path: "/nowhere" });
    const back = ok(readRecord(record.file));
    expect([again instanceof Failure && again.code, back.token === record.token, back.resources]).toEqual([
      "FILE_EXISTS",
      true,
      [{ kind: "directory", path: "/nowhere" }],
    ]);
    expect(() => record.close()).toThrow("still names directory /nowhere");
    ok(record.drop({ kind: "directory", path: "/nowhere" }));
    expect([record.close(), fs.existsSync(record.file)]).toEqual([null, false]);
  });

  test("there is none where no sandbox ever ran", async () => {
    expect(ok(await sweepLeftovers(join(folder, "nothing"), process.env))).toEqual([]);
  });
});

test("a record that was cut off as it was written goes with a sweep; a young one, and other files, stay", async () => {
  const partial = (serial: number) => join(recordDirectory(folder), `.${NAME}.json.0000000${serial}.partial`);
  const other = join(recordDirectory(folder), ".notes.partial");
  const longAgo = new Date(Date.now() - 120_000);
  for (const file of [partial(1), partial(2), other]) fs.writeFileSync(file, "{");
  for (const file of [partial(1), other]) fs.utimesSync(file, longAgo, longAgo);
  await sweep();
  expect([partial(1), partial(2), other].map((file) => fs.existsSync(file))).toEqual([false, true, true]);
});
