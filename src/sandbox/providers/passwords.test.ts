/** Tests of the one-time passwords: where they are, where they are not, and that a server takes their verifiers. */
import { afterAll, expect, test } from "bun:test";
import * as fs from "node:fs";
import { redact } from "../../kernel/evidence/redaction.ts";
import { openPasswords } from "./passwords.ts";
import { ok, sampleFolder } from "./sample-sandbox.ts";

const folder = sampleFolder();
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

test("they are in one private file as libpq reads it, one for each role, and stay what they are", () => {
  const passwords = ok(openPasswords(folder));
  ok(passwords.add(["app", "a:b\\c"]));
  const first = passwords.of("app");
  ok(passwords.add(["app", "other"]));
  const lines = fs.readFileSync(passwords.file, "utf8").trim().split("\n");
  expect(lines).toEqual([
    `*:*:*:app:${first}`,
    `*:*:*:a\\:b\\\\c:${passwords.of("a:b\\c")}`,
    `*:*:*:other:${passwords.of("other")}`,
  ]);
  expect(first).toMatch(/^[A-Za-z0-9_-]{32}$/);
  const modes = [passwords.directory, passwords.file].map((path) => fs.statSync(path).mode & 0o777);
  expect([modes, passwords.of("nobody"), redact(`password ${first}`).includes(first ?? "")]).toEqual([
    [0o700, 0o600],
    null,
    false,
  ]);
});

test("a verifier holds no password, needs no quoting, and is another at each time", () => {
  const passwords = ok(openPasswords(folder));
  ok(passwords.add(["app"]));
  const [one, two] = [passwords.verifier("app"), passwords.verifier("app")];
  expect(one).toMatch(/^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/);
  expect([one === two, one.includes(passwords.of("app") ?? "")]).toEqual([false, false]);
  expect(() => passwords.verifier("nobody")).toThrow("no password was made for nobody");
});
