/**
 * evidence/ssh-signature: whether an armored SSH signature is written in the one way that ssh-keygen writes it, and by
 * which key it says that it is.
 *
 * ssh-keygen reads past blanks in the armor, so a byte could change there and nobody would be told. It proves nothing
 * more: ssh-keygen judges the same bytes. The form: PROTOCOL.sshsig of OpenSSH. Pure.
 */
const ARMOR = /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)\n-----END SSH SIGNATURE-----\n$/;
const MAGIC = "SSHSIG";
const LINE_CHARACTERS = 70;

/** null where it is by the key of this line, `ssh-ed25519 AAAA…`; else why not. */
export function sshSignatureProblem(armored: string, publicKey: string): string | null {
  const [, body = ""] = ARMOR.exec(armored) ?? [];
  const base64 = body.replaceAll("\n", "");
  const blob = Buffer.from(base64, "base64");
  const lines = base64.match(new RegExp(`.{1,${LINE_CHARACTERS}}`, "g"))?.join("\n") ?? "";
  const isOwnForm = blob.toString("base64") === base64 && lines === body && body !== "";
  if (!isOwnForm || blob.subarray(0, MAGIC.length).toString("latin1") !== MAGIC)
    return "is not as ssh-keygen writes one";
  const [, key = ""] = publicKey.split(" ");
  const start = MAGIC.length + 4;
  const length = blob.byteLength < start + 4 ? 0 : blob.readUInt32BE(start);
  const inside = blob.subarray(start + 4, start + 4 + length).toString("base64");
  return inside === key ? null : "is by another key than the public one beside it";
}
