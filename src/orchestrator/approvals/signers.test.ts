/** Tests of where signatures are judged: on private copies that nobody can exchange, and that are gone afterwards. */
import { afterEach, expect, test } from "bun:test";
import { chmodSync, readdirSync } from "node:fs";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { makeKey, sign, signersFile } from "../../../scripts/database/signers.ts";
import { findSshKeygen } from "../../kernel/evidence/ssh-keygen.ts";
import { Failure } from "../../kernel/failure.ts";
import { readAllowedSigners } from "./allowed-signers.ts";
import { parseSignature } from "./signature.ts";
import { findSigners } from "./signers.ts";

const { TMPDIR } = process.env;
afterEach(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
});

function had<T>(value: T | Failure): T {
  if (value instanceof Failure) throw new Error(value.message);
  return value;
}

async function judgedIn(folder: string): Promise<string> {
  process.env.TMPDIR = folder;
  const [key, document] = [makeKey("ed25519"), Buffer.from("document")];
  const path = signersFile(`anna@example namespaces="sg1@cutter" ${key.publicKey}`);
  const found = await findSigners({
    ...{ authorities: ["anna@example"], namespace: "sg1@cutter", document, now: "2026-11-26T01:00:00.000Z" },
    allowed: had(readAllowedSigners(path)),
    signatures: [had(parseSignature(sign(document, key, "sg1@cutter"), 1))],
    program: had(findSshKeygen(null, process.env)),
  });
  return found instanceof Failure ? `${found.code} ${found.message.replaceAll(folder, "TMPDIR")}` : "judged";
}

test("copies lie in a private folder of the TMPDIR while they are judged, and nothing is left", async () => {
  const folder = temporaryFolder();
  expect([await judgedIn(folder), readdirSync(folder)]).toEqual(["judged", []]);
  chmodSync(folder, 0o1777);
  expect([await judgedIn(folder), readdirSync(folder)]).toEqual(["judged", []]);
});

test("in a TMPDIR that others may write nothing is judged, since they could exchange the copies", async () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o777);
  const [said, left] = [await judgedIn(folder), readdirSync(folder)];
  expect(left).toEqual([]);
  expect(said).toStartWith("FILE_NOT_PRIVATE TMPDIR/cutter-approval-");
  expect(said).toContain("of TMPDIR on the way to it, others may write it, its mode is 0777");
});

test("where there is no room for copies nothing is judged, and it is said", async () => {
  expect(await judgedIn("/nowhere")).toStartWith("FILE_WRITE_FAILED cannot make a folder for signatures: ENOENT");
});
