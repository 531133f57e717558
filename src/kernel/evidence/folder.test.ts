import { afterAll, expect, test } from "bun:test";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep } from "../clock.ts";
import { sha256 } from "../digest.ts";
import { Failure } from "../failure.ts";
import { writeEvidence } from "./folder.ts";
import { registerSecret } from "./redaction.ts";
import { isRunId, runId } from "./run-id.ts";
import { verifyEvidence } from "./verify.ts";

const root = fs.mkdtempSync(join(tmpdir(), "evidence-"));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const FILES = { "report.md": "# Report\n", "facts.json": '{"a":1}\n', "junit.xml": "<testsuites/>\n" };
let made = 0;

function written(files: Readonly<Record<string, string>> = FILES): string {
  const folder = writeEvidence({ stateDirectory: join(root, `state-${++made}`), runId: runId("proof"), files });
  if (folder instanceof Failure) throw new Error(folder.message);
  return folder;
}

function code(value: unknown): string {
  return value instanceof Failure ? value.code : "no failure";
}

test("a run id says kind, UTC second and eight hex digits, and no path passes for one", () => {
  expect(runId("proof")).toMatch(/^proof-\d{8}T\d{6}Z-[0-9a-f]{8}$/);
  expect(runId("ictr")).not.toBe(runId("ictr"));
  expect(isRunId("ictr-20260521T042359Z-ad3d0b97")).toBe(true);
  for (const text of ["../x", "proof-20260521T042359Z-ad3d0b97/..", "proof-20260521T042359Z-ad3d0b97\n", ""]) {
    expect(isRunId(text)).toBe(false);
  }
});

test("the folder holds what it was given and SHA256SUMS that coreutils accepts, sorted, 0700 and 0600", () => {
  const folder = written();
  expect(fs.readdirSync(folder).sort()).toEqual(["SHA256SUMS", "facts.json", "junit.xml", "report.md"]);
  const checked = execFileSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: folder, encoding: "utf8" });
  expect(checked).toBe("facts.json: OK\njunit.xml: OK\nreport.md: OK\n");
  const modes = ["..", ".", "facts.json", "SHA256SUMS"].map((name) => fs.statSync(join(folder, name)).mode & 0o7777);
  expect(modes).toEqual([0o700, 0o700, 0o600, 0o600]);
  const digests = Object.entries(FILES).map(([name, content]) => [name, sha256(content)] as const);
  expect(verifyEvidence(folder)).toEqual({
    files: ["facts.json", "junit.xml", "report.md"],
    digests: new Map(digests),
    digest: sha256(fs.readFileSync(join(folder, "SHA256SUMS"))),
  });
  expect(fs.readdirSync(join(folder, ".."))).toEqual(["evidence"]);
});

test("no secret reaches a file, and the digests are those of the redacted files", () => {
  registerSecret("canary-evidence-p&w");
  const folder = written({
    "facts.json": '{"url":"canary-evidence-p&w"}',
    "junit.xml": "<a>canary-evidence-p&amp;w</a>",
  });
  const all = fs.readdirSync(folder).map((name) => fs.readFileSync(join(folder, name), "utf8"));
  expect(all.join("")).not.toContain("canary");
  expect(JSON.parse(fs.readFileSync(join(folder, "facts.json"), "utf8"))).toEqual({ url: "[redacted]" });
  expect(code(verifyEvidence(folder))).toBe("no failure");
});

const tampering: Record<string, { damage: (folder: string) => void; what: string; name: string }> = {
  "a changed byte": {
    damage: (folder) => fs.writeFileSync(join(folder, "facts.json"), '{"a":2}\n'),
    what: "changed",
    name: "facts.json",
  },
  "a file cut short": {
    damage: (folder) => fs.truncateSync(join(folder, "report.md"), 3),
    what: "changed",
    name: "report.md",
  },
  "a file removed": { damage: (folder) => fs.rmSync(join(folder, "junit.xml")), what: "missing", name: "junit.xml" },
  "a file added": {
    damage: (folder) => fs.writeFileSync(join(folder, ".hidden"), "", { mode: 0o600 }),
    what: "extra",
    name: ".hidden",
  },
  "two files swapped": {
    damage: (folder) => {
      fs.renameSync(join(folder, "facts.json"), join(folder, "x"));
      fs.renameSync(join(folder, "report.md"), join(folder, "facts.json"));
      fs.renameSync(join(folder, "x"), join(folder, "report.md"));
    },
    what: "changed",
    name: "facts.json",
  },
  "no SHA256SUMS": {
    damage: (folder) => fs.rmSync(join(folder, "SHA256SUMS")),
    what: "missing",
    name: "SHA256SUMS",
  },
  "an empty SHA256SUMS": {
    damage: (folder) => fs.truncateSync(join(folder, "SHA256SUMS")),
    what: "malformed",
    name: "SHA256SUMS",
  },
  "SHA256SUMS cut in its last line": {
    damage: (folder) => fs.truncateSync(join(folder, "SHA256SUMS"), 150),
    what: "malformed",
    name: "SHA256SUMS",
  },
  "SHA256SUMS without its first line": {
    damage: (folder) => edit(join(folder, "SHA256SUMS"), (lines) => lines.slice(1)),
    what: "extra",
    name: "facts.json",
  },
  "SHA256SUMS in another order": {
    damage: (folder) => edit(join(folder, "SHA256SUMS"), (lines) => lines.toReversed()),
    what: "malformed",
    name: "SHA256SUMS",
  },
  "SHA256SUMS that names a file elsewhere": {
    damage: (folder) => edit(join(folder, "SHA256SUMS"), (lines) => [`${"0".repeat(64)}  ../x`, ...lines]),
    what: "malformed",
    name: "SHA256SUMS",
  },
};

function edit(path: string, change: (lines: string[]) => string[]): void {
  const lines = fs.readFileSync(path, "utf8").trimEnd().split("\n");
  fs.writeFileSync(path, `${change(lines).join("\n")}\n`);
}

for (const [hazard, { damage, what, name }] of Object.entries(tampering)) {
  test(`evidence that was altered is named: ${hazard}`, () => {
    const folder = written();
    damage(folder);
    const verdict = verifyEvidence(folder);
    expect(verdict instanceof Failure && [verdict.code, verdict.facts]).toEqual(["EVIDENCE_ALTERED", { what, name }]);
  });
}

test("evidence that is a link, or that others may read, is refused before it is compared", () => {
  const folder = written();
  fs.chmodSync(join(folder, "facts.json"), 0o644);
  expect(code(verifyEvidence(folder))).toBe("FILE_NOT_PRIVATE");
  fs.renameSync(join(folder, "facts.json"), join(folder, "..", "facts.json"));
  fs.symlinkSync("../facts.json", join(folder, "facts.json"));
  expect(code(verifyEvidence(folder))).toBe("FILE_NOT_PRIVATE");
  expect(code(verifyEvidence(join(folder, "..", "none")))).toBe("FILE_UNREADABLE");
});

test("a second folder for the same run is refused and the first one stays whole", () => {
  const stateDirectory = join(root, `state-${++made}`);
  const request = { stateDirectory, runId: runId("proof"), files: FILES };
  const first = writeEvidence(request);
  expect(code(writeEvidence({ ...request, files: { "facts.json": "other" } }))).toBe("FILE_WRITE_FAILED");
  expect(code(verifyEvidence(String(first)))).toBe("no failure");
  expect(fs.readdirSync(join(stateDirectory, "runs", request.runId))).toEqual(["evidence"]);
});

test("a state directory that others may enter is refused and stays empty", () => {
  const stateDirectory = join(root, `state-${++made}`);
  fs.mkdirSync(stateDirectory, { mode: 0o755 });
  expect(code(writeEvidence({ stateDirectory, runId: runId("proof"), files: FILES }))).toBe("FILE_NOT_PRIVATE");
  expect(fs.readdirSync(stateDirectory)).toEqual([]);
});

test("a name that is a path, hidden, or SHA256SUMS itself is a bug, and leaves nothing behind", () => {
  for (const name of ["../x", "a/b", ".x", "", "SHA256SUMS", "a\nb"]) {
    const stateDirectory = join(root, `state-${++made}`);
    const id = runId("proof");
    expect(() => writeEvidence({ stateDirectory, runId: id, files: { ...FILES, [name]: "x" } })).toThrow("not a name");
    expect(fs.readdirSync(join(stateDirectory, "runs", id))).toEqual([]);
  }
  expect(() => writeEvidence({ stateDirectory: root, runId: "../x", files: FILES })).toThrow("not a run id");
});

const folderModule = join(import.meta.dir, "folder.ts");

test("on a full disk there is no folder at all", () => {
  const id = runId("proof");
  const child = `
    const { writeEvidence } = await import(${JSON.stringify(folderModule)});
    const fs = await import("node:fs");
    const files = { "facts.json": "small", "report.md": "x".repeat(200_000) };
    const outcome = writeEvidence({ stateDirectory: "/mnt/state", runId: ${JSON.stringify(id)}, files });
    const left = fs.readdirSync("/mnt/state/runs/${id}");
    process.stdout.write(JSON.stringify([outcome.code, outcome.facts.errno, left]));`;
  const user = process.geteuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const mount = `mount -t tmpfs -o size=64k none /mnt; exec "$0" -e "$1"`;
  const outcome = spawnSync("unshare", [...user, "--mount", "sh", "-ec", mount, process.execPath, child], {
    encoding: "utf8",
  });
  expect({ stderr: outcome.stderr, stdout: outcome.stdout }).toEqual({
    stderr: "",
    stdout: JSON.stringify(["FILE_WRITE_FAILED", "ENOSPC", []]),
  });
});

test("a writer killed at any moment leaves whole folders only", async () => {
  const stateDirectory = join(root, `state-${++made}`);
  const child = `
    const { writeEvidence } = await import(${JSON.stringify(folderModule)});
    for (let turn = 0; turn < 10_000; turn++) {
      const runId = "proof-20260521T042359Z-" + turn.toString(16).padStart(8, "0");
      const content = "x".repeat(100_000);
      const files = { a: content, b: content, c: content };
      writeEvidence({ stateDirectory: ${JSON.stringify(stateDirectory)}, runId, files });
      if (turn === 5) process.stdout.write("going");
    }`;
  const writer = spawn(process.execPath, ["-e", child], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => writer.once("exit", resolve));
  await new Promise((resolve) => writer.stdout.once("data", resolve));
  await sleep(Math.random() * 30);
  writer.kill("SIGKILL");
  await ended;
  const runs = fs.readdirSync(join(stateDirectory, "runs"));
  const folders = runs
    .map((run) => join(stateDirectory, "runs", run, "evidence"))
    .filter((path) => fs.existsSync(path));
  expect(folders.length).toBeGreaterThan(5);
  for (const folder of folders) expect(code(verifyEvidence(folder))).toBe("no failure");
});
