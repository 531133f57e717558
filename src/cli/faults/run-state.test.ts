/**
 * run-state.test: the state directory is full, read-only, somebody else's, a link, or open to others.
 *
 * Each time there is a code and an exit code, and nothing half-written; where only the disk failed, the report of the
 * gates is printed all the same. Disks of a given size are tmpfs in a mount namespace of their own.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { crashBuild } from "../../../scripts/faults/crash-build.ts";
import { cutter } from "../../../scripts/faults/program.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { HANDBOOK, makeDesk, makeReference, runIdIn, surveying } from "../../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

const ROOT = process.geteuid?.() === 0;
const PATIENCE_MS = 60_000;

let program: string;
let database: TestDatabase;
let source: string;
beforeAll(async () => {
  program = crashBuild();
  database = await makeReference(await anyServer());
  source = join(temporaryFolder(), "handbook.md");
  writeFileSync(source, HANDBOOK);
}, PATIENCE_MS);
afterAll(() => database.drop());

/** The verbs that keep something. */
function writing(): readonly (readonly string[])[] {
  return [
    ["dryrun", ...surveying(database)],
    ["cut", "HANDBOOK", "--source", source, ...surveying(database)],
  ];
}

/** A script that runs the program on a disk of its own under its state directory, then `after` on the same disk. */
function onDisk(options: string, after = ""): string {
  const unshare = ROOT ? "unshare --mount" : "unshare --user --map-root-user --mount";
  const inside = [
    `mount -t tmpfs -o mode=0700,${options} none "$CUTTER_STATE_DIR"`,
    'set +e; "$@"; code=$?; set -e',
    after,
    'rm -rf "$CUTTER_STATE_DIR"/* "$CUTTER_STATE_DIR"/.[a-z]* 2>/dev/null || true',
    "exit $code",
  ];
  return `mkdir -m 0700 "$CUTTER_STATE_DIR"; exec ${unshare} sh -ec '${inside.join("\n")}' sh "$@"`;
}

const WRONG: Readonly<Record<string, (path: string) => void>> = {
  "open to others": (path) => {
    mkdirSync(path);
    chmodSync(path, 0o750);
  },
  "a link to one that is ours": (path) => {
    mkdirSync(`${path}.real`, { mode: 0o700 });
    symlinkSync(`${path}.real`, path);
  },
  "a file": (path) => writeFileSync(path, "", { mode: 0o600 }),
  "somebody else's": (path) => {
    if (!ROOT) return symlinkSync("/usr", path);
    mkdirSync(path, { mode: 0o700 });
    chownSync(path, 65_534, 65_534);
  },
};

for (const [what, make] of Object.entries(WRONG)) {
  test(`the state directory is ${what}: refused before any connection, by every verb, and left alone`, async () => {
    const path = join(temporaryFolder(), "state");
    make(path);
    const desk = makeDesk(program, path);
    const nowhere = ["--survey", "--url", "postgres://nobody@127.0.0.1:1/nothing"];
    const unknown = "ictr-20260521T042359Z-ad3d0b97";
    const verbs = [
      ["dryrun", ...nowhere],
      ["cut", "HANDBOOK", "--source", source, ...nowhere],
      ["resume", unknown, ...nowhere],
      ["runs"],
      ["show", unknown],
      ["verify", unknown],
    ];
    for (const argv of verbs) {
      const ended = await desk.run(argv);
      expect([argv[0], ended.code, readText(ended)?.code]).toEqual([argv[0], 2, "FILE_NOT_PRIVATE"]);
    }
    const beside = readdirSync(dirname(path)).filter((name) => name !== "state" && name !== "state.real");
    expect(beside).toEqual([]);
  });
}

test("on a read-only disk nothing begins, and what fails is told as what it is", async () => {
  for (const argv of [...writing(), ["runs"]]) {
    const ended = await cutter(argv, { program, script: onDisk("size=1m,ro") });
    expect([argv[0], ended.code, readText(ended)?.code]).toEqual([argv[0], 5, "FILE_WRITE_FAILED"]);
    expect(ended.stderr).toMatch(/read-only file system|SQLITE_CANTOPEN/);
  }
});

/** With room again, each run that was begun is finished, and is as it should be. */
const WITH_ROOM = `
  find "$CUTTER_STATE_DIR" -name "*.partial" -not -path "*/runs/*/ictr-*" >&2
  mount -o remount,size=8m "$CUTTER_STATE_DIR"
  for id in $("$1" runs --json | grep -o "ictr-[^\\"]*"); do
    last=6
    for turn in 1 2 3; do [ $last = 6 ] && { "$1" resume $id $SURVEY >/dev/null 2>&1 && last=0 || last=$?; }; done
    "$1" verify $id >/dev/null 2>&1 && echo "finished $last intact" >&2 || echo "finished $last broken" >&2
  done`;

const SIZES_KIB = [16, 64, 100, 128, 192, 256, 320, 400, 512, 1024, 3072] as const;

test(
  "on a disk that fills up the gates are printed, what is there is whole, and with room again each run is finished",
  async () => {
    const exits: (number | null)[] = [];
    for (const size of SIZES_KIB) {
      const ended = await cutter(["dryrun", ...surveying(database), "--json"], {
        program,
        script: onDisk(`size=${size}k`, WITH_ROOM),
        environment: { SURVEY: surveying(database).join(" ") },
      });
      const report = JSON.parse(ended.stdout);
      exits.push(ended.code);
      const failed = report.gates.filter(({ verdict }: { verdict: string }) => verdict === "FAIL");
      expect(report.gates.at(-1)).toMatchObject({ id: "G7", verdict: "PASS" });
      expect({ size, exit: report.exit, code: report.failure?.code ?? null, failed: failed.length < 2 }).toEqual({
        ...{ size, exit: ended.code, code: ended.code === 0 ? null : "FILE_WRITE_FAILED", failed: true },
      });
      expect(ended.stderr).not.toContain(".partial");
      const finished = ended.stderr.split("\n").filter((line) => line.startsWith("finished"));
      expect(finished.filter((line) => line !== "finished 0 intact")).toEqual([]);
    }
    expect([exits[0], exits.at(-1)]).toEqual([5, 0]);
  },
  PATIENCE_MS,
);

test("with a limit on the size of files the same; evidence that still fits is kept, not vouched for", async () => {
  for (const blocks of [120, 160, 200]) {
    const desk = makeDesk(program);
    const ended = await desk.run(["dryrun", ...surveying(database)], { script: `ulimit -f ${blocks}; exec "$@"` });
    expect([ended.code, readText(ended)?.code]).toEqual([5, "FILE_WRITE_FAILED"]);
    expect(ended.stdout).toMatch(/^PASS +G7 /m);
    const [session = ""] = /dryrun-\d{8}T\d{6}Z-[0-9a-f]{8}/.exec(ended.stdout) ?? [];
    // What could not be noted in the run store is there to be read, and nobody vouches for it.
    const verified = await desk.run(["verify", session]);
    expect([verified.code, verified.stderr]).toEqual([3, expect.stringContaining("is not known to the run store")]);
  }
});

test("a resume that closes its run and cannot keep the evidence says so, and the next one keeps it", async () => {
  const desk = makeDesk(program);
  const id = runIdIn(await desk.run(["cut", "HANDBOOK", "--source", source, ...surveying(database)]));
  const resume = ["resume", id, ...surveying(database)];
  await desk.run(resume);
  const { folder } = await desk.show(id);
  chmodSync(folder, 0o755);
  const closed = await desk.run(resume);
  expect([closed.code, readText(closed)?.code]).toEqual([2, "FILE_NOT_PRIVATE"]);
  expect(closed.stderr).toContain("evidence was NOT kept");
  expect((await desk.show(id)).state).toBe("CLOSEOUT_REPORTED");
  chmodSync(folder, 0o700);
  const verified: unknown[] = [];
  for (const argv of [["verify", id], resume, ["verify", id], resume, ["verify", id]]) {
    verified.push((await desk.run(argv)).code);
  }
  expect(verified).toEqual([3, 0, 0, 0, 0]);
});
