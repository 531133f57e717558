/** Tests of the one form of an SSH signature: what ssh-keygen would still read is refused where it is not its own. */
import { expect, test } from "bun:test";
import { makeKey, sign } from "../../../scripts/database/signers.ts";
import { sshSignatureProblem } from "./ssh-signature.ts";

const key = makeKey("ed25519");
const text = Buffer.from(sign(Buffer.from("sums"), key, "evidence@cutter")).toString();

const FORMS: Readonly<Record<string, string>> = {
  "a line break moved": text.replace(/(.{30})(.{40})\n(.{10})/, "$1\n$2$3\n"),
  "an empty line": text.replace("\n-----END", "\n\n-----END"),
  "a blank": text.replace(/(.{30})(.{40})\n/, "$1 $2\n"),
  "carriage returns": text.replaceAll("\n", "\r\n"),
  "padding that nobody needs": text.replace("\n-----END", "=\n-----END"),
  "no last line feed": text.trimEnd(),
  "something behind it": `${text}\n`,
  "no signature at all": "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n",
  nothing: "",
};

test.each(Object.keys(FORMS))("%s", (what) => {
  const form = FORMS[what] ?? "";
  expect([form === text, sshSignatureProblem(form, key.publicKey)]).toEqual([false, "is not as ssh-keygen writes one"]);
});

test("one of ssh-keygen is by its key, and by no other", () => {
  expect(sshSignatureProblem(text, key.publicKey)).toBeNull();
  expect(sshSignatureProblem(text, makeKey("ed25519").publicKey)).toBe(
    "is by another key than the public one beside it",
  );
});
