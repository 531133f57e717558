/**
 * evidence/seal-keys: the keys that seal evidence, read before anything is begun: a key that cannot be used is found
 * out while nothing has happened yet.
 *
 * `[signing] attest_key` signs attestation.json, `ssh_key` signs SHA256SUMS through ssh-keygen. Both may be left out.
 * Called by the commands that write evidence or verify it.
 */
import type { KeyObject } from "node:crypto";
import type { Configuration } from "../conninfo/configuration.ts";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { readGuardedFile, readPrivateFile } from "../private-files/file.ts";
import { readEd25519Key } from "./private-key.ts";
import { registerSecret } from "./redaction.ts";
import { findSshKeygen, type SshKeygen } from "./ssh-keygen.ts";

export type SshSigner = {
  readonly program: SshKeygen;
  /** Of the private key, or of the public half of one that an agent has. */
  readonly path: string;
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicKey: string;
};

export type SealKeys = { readonly attest: KeyObject | null; readonly ssh: SshSigner | null };

export const NO_SEALS: SealKeys = { attest: null, ssh: null };

type Environment = Readonly<Record<string, string | undefined>>;

/** SIGNING_KEY_INVALID, FILE_NOT_PRIVATE, FILE_UNREADABLE, SSH_KEYGEN_MISSING. */
export function readSealKeys(configuration: Configuration, environment: Environment): SealKeys | Failure {
  const { attestKey, sshKey } = configuration.signing;
  const attest = attestKey === null ? null : readEd25519Key(attestKey);
  if (attest instanceof Failure) return attest;
  const ssh = sshKey === null ? null : readSshSigner(sshKey, configuration.approvals.sshKeygen, environment);
  return ssh instanceof Failure ? ssh : { attest, ssh };
}

function readSshSigner(path: string, configured: SshKeygen | null, environment: Environment): SshSigner | Failure {
  const program = findSshKeygen(configured, environment);
  if (program instanceof Failure) return program;
  const isPublic = path.endsWith(".pub");
  const secret = isPublic ? null : readPrivateFile(path, limits.signingKeyBytes);
  if (secret instanceof Failure) return secret;
  if (secret !== null) registerSecret(Buffer.from(secret).toString("latin1"));
  const beside = isPublic ? path : `${path}.pub`;
  const bytes = readGuardedFile(beside, limits.signingKeyBytes);
  if (bytes instanceof Failure) return bytes;
  const [publicKey] = PUBLIC_KEY.exec(Buffer.from(bytes).toString("latin1")) ?? [];
  if (publicKey !== undefined) return { program, path, publicKey };
  return new Failure("SIGNING_KEY_INVALID", `${beside} holds no public key of OpenSSH`, {
    hint: `ssh-keygen -y -f ${path} > ${path}.pub`,
  });
}

/** One line; a comment may follow. */
const PUBLIC_KEY = /^(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}(?=[ \n]|$)/;
