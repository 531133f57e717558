/** Tests of the allowed_signers file: what is taken, and each line, owner, mode and way by which it is refused. */
import { beforeAll, expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { type Key, makeKey, signersFile } from "../../../scripts/database/signers.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { readAllowedSigners } from "./allowed-signers.ts";

const NAMESPACES = 'namespaces="sg1@cutter"';

let key: Key;
beforeAll(() => {
  key = makeKey("ed25519");
});

function verdict(path: string): string {
  const read = readAllowedSigners(path);
  if (!(read instanceof Failure)) return "taken";
  const { code, exitCode, message, data } = read;
  expect(data).toBe("The run stands where it stood; nothing was written.");
  return `${code} ${exitCode} ${message.replaceAll(dirname(path), "")}`;
}

test("comments, empty lines, several principals, other namespaces beside ours, and times are taken", () => {
  const path = signersFile(
    "# approvers",
    "",
    `  anna@example,anna namespaces="git,sg1@cutter" ${key.publicKey} Anna’s, "her" laptop`,
    `ben@example Valid-Before="20300101",NAMESPACES="sg2@cutter"\t${makeKey("rsa").publicKey}`,
    `carol@example valid-after="20250101Z",${NAMESPACES} ${makeKey("ecdsa").publicKey}`,
  );
  const read = readAllowedSigners(path);
  if (read instanceof Failure) throw new Error(read.message);
  const shown = read.signers.map(({ line, principals, namespaces }) => [line, principals, namespaces]);
  expect(shown).toEqual([
    [3, ["anna@example", "anna"], ["git", "sg1@cutter"]],
    [4, ["ben@example"], ["sg2@cutter"]],
    [5, ["carol@example"], ["sg1@cutter"]],
  ]);
  expect(read.signers[0]?.keyFingerprint).toBe(key.fingerprint);
});

test.each([
  ["a KEY", "has no namespaces=, so that it would be valid for every gate"],
  ['a valid-before="20300101" KEY', "has no namespaces="],
  ['a namespaces="*" KEY', 'has the namespace "*", and patterns are not taken'],
  ['a namespaces="sg?@cutter" KEY', "patterns are not taken"],
  ['a namespaces="!git,sg1@cutter" KEY', "patterns are not taken"],
  ['a namespaces="" KEY', "patterns are not taken"],
  [`a ${NAMESPACES},${NAMESPACES} KEY`, "has namespaces= twice"],
  [`* ${NAMESPACES} KEY`, 'names "*", and a principal is a plain name without patterns'],
  [`*@example ${NAMESPACES} KEY`, "a principal is a plain name"],
  [`anna,!ben ${NAMESPACES} KEY`, 'names "!ben"'],
  [`anna, ${NAMESPACES} KEY`, 'names ""'],
  [`"anna b" ${NAMESPACES} KEY`, 'names "\\"anna"'],
  [`-I ${NAMESPACES} KEY`, 'names "-I"'],
  [`a cert-authority,${NAMESPACES} KEY`, "has cert-authority: list the keys of people, one by one"],
  [`a CERT-AUTHORITY,${NAMESPACES} KEY`, "has cert-authority"],
  [`a ${NAMESPACES},no-touch-required KEY`, 'has the option "no-touch-required", which is not known'],
  [`a namespaces=sg1@cutter KEY`, 'has the option "namespaces=sg1@cutter"'],
  [`a ${NAMESPACES}`, "has no"],
  [`a ${NAMESPACES} ssh-ed25519 AAAA`, "has no public key of a kind that is taken"],
  [`a ${NAMESPACES} ssh-rsa BASE64`, "has no public key"],
  [`a ${NAMESPACES} ssh-ed25519-cert-v01@openssh.com BASE64`, "has no public key"],
  [`a ${NAMESPACES} ssh-ed25519 BASE64=`, "has no public key"],
  ["anna", 'names ""'],
  [`a ${NAMESPACES} KEY\r`, "holds a control character"],
  [`a ${NAMESPACES} KEY\0`, "holds a control character"],
])("one line that could mean more than it seems refuses the file: %j", (line, reason) => {
  const written = line.replace("KEY", key.publicKey).replace("BASE64", key.publicKey.split(" ")[1] ?? "");
  const path = signersFile(`good@example ${NAMESPACES} ${key.publicKey}`, written);
  expect(verdict(path)).toStartWith("ALLOWED_SIGNERS_INVALID 4 /allowed_signers: line 2 ");
  expect(verdict(path)).toContain(reason);
});

test("a file that others may write, or that is not there, a link, a folder or too large is refused", () => {
  const line = `a ${NAMESPACES} ${key.publicKey}`;
  const file = (): string => signersFile(line);
  expect(verdict(file())).toBe("taken");
  for (const mode of [0o620, 0o602, 0o666]) {
    const path = file();
    chmodSync(path, mode);
    expect(verdict(path)).toContain("others may write it, its mode is 0");
  }
  const readable = file();
  chmodSync(readable, 0o644);
  expect(verdict(readable)).toBe("taken");
  const link = join(temporaryFolder(), "link");
  symlinkSync(readable, link);
  expect(verdict(link)).toContain("is a symbolic link");
  expect(verdict(temporaryFolder())).toContain("is not a regular file");
  expect(verdict(`${readable}.none`)).toContain("ENOENT");
  const large = file();
  truncateSync(large, limits.allowedSignersBytes + 1);
  expect(verdict(large)).toContain("is larger than");
});

test("a file in a folder, or below one, that others may write is refused, whichever way leads there", () => {
  const top = temporaryFolder();
  const folder = join(top, "etc");
  mkdirSync(folder);
  const path = join(folder, "allowed_signers");
  writeFileSync(path, `a ${NAMESPACES} ${key.publicKey}\n`);
  expect(verdict(path)).toBe("taken");
  chmodSync(folder, 0o775);
  expect(verdict(path)).toContain("on the way to it, others may write it, its mode is 0775");
  chmodSync(folder, 0o755);
  chmodSync(top, 0o777);
  expect(verdict(path)).toContain("others may write it, its mode is 0777");
  const way = join(temporaryFolder(), "way");
  symlinkSync(folder, way);
  expect(verdict(join(way, "allowed_signers"))).toContain("its mode is 0777");
  chmodSync(top, 0o1777);
  expect(verdict(path)).toBe("taken");
});

test("a file, or a folder on the way, of another user is refused", () => {
  if (process.geteuid?.() !== 0) return;
  const path = signersFile(`a ${NAMESPACES} ${key.publicKey}`);
  chownSync(path, 65_534, 65_534);
  expect(verdict(path)).toContain("belongs to user 65534");
  chownSync(path, 0, 0);
  chownSync(dirname(path), 65_534, 65_534);
  expect(verdict(path)).toContain("on the way to it, it belongs to user 65534");
  // A sticky folder lets its own owner do everything.
  chmodSync(dirname(path), 0o1777);
  expect(verdict(path)).toContain("belongs to user 65534");
});

test("without a configured file nobody's signature counts", () => {
  expect(readAllowedSigners(null)).toMatchObject({ code: "CONFIG_INVALID", exitCode: 2 });
});
