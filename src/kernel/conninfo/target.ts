/**
 * target: which database, resolved: the value that the conninfo resolver makes and a session connects with.
 *
 * Every field is what libpq would use after all precedence is settled. The password is in here and nowhere else; this
 * value is never printed or written (describeTarget is for that). Made by resolve.ts; read by kernel/session.
 */
import type { LastingEngine } from "../embedded/lasting.ts";

export type SslMode = "disable" | "allow" | "prefer" | "require" | "verify-ca" | "verify-full";

export type TargetSessionAttributes = "any" | "read-write" | "read-only" | "primary" | "standby" | "prefer-standby";

/** One address to try. `host` starts with `/` for a socket directory. */
export type HostChoice = {
  readonly host: string;
  /** Numeric address to connect to in place of resolving `host`; `host` stays the name that TLS checks. */
  readonly hostaddr: string | null;
  readonly port: number;
  /** Per host, since a password file may give each host its own. */
  readonly password: string | null;
};

export type ServerTarget = {
  readonly kind: "server";
  readonly hosts: readonly HostChoice[];
  readonly user: string;
  readonly database: string;
  /** Means nothing on a socket directory, as in libpq. */
  readonly sslMode: SslMode;
  /**
   * Paths, or null where libpq's default does not exist; `system` asks for the system's roots. Where sslRootCert is set
   * the chain is verified whatever the sslMode (so `require` acts as `verify-ca`); only `verify-full` checks the name.
   */
  readonly sslRootCert: string | null;
  readonly sslCert: string | null;
  readonly sslKey: string | null;
  readonly sslNegotiation: "postgres" | "direct";
  readonly sslSni: boolean;
  readonly targetSessionAttributes: TargetSessionAttributes;
  /** Startup options (PGOPTIONS), as they go into the startup packet; null where none. */
  readonly options: string | null;
  /** application_name that was asked for; null where the session may choose its own. */
  readonly applicationName: string | null;
  readonly connectTimeoutMs: number;
  /** Where the name came from, for the first line of every output, e.g. `--url`, `PGSERVICE`, `PGHOST`. */
  readonly source: string;
  /** Where libpq looks for a password, there or not; null where one was given. Children are pointed at the same. */
  readonly passwordFile: string | null;
  /** What a person should know though it stops nothing, e.g. a password file ignored for its permissions. */
  readonly remarks: readonly string[];
};

export type EmbeddedTarget = {
  readonly kind: "embedded";
  readonly source: "--embedded";
  /** One that lives on between sessions; left out, each session is a fresh copy of the reference database. */
  readonly engine?: LastingEngine;
};

export type Target = ServerTarget | EmbeddedTarget;
