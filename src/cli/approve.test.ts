/**
 * approve.test: `cutter approve` and `cutter approval verify` as processes, on a live run of the reference database,
 * with real keys.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import type { TestDatabase } from "../../scripts/database/database.ts";
import { fileWith, temporaryFolder } from "../../scripts/database/files.ts";
import { type Key, makeKey, sign, signersFile } from "../../scripts/database/signers.ts";
import { type Desk, HANDBOOK, makeDesk, makeReference, runIdIn, surveying } from "../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../scripts/faults/stock.ts";
import { approvalCheckSchema } from "../report/approval-check-schema.ts";
import { approveSchema } from "../report/approve-schema.ts";

const NAMESPACES = 'namespaces="sg1@cutter,sg2@cutter,revert@cutter"';

let database: TestDatabase;
let desk: Desk;
let run: string;
let keys: { readonly anna: Key; readonly ben: Key };
let config: string;
beforeAll(async () => {
  database = await makeReference(await anyServer());
  desk = makeDesk();
  const source = join(temporaryFolder(), "handbook.md");
  writeFileSync(source, HANDBOOK);
  run = runIdIn(await desk.run(["cut", "HANDBOOK", "--source", source, ...surveying(database), "--live"]));
  keys = { anna: makeKey("ed25519"), ben: makeKey("ecdsa") };
  config = configured("");
});
afterAll(() => database.drop());

function configured(policy: string): string {
  const signers = signersFile(
    `anna@example ${NAMESPACES} ${keys.anna.publicKey}`,
    `ben@example ${NAMESPACES} ${keys.ben.publicKey}`,
  );
  return fileWith("cutter.toml", `[approvals]\nallowed_signers = "${signers}"\n${policy}`);
}

const approve = (...argv: readonly string[]) =>
  desk.run(["approve", run, "--unrehearsed", "--config", config, ...argv]);

async function check(file: string, ...argv: readonly string[]) {
  const ended = await desk.run(["approval", "verify", file, "--config", config, "--json", ...argv]);
  const document = v.parse(approvalCheckSchema, JSON.parse(ended.stdout));
  expect(document.exit as number).toBe(ended.code ?? -1);
  return document;
}

const newFile = () => join(temporaryFolder(), "approval.json");
const anna = ["--gate", "SG1", "--authority", "anna@example"] as const;

test("the approver sees the plan, what it does, where, until when, what was rehearsed, and signs it", async () => {
  const file = newFile();
  const before = await desk.show(run);
  const signing = ["--sign-with", keys.anna.path, "--valid-for", "90m", "--note", "read in full", "--out", file];
  const { code, stdout } = await approve(...anna, ...signing);
  expect(code).toBe(0);
  for (const part of [
    ...[
      "Plan of HANDBOOK: 3 units in",
      "Handbook  [0, ",
      "  One  [",
      "  create         3\n",
      "rehearsed not rehearsed",
    ],
    ...[`plan      ${before.cutplanSha256}`, `database  ${database.name}, system identifier 7`],
    ...[`written: ${file}\nsigned: ${file}.sig\nnext: cutter approval verify ${file}\n`],
    `next: cutter resume ${run} --approval ${file} --live\n`,
  ]) {
    expect(stdout).toContain(part);
  }
  expect([statSync(file).mode & 0o777, statSync(`${file}.sig`).mode & 0o777]).toEqual([0o600, 0o600]);
  const written = JSON.parse(readFileSync(file, "utf8"));
  expect(Date.parse(written.expires_at) - Date.parse(written.issued_at)).toBe(5_400_000);
  expect(await check(file)).toMatchObject({
    ...{ verdict: "accepted", exit: 0, reasons: [], run_id: run, gate: "SG1", mode: "live", note: "read in full" },
    signers: [{ authority: "anna@example", key_fingerprint: keys.anna.fingerprint }],
  });
  expect(await desk.show(run)).toEqual(before);
  const told = await desk.run(["approval", "verify", file, "--config", config]);
  expect([told.code, told.stdout]).toEqual([0, expect.stringMatching(/CUTTER_APPROVAL ACCEPTED\n$/)]);
  expect(told.stdout).toContain(`anna@example  ${keys.anna.fingerprint}`);
});

test("as JSON it is one document with the plan, and what is still to be done", async () => {
  const file = newFile();
  const both = ["--gate", "SG1", "--authority", "ben@example", "--authority", "anna@example"];
  const { code, stdout } = await approve(...both, "--sign-with", keys.anna.path, "--out", file, "--json");
  const report = v.parse(approveSchema, JSON.parse(stdout));
  expect([code, report.approval.authority, report.plan.unit_count, report.rehearsal]).toEqual([
    ...[0, ["ben@example", "anna@example"], 3, null],
  ]);
  expect(report.next[0]).toBe(
    `ssh-keygen -Y sign -f KEY -n sg1@cutter ${file} (1 more to sign); a second signature is kept as ${file}.2.sig`,
  );
  expect((await check(file)).reasons.map(({ message }) => message)).toEqual([
    expect.stringContaining("ben@example did not sign it"),
  ]);
  writeFileSync(`${file}.2.sig`, sign(readFileSync(file), keys.ben, "sg1@cutter"));
  expect((await check(file)).signers.map(({ authority }) => authority)).toEqual(["ben@example", "anna@example"]);
  expect((await check(file)).verdict).toBe("accepted");
  renameSync(`${file}.sig`, `${file}.other`);
  expect((await check(file)).reasons).toEqual([expect.objectContaining({ code: "STOP_APPROVAL_INVALID" })]);
  expect((await check(file, "--signature", `${file}.other`, "--signature", `${file}.2.sig`)).exit).toBe(0);
});

test("an edited approval, one of an unknown run, and one of a gate not reached yet are refused", async () => {
  const file = newFile();
  await approve(...anna, "--sign-with", keys.anna.path, "--out", file);
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace('"note": ""', '"note": "."'));
  const edited = await check(file);
  expect([edited.verdict, edited.reasons.length, edited.signers]).toEqual(["refused", 1, []]);
  writeFileSync(file, text.replaceAll(run, "ictr-20260521T042359Z-ad3d0b97"));
  expect((await check(file)).reasons.map(({ code }) => code)).toEqual(["RUN_UNKNOWN"]);
  const early = Buffer.from(text.replace('"gate": "SG1"', '"gate": "SG2"'));
  writeFileSync(file, early);
  writeFileSync(`${file}.sig`, sign(early, keys.anna, "sg2@cutter"));
  expect((await check(file)).reasons.map(({ code }) => code)).toEqual(["RUN_MOVE_REFUSED"]);
  writeFileSync(file, text.replace('"gate": "SG1"', '"gate": "SG3"'));
  const malformed = await desk.run(["approval", "verify", file, "--config", config]);
  expect([malformed.code, malformed.stderr.includes("STOP_APPROVAL_INVALID")]).toEqual([4, true]);
});

test("an agent signs where the public half of its key is named", async () => {
  const socket = join(temporaryFolder(), "agent");
  const agent = Bun.spawn(["ssh-agent", "-D", "-a", socket], { stdio: ["ignore", "ignore", "ignore"] });
  try {
    while (!existsSync(socket)) await Bun.sleep(10);
    const environment = { SSH_AUTH_SOCK: socket };
    const { path } = makeKey("ed25519");
    const publicHalf = fileWith("key.pub", readFileSync(`${keys.anna.path}.pub`, "utf8"));
    Bun.spawnSync(["ssh-add", "-q", keys.anna.path], { env: { ...process.env, ...environment } });
    const file = newFile();
    const order = ["approve", run, "--unrehearsed", "--config", config, ...anna, "--out", file, "--sign-with"];
    expect((await desk.run([...order, `${path}.pub.none`], { environment })).code).toBe(5);
    expect((await desk.run([...order, publicHalf])).code).toBe(5);
    expect((await desk.run([...order, publicHalf], { environment })).code).toBe(0);
    expect((await check(file)).verdict).toBe("accepted");
  } finally {
    agent.kill();
    await agent.exited;
  }
});

test("without ssh-keygen nothing is signed and nothing is believed", async () => {
  const [file, other] = [newFile(), newFile()];
  expect((await approve(...anna, "--sign-with", keys.anna.path, "--out", file)).code).toBe(0);
  const setting = { environment: { PATH: temporaryFolder() } };
  const signing = [
    "approve",
    run,
    "--unrehearsed",
    "--config",
    config,
    ...anna,
    "--out",
    other,
    "--sign-with",
    keys.anna.path,
  ];
  for (const argv of [signing, ["approval", "verify", file, "--config", config]]) {
    const { code, stderr } = await desk.run(argv, setting);
    expect([code, stderr.includes("error SSH_KEYGEN_MISSING"), stderr.includes("openssh-client")]).toEqual([
      5,
      true,
      true,
    ]);
  }
  expect([existsSync(other), existsSync(`${other}.sig`)]).toEqual([false, false]);
});

test("a rejection is signed as an approval is, says why, and lets nothing pass", async () => {
  const file = newFile();
  const no = [...anna, "--reject", "--sign-with", keys.anna.path, "--out", file];
  const silent = await approve(...no);
  expect([silent.code, existsSync(file)]).toEqual([2, false]);
  expect((await approve(...no, "--note", "article 3 is missing")).code).toBe(0);
  expect(await check(file)).toMatchObject({ verdict: "rejection", exit: 4, reasons: [], note: "article 3 is missing" });
});

test("no file is replaced, neither the document nor its signature", async () => {
  const file = newFile();
  expect((await approve(...anna, "--out", file)).code).toBe(0);
  const text = readFileSync(file, "utf8");
  const again = await approve(...anna, "--out", file);
  expect([again.code, again.stderr.includes("FILE_EXISTS"), readFileSync(file, "utf8")]).toEqual([2, true, text]);
  const signing = await approve(...anna, "--sign-with", keys.anna.path, "--out", file);
  expect([signing.code, existsSync(`${file}.sig`), readFileSync(file, "utf8")]).toEqual([2, false, text]);
  const other = newFile();
  writeFileSync(`${other}.sig`, "old");
  const beside = await approve(...anna, "--sign-with", keys.anna.path, "--out", other);
  expect([beside.code, existsSync(other), readFileSync(`${other}.sig`, "utf8")]).toEqual([2, false, "old"]);
});

test("on a disk that is full neither the document nor its signature is left", async () => {
  const file = newFile();
  const unshare = process.geteuid?.() === 0 ? "unshare --mount" : "unshare --user --map-root-user --mount";
  // One page: the signature finds room, the document does not.
  const place = dirname(file);
  const disk = `mount -t tmpfs -o size=4k none ${place}; set +e; "$@"; code=$?; ls -A ${place}; exit $code`;
  const argv = [
    "approve",
    run,
    "--unrehearsed",
    "--config",
    config,
    ...anna,
    "--sign-with",
    keys.anna.path,
    "--out",
    file,
    "--json",
  ];
  const ended = await desk.run(argv, { script: `exec ${unshare} sh -ec '${disk}' sh "$@"` });
  expect([ended.code, ended.stderr.includes("ENOSPC")]).toEqual([5, true]);
  expect(ended.stdout).toEndWith("}\n");
  expect(JSON.parse(ended.stdout)).toMatchObject({
    code: "FILE_WRITE_FAILED",
    data: expect.stringContaining("No file"),
  });
});

test("what cannot be approved is refused before anything is written", async () => {
  const file = newFile();
  const two = configured("required = 2\n");
  const cases: readonly (readonly [argv: readonly string[], code: number, said: string])[] = [
    [["--gate", "SG1"], 2, "--authority is missing"],
    [[...anna, "--authority", "anna@example"], 2, "must not name anybody twice"],
    [[...anna, "--valid-for", "31d"], 2, "is no duration"],
    [[...anna, "--valid-for", "soon"], 2, "is no duration"],
    [["--gate", "SG2", "--authority", "anna@example"], 4, "does not wait at SG2"],
    [[...anna, "--sign-with", "/nowhere/key"], 5, "SSH_KEYGEN_FAILED"],
    [["--gate", "SG3", "--authority", "anna@example"], 2, "SG3"],
  ];
  for (const [argv, code, said] of cases) {
    const ended = await approve(...argv, "--out", file);
    expect({ argv, code: ended.code, said: ended.stderr.includes(said) }).toEqual({ argv, code, said: true });
  }
  const alone = await desk.run(["approve", run, "--unrehearsed", "--config", two, ...anna, "--out", file]);
  expect([alone.code, alone.stderr.includes("SG1 needs 2 authorities")]).toEqual([2, true]);
  expect([existsSync(file), existsSync(`${file}.sig`)]).toEqual([false, false]);
});

test("a revert may be approved wherever the run has a plan; the source of a run that was altered may not", async () => {
  const file = newFile();
  const signing = ["--authority", "anna@example", "--sign-with", keys.anna.path, "--out", file];
  expect((await approve("--gate", "REVERT", ...signing)).code).toBe(0);
  expect(await check(file)).toMatchObject({ verdict: "accepted", gate: "REVERT" });
  const other = desk.copy();
  writeFileSync(join(other.state, "runs", run, "source"), "# Another\n");
  const ended = await other.run(["approve", run, "--unrehearsed", "--config", config, ...anna, "--out", newFile()]);
  expect([ended.code, ended.stderr.includes("EVIDENCE_ALTERED")]).toEqual([3, true]);
});

test("what is shown as the rehearsal is what the last one wrote, or it is refused", async () => {
  const other = desk.copy();
  writeFileSync(join(other.state, "runs", run, "rehearsal.json"), "{}\n", { mode: 0o600 });
  const ended = await other.run(["approve", run, "--unrehearsed", "--config", config, ...anna, "--out", newFile()]);
  expect([ended.code, ended.stderr.includes("rehearsal.json is not what the last rehearsal")]).toEqual([3, true]);
});
