/** Tests of GnuPG's own directory: it lies where its path is short enough for sockets, or is refused in words. */
import { afterEach, expect, test } from "bun:test";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeKey } from "../../../scripts/database/backup.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { succeed } from "../../../scripts/database/target.ts";
import { Failure } from "../../kernel/failure.ts";
import { openKeyring } from "./keyring.ts";

const { TMPDIR } = process.env;
afterEach(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
});

function longFolder(): string {
  const path = join(temporaryFolder(), "x".repeat(60), "y".repeat(60));
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

test("where TMPDIR is too long for a socket a key is imported below /tmp", async () => {
  const { keyFile } = makeKey();
  process.env.TMPDIR = longFolder();
  const keyring = succeed(await openKeyring({ gpg: ["gpg"], keyFile, gnupgHome: null }));
  const place = dirname(keyring.home);
  keyring.close();
  expect(place).toBe("/tmp");
});

test("a configured directory whose sockets would have too long a path is refused in words", async () => {
  const answer = await openKeyring({ gpg: ["gpg"], keyFile: null, gnupgHome: longFolder() });
  const said = answer instanceof Failure ? answer.message : "it is used";
  const elsewhere = existsSync(`/run/user/${process.geteuid?.()}`);
  expect(said).toContain(elsewhere ? "it is used" : "the sockets of gpg's agent lie in it");
});
