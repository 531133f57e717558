/**
 * certificates: real certificates for TLS tests, made by openssl, and a test server that uses them.
 *
 * Two authorities that do not know each other, a server certificate for `localhost` and 127.0.0.1, and a client's. Keys
 * live as long as the folder of the test. Never used outside tests.
 */
import { chmodSync, chownSync, copyFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { psqlOn } from "./database.ts";
import { type OwnServer, SUPERUSER } from "./server.ts";

export type CertificateFolder = {
  readonly authority: string;
  readonly otherAuthority: string;
  readonly client: { readonly certificate: string; readonly key: string };
  readonly server: { readonly certificate: string; readonly key: string };
};

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** Makes all of them in the folder. */
export function makeCertificates(folder: string): CertificateFolder {
  const at = (name: string): string => join(folder, name);
  for (const name of ["authority", "other"]) {
    const subject = ["-subj", `/CN=cutter test ${name}`, "-days", "2"];
    openssl(["req", "-x509", ...NEW_KEY, "-keyout", at(`${name}.key`), "-out", at(`${name}.crt`), ...subject]);
  }
  const sign = (name: string, subject: string, extension: string) => {
    openssl(["req", ...NEW_KEY, "-keyout", at(`${name}.key`), "-out", at(`${name}.csr`), "-subj", `/CN=${subject}`]);
    writeFileSync(at(`${name}.ext`), extension);
    const by = ["-CA", at("authority.crt"), "-CAkey", at("authority.key"), "-CAcreateserial", "-days", "2"];
    openssl([
      "x509",
      "-req",
      "-in",
      at(`${name}.csr`),
      ...by,
      "-out",
      at(`${name}.crt`),
      "-extfile",
      at(`${name}.ext`),
    ]);
    chmodSync(at(`${name}.key`), 0o600);
    return { certificate: at(`${name}.crt`), key: at(`${name}.key`) };
  };
  return {
    authority: at("authority.crt"),
    otherAuthority: at("other.crt"),
    server: sign("server", "not looked at", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
    client: sign("client", SUPERUSER, "basicConstraints=CA:FALSE"),
  };
}

/** Turns TLS on in a running server; resolves when it is on. */
export async function useCertificates(server: OwnServer, certificates: CertificateFolder): Promise<void> {
  const { uid, gid } = statSync(server.dataDirectory);
  const files = [
    [certificates.server.key, "server.key"],
    [certificates.server.certificate, "server.crt"],
    [certificates.authority, "root.crt"],
  ] as const;
  for (const [from, name] of files) {
    const to = join(server.dataDirectory, name);
    copyFileSync(from, to);
    chownSync(to, uid, gid);
    chmodSync(to, 0o600);
  }
  psqlOn(server, "postgres", "ALTER SYSTEM SET ssl_ca_file = 'root.crt'");
  psqlOn(server, "postgres", "ALTER SYSTEM SET ssl = on");
  await server.restart();
}

function openssl(parameters: readonly string[]): void {
  const run = Bun.spawnSync(["openssl", ...parameters]);
  if (run.exitCode !== 0) throw new Error(`openssl ${parameters[0]} failed: ${run.stderr}`);
}
