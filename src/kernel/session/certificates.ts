/**
 * certificates: the certificates and the key that a target names, read when a session is opened.
 *
 * A root certificate that was asked for and cannot be read is a Failure, never "then unverified". The resolver has
 * looked at permissions already; this looks again at what would weaken TLS. Never prints a key. Called by open.ts.
 */
import { readFile, stat } from "node:fs/promises";
import type { ServerTarget } from "../conninfo/target.ts";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";

export type Certificates = {
  /** Trusted roots as PEM; null where the mode verifies nothing. */
  readonly roots: readonly string[] | null;
  readonly certificate: string | null;
  readonly key: string | null;
};

export const NO_CERTIFICATES: Certificates = { roots: null, certificate: null, key: null };

const SYSTEM = "system";

type TlsTarget = Pick<ServerTarget, "sslMode" | "sslRootCert" | "sslCert" | "sslKey">;

export async function readCertificates(target: TlsTarget): Promise<Certificates | Failure> {
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
