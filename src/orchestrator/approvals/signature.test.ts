/** Tests of what an armored signature says of itself, and of what is none. */
import { expect, test } from "bun:test";
import { makeKey, sign } from "../../../scripts/database/signers.ts";
import { Failure } from "../../kernel/failure.ts";
import { parseSignature } from "./signature.ts";

test.each(["ed25519", "rsa", "ecdsa"] as const)("a signature by an %s key says its key and namespace", (type) => {
  const key = makeKey(type);
  const bytes = sign(Buffer.from("document"), key, "hard-delete@cutter");
  expect(parseSignature(bytes, 1)).toEqual({
    ...{ armored: Buffer.from(bytes).toString(), keyFingerprint: key.fingerprint },
    namespace: "hard-delete@cutter",
  });
});

test("what is cut short, has something before or behind it, or is another thing in that armor is none", () => {
  const armored = Buffer.from(sign(Buffer.from("document"), makeKey("ed25519"), "sg1@cutter")).toString();
  const armor = (bytes: Uint8Array) =>
    `-----BEGIN SSH SIGNATURE-----\n${Buffer.from(bytes).toString("base64")}\n-----END SSH SIGNATURE-----\n`;
  const blob = Buffer.from(armored.split("\n").slice(1, -2).join(""), "base64");
  const codeOf = (text: string) => {
    const parsed = parseSignature(Buffer.from(text), 2);
    return parsed instanceof Failure ? `${parsed.code}: ${parsed.message}` : "parsed";
  };
  expect([codeOf(armored), codeOf(armor(blob))]).toEqual(["parsed", "parsed"]);
  const none = [
    ...["", `\n${armored}`, `${armored}\n`, armored + armored, armored.slice(0, -30), armored.replace("SSH", "PGP")],
    ...[armor(blob.subarray(0, 12)), armor(blob.subarray(0, 72)), armored.replaceAll("\n", "\r\n")],
    armor(Buffer.concat([Buffer.from("SSHKEY"), blob.subarray(6)])),
    armored.replace("U1NI", "U1N"),
  ];
  for (const text of none) {
    expect({ text, got: codeOf(text) }).toEqual({
      text,
      got: "STOP_APPROVAL_INVALID: signature 2 is no armored SSH signature",
    });
  }
});
