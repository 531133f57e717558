/**
 * child-environment: the environment that makes pg_dump or psql connect exactly where a target says.
 *
 * Nothing goes by argument, which every user of the machine can read. Whatever could turn the child elsewhere is taken
 * out first: every PG* of ours, DATABASE_URL, and the runtime's own BUN_* and NODE_OPTIONS. Called by whoever starts a
 * tool of PostgreSQL.
 */
import type { Environment } from "./naming.ts";
import type { ServerTarget } from "./target.ts";

const SCRUBBED = /^(?:PG|BUN_)|^(?:NODE_OPTIONS|DATABASE_URL)$/;

export function childEnvironment(target: ServerTarget, base: Environment): Record<string, string> {
  return { ...scrubEnvironment(base), ...placeOf(target), ...passwordOf(target), ...tlsOf(target) };
}

/** The base without anything that names a database, carries its secrets, or steers a runtime. */
export function scrubEnvironment(base: Environment): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (value !== undefined && !SCRUBBED.test(name)) kept[name] = value;
  }
  return kept;
}

function placeOf(target: ServerTarget): Record<string, string> {
  const addresses = target.hosts.map((host) => host.hostaddr ?? "");
  return {
    PGHOST: target.hosts.map((host) => host.host).join(","),
    ...(addresses.some(Boolean) ? { PGHOSTADDR: addresses.join(",") } : {}),
    PGPORT: target.hosts.map((host) => host.port).join(","),
    PGDATABASE: target.database,
    PGUSER: target.user,
    PGTARGETSESSIONATTRS: target.targetSessionAttributes,
    PGCONNECT_TIMEOUT: `${Math.ceil(target.connectTimeoutMs / 1000)}`,
    ...(target.options === null ? {} : { PGOPTIONS: target.options }),
    ...(target.applicationName === null ? {} : { PGAPPNAME: target.applicationName }),
  };
}

/** One password for all hosts goes by variable; else the child looks in the file where we looked. */
function passwordOf(target: ServerTarget): Record<string, string> {
  const [first, ...others] = target.hosts.map((host) => host.password);
  const same = others.every((password) => password === first);
  if (same && first !== null && first !== undefined) return { PGPASSWORD: first };
  return target.passwordFile === null ? {} : { PGPASSFILE: target.passwordFile };
}

function tlsOf(target: ServerTarget): Record<string, string> {
  const { sslRootCert, sslCert, sslKey } = target;
  return {
    PGSSLMODE: target.sslMode,
    PGSSLNEGOTIATION: target.sslNegotiation,
    PGSSLSNI: target.sslSni ? "1" : "0",
    // We do not speak GSSAPI, so the child does not either: it would be another connection than ours.
    PGGSSENCMODE: "disable",
    ...(sslRootCert === null ? {} : { PGSSLROOTCERT: sslRootCert }),
    ...(sslCert === null ? { PGSSLCERTMODE: "disable" } : { PGSSLCERT: sslCert }),
    ...(sslKey === null ? {} : { PGSSLKEY: sslKey }),
  };
}
