/**
 * tls-files: root certificate, client certificate and key: which files libpq would use, checked before connecting.
 *
 * Stricter than libpq where silence would weaken TLS: a root certificate that was named must exist (libpq would go on
 * unverified), and a default root.crl is refused, since we could not honour it. A key that others may read is refused
 * as in libpq. Source: manual, "SSL Support". Called by server-target.ts.
 */
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { type FileState, fileState, unreadable } from "./credential-file.ts";
import { type Settings, settingValue } from "./settings.ts";
import type { SslMode } from "./target.ts";

export type TlsFiles = {
  readonly sslRootCert: string | null;
  readonly sslCert: string | null;
  readonly sslKey: string | null;
};

export type TlsQuery = { readonly sslMode: SslMode; readonly homeDirectory: string | null };

export const NO_TLS_FILES: TlsFiles = { sslRootCert: null, sslCert: null, sslKey: null };

export async function findTlsFiles(settings: Settings, query: TlsQuery): Promise<TlsFiles | Failure> {
  const sslRootCert = await findRoot(settings, query);
  if (sslRootCert instanceof Failure) return sslRootCert;
  const client = await findClient(settings, query);
  return client instanceof Failure ? client : { sslRootCert, ...client };
}

async function findRoot(settings: Settings, query: TlsQuery): Promise<string | null | Failure> {
  const named = settingValue(settings, "sslrootcert");
  if (named === "system") {
    if (query.sslMode === "verify-full") return named;
    const message = `sslmode=${query.sslMode} is too weak for sslrootcert=system; it needs verify-full.`;
    return new Failure("CONNINFO_INVALID", message);
  }
  const path = named ?? inHome(query.homeDirectory, "root.crt");
  const exists = path !== null && (await fileState(path)).is === "plain";
  if (named !== null && !exists) return unreadable(named, "root certificate (sslrootcert) is not a plain file");
  if (!exists && query.sslMode.startsWith("verify-")) {
    const message = `sslmode=${query.sslMode} needs a root certificate, and there is none.`;
    return new Failure("CONNINFO_INVALID", message, { hint: "Name a file with sslrootcert, or sslrootcert=system." });
  }
  if (!exists) return null;
  const revoked = inHome(query.homeDirectory, "root.crl");
  if (revoked !== null && (await fileState(revoked)).is !== "absent") {
    const message = `There is a revocation list, which libpq would use and cutter cannot: ${revoked}`;
    return new Failure("CONNINFO_UNSUPPORTED", message, { facts: { path: revoked } });
  }
  return path;
}

async function findClient(
  settings: Settings,
  query: TlsQuery,
): Promise<{ sslCert: string | null; sslKey: string | null } | Failure> {
  const none = { sslCert: null, sslKey: null };
  if (settingValue(settings, "sslcertmode") === "disable") return none;
  const namedCert = settingValue(settings, "sslcert");
  const sslCert = namedCert ?? inHome(query.homeDirectory, "postgresql.crt");
  const certState = sslCert === null ? null : await fileState(sslCert);
  if (namedCert !== null && certState?.is !== "plain") {
    return unreadable(namedCert, "client certificate (sslcert) is not a plain file");
  }
  if (sslCert === null || certState?.is !== "plain") return none;
  const sslKey = settingValue(settings, "sslkey") ?? inHome(query.homeDirectory, "postgresql.key");
  if (sslKey === null) return new Failure("CONNINFO_INVALID", "sslcert is set, but sslkey is not.");
  if (sslKey.includes(":")) {
    return new Failure("CONNINFO_UNSUPPORTED", "sslkey names an OpenSSL engine, which cutter does not load.");
  }
  const refused = refuseKey(sslKey, await fileState(sslKey));
  return refused ?? { sslCert, sslKey };
}

/** libpq's rule: 0600 or less; a key that root owns may be 0640, for a group that shares it. */
function refuseKey(path: string, state: FileState): Failure | null {
  if (state.is !== "plain") return unreadable(path, "key of the client certificate (sslkey) is not a plain file");
  const allowed = state.uid === 0 ? 0o640 : 0o600;
  if ((state.mode & ~allowed & 0o077) === 0) return null;
  const message = `The key of the client certificate may be used by others; make it 0600: ${path}`;
  return new Failure("FILE_NOT_PRIVATE", message, { facts: { path } });
}

function inHome(homeDirectory: string | null, name: string): string | null {
  return homeDirectory === null ? null : join(homeDirectory, ".postgresql", name);
}
