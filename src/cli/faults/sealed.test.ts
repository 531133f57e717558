/**
 * sealed.test: evidence with keys configured: sealed by each command that writes some, and `cutter verify` asks the
 * seals.
 *
 * How the seals are made, and that tools of others accept them, is kernel/evidence/seal.test.ts.
 */
import { beforeAll, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { makeKey } from "../../../scripts/database/signers.ts";
import { forge } from "../../../scripts/faults/forge.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { type Desk, HANDBOOK, makeDesk, runIdIn } from "../../../scripts/faults/run-verbs.ts";

const PATIENCE_MS = 30_000;
const SEALS = ["SHA256SUMS.sig", "SHA256SUMS.signer", "attestation.json"];

let desk: Desk;
let keyed: readonly string[];
/** A dry run with two runs, a run that was resumed to its end, and a proof. */
let ids: readonly string[];
let folders: readonly string[];
beforeAll(async () => {
  desk = makeDesk();
  keyed = ["--config", configuration(attestKey(), makeKey("ed25519").path)];
  const source = join(temporaryFolder(), "handbook.md");
  writeFileSync(source, HANDBOOK);
  expect((await desk.run(["dryrun", ...keyed])).code).toBe(0);
  const run = runIdIn(await desk.run(["cut", "HANDBOOK", "--source", source, ...keyed]));
  await desk.run(["resume", run, ...keyed]);
  expect((await desk.run(["resume", run, ...keyed])).code).toBe(0);
  expect((await desk.run(["proof", "rollback", "--embedded", ...keyed])).code).toBe(0);
  ids = readdirSync(join(desk.state, "runs"));
  const all = readdirSync(join(desk.state, "runs"), { recursive: true, encoding: "utf8" });
  folders = all.filter((path) => basename(path) === "evidence").map((path) => join(desk.state, "runs", path));
}, PATIENCE_MS);

function attestKey(): string {
  const path = join(temporaryFolder(), "attest.pem");
  const { privateKey } = generateKeyPairSync("ed25519");
  writeFileSync(path, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  return path;
}

function configuration(attest: string, ssh: string): string {
  const path = join(temporaryFolder(), "cutter.toml");
  writeFileSync(path, `[signing]\nattest_key = "${attest}"\nssh_key = "${ssh}"\n`, { mode: 0o600 });
  return path;
}

/** Exit code and message of a verification of all that there is. */
async function verified(
  on: Desk,
  argv: readonly string[] = keyed,
): Promise<readonly (readonly [number | null, string])[]> {
  const answers: (readonly [number | null, string])[] = [];
  for (const id of ids) {
    const ended = await on.run(["verify", id, ...argv]);
    answers.push([ended.code, (readText(ended)?.message ?? ended.stdout).replaceAll(/\s+/g, " ")]);
  }
  return answers;
}

test(
  "each folder of evidence has its seals, and each seal holds by the configured keys",
  async () => {
    expect([ids.length, folders.length]).toEqual([3, 5]);
    for (const folder of folders) expect(readdirSync(folder)).toEqual(expect.arrayContaining(SEALS));
    const told = await verified(desk);
    expect(told.map(([code]) => code)).toEqual([0, 0, 0]);
    const all = told.map(([, text]) => text).join("");
    expect(all.match(/attestation\.json is signed with SHA256:\S+, the configured key, and it holds/g)).toHaveLength(5);
    expect(all.match(/SHA256SUMS is signed with SHA256:\S+, the configured key, and it holds/g)).toHaveLength(5);
  },
  PATIENCE_MS,
);

test(
  "without the keys it says whose the seals are and what was not checked; with others it names them",
  async () => {
    const without = await verified(desk, []);
    expect(without.map(([code, text]) => [code, text.includes("no attest_key"), text.includes("no ssh_key")])).toEqual(
      ids.map(() => [0, true, true]),
    );
    const others = ["--config", configuration(attestKey(), makeKey("ed25519").path)];
    const told = await verified(desk, others);
    expect(told).toEqual(
      ids.map(() => [3, expect.stringContaining("attestation.json is not signed by the configured key")]),
    );
  },
  PATIENCE_MS,
);

test(
  "a seal with one byte changed, or removed, is named, whichever it is",
  async () => {
    const wrong: unknown[] = [];
    for (const folder of folders) {
      for (const name of SEALS) {
        for (const what of ["changed", "removed"] as const) {
          const copy = desk.copy();
          const path = join(copy.state, relative(desk.state, folder), name);
          const bytes = readFileSync(path);
          bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
          if (what === "changed") writeFileSync(path, bytes);
          else rmSync(path);
          const id = ids.find((one) => folder.includes(one)) ?? "";
          const ended = await copy.run(["verify", id]);
          const message = readText(ended)?.message ?? "";
          if (ended.code !== 3 || !message.startsWith(`${name} `))
            wrong.push([folder, name, what, ended.code, message]);
        }
      }
    }
    expect(wrong).toEqual([]);
  },
  2 * PATIENCE_MS,
);

test("a proof that was forged with its digests, for which no run store vouches, is named by its seals", async () => {
  const copy = desk.copy();
  const [proof = ""] = ids.filter((id) => id.startsWith("proof-"));
  const evidence = join(copy.state, "runs", proof, "evidence");
  forge(evidence, "facts.json", readFileSync(join(evidence, "facts.json"), "utf8").replaceAll("158", "159"));
  const ended = await copy.run(["verify", proof]);
  expect([ended.code, readText(ended)?.message]).toEqual([
    3,
    expect.stringMatching(/^attestation\.json is of other files/),
  ]);
});

test("a key that cannot be used is found out before anything is done", async () => {
  const open = attestKey();
  chmodSync(open, 0o640);
  const other = makeDesk();
  const argv = ["--config", configuration(open, makeKey("ed25519").path)];
  for (const verb of [["dryrun"], ["proof", "rollback", "--embedded"]]) {
    const ended = await other.run([...verb, ...argv]);
    expect([verb, ended.code, readText(ended)?.code, ended.stdout]).toEqual([verb, 2, "FILE_NOT_PRIVATE", ""]);
  }
  expect(readdirSync(join(other.state, "runs"))).toEqual([]);
});
