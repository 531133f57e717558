/**
 * tls-files: the certificates and the key that a target names, read once per login.
 *
 * A root certificate that was asked for and cannot be read is a Failure, never "then unverified". Refuses a private key
 * that others may read, by libpq's rule. Never prints what is in a key. Called by connect.ts.
 */
import { readFile, stat } from "node:fs/promises";
import type { ServerTarget } from "../conninfo/target.ts";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";

export type TlsFiles = {
  /** Trusted roots as PEM; null where the mode verifies nothing. */
  readonly roots: readonly string[] | null;
  readonly certificate: string | null;
  readonly key: string | null;
};

export const NO_TLS_FILES: TlsFiles = { roots: null, certificate: null, key: null };

const SYSTEM = "system";
const OTHERS_OF_OWN_KEY = 0o077;
/** A key of root's may be read by a group, so that a package can share it (libpq, "Client Certificates"). */
const OTHERS_OF_ROOTS_KEY = 0o027;

type TlsTarget = Pick<ServerTarget, "sslMode" | "sslRootCert" | "sslCert" | "sslKey">;

export async function readTlsFiles(target: TlsTarget): Promise<TlsFiles | Failure> {
  const roots = await readRoots(target);
  if (roots instanceof Failure) return roots;
  if (target.sslCert === null) return { roots, certificate: null, key: null };
  const certificate = await readPem(target.sslCert);
  if (certificate instanceof Failure) return certificate;
  const key = await readKey(target);
  if (key instanceof Failure) return key;
  return { roots, certificate, key };
}

async function readRoots({ sslMode, sslRootCert }: TlsTarget): Promise<readonly string[] | null | Failure> {
  if (sslRootCert === SYSTEM) {
    const { getCACertificates } = await import("node:tls");
    if (sslMode !== "verify-full") return weakMode(sslMode);
    return getCACertificates("system");
  }
  if (sslRootCert !== null) {
    const pem = await readPem(sslRootCert);
    return pem instanceof Failure ? pem : [pem];
  }
  if (sslMode !== "verify-ca" && sslMode !== "verify-full") return null;
  return new Failure("TLS_INVALID", `sslmode is ${sslMode}, and there is no root certificate to verify with`, {
    hint: "Name one with sslrootcert, or put it where libpq looks for it (~/.postgresql/root.crt).",
    data: "No connection was made; nothing was read or written.",
  });
}

/** As libpq: everybody's certificates are among the system's roots, so the host name must be checked. */
function weakMode(sslMode: string): Failure {
  return new Failure("CONNINFO_INVALID", `sslrootcert=system needs sslmode=verify-full; it is ${sslMode}`);
}

async function readKey({ sslCert, sslKey }: TlsTarget): Promise<string | Failure> {
  if (sslKey === null) {
    return new Failure("TLS_INVALID", `there is a client certificate (${sslCert}) and no private key for it`, {
      hint: "Name it with sslkey.",
    });
  }
  const facts = await stat(sslKey).catch((error: Error) => error);
  if (facts instanceof Error) return unreadable(sslKey, facts);
  const closed = facts.uid === 0 ? OTHERS_OF_ROOTS_KEY : OTHERS_OF_OWN_KEY;
  if (!facts.isFile() || (facts.mode & closed) !== 0) {
    return new Failure("FILE_NOT_PRIVATE", `the private key ${sslKey} may be read by others, or is not a file`);
  }
  const key = await readPem(sslKey);
  if (key instanceof Failure || !key.includes("ENCRYPTED")) return key;
  return new Failure(
    "CONNINFO_UNSUPPORTED",
    `the private key ${sslKey} is encrypted, and cutter asks for no passphrase`,
  );
}

async function readPem(path: string): Promise<string | Failure> {
  try {
    const { size } = await stat(path);
    if (size > limits.credentialFileBytes) return unreadable(path, new Error(`it has ${size} bytes`));
    return await readFile(path, "utf8");
  } catch (error) {
    return unreadable(path, error as Error);
  }
}

function unreadable(path: string, error: Error): Failure {
  return new Failure("FILE_UNREADABLE", `${path} cannot be read: ${error.message}`, { facts: { path }, cause: error });
}
