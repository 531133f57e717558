/**
 * providers/provider: the one interface of whatever can run a throwaway PostgreSQL server: docker, local, embedded.
 *
 * A provider starts a server that no network reaches, says how to connect to it and how its isolation can be checked,
 * and ends exactly what it started. It never judges: the gates do, from the facts that it reads. Types only.
 * Implemented beside this file; called by the steps of the sandbox.
 */
import type { Target } from "../../kernel/conninfo/target.ts";
import type { Failure } from "../../kernel/failure.ts";
import type { LeftoverRecord } from "../leftovers/record.ts";
import type { StopReport } from "../leftovers/removal.ts";
import type { Resource } from "../leftovers/resource.ts";
import type { Passwords } from "./passwords.ts";

export type ProviderName = "docker" | "local" | "embedded";

/** The role that owns the cluster of every provider, and the database that is there from the beginning. */
export const SUPERUSER = "postgres";
export const FIRST_DATABASE = "postgres";

/** What a server of a provider may be unable to do; a scenario that needs one of these is reported as not run. */
export type Capability =
  /** Two sessions at a time see the same database. */
  | "second session"
  /** What was committed is there after the session that did it has ended. */
  | "lasting data"
  /** Roles log in as themselves, with their passwords. */
  | "role logins"
  /** psql, pg_dump and pg_restore reach it. */
  | "client programs"
  /** It writes a log, in which every statement is found where log_statement asks for it. */
  | "server log";

export type Provider = {
  readonly name: ProviderName;
  readonly lacks: readonly Capability[];
  /**
   * Why its servers could connect to what this host connects to; null where they can connect to nothing.
   * SANDBOX_PROVIDER_UNAVAILABLE.
   */
  unclosed(): Promise<string | null | Failure>;
  /** Why it cannot be used here; null where it can. Makes nothing and starts nothing that stays. */
  unavailable(): Promise<Failure | null>;
  /** What is there under this name already, for people; empty where the name is free. */
  taken(name: string): Promise<readonly string[] | Failure>;
  /** A server that answers, or a Failure with nothing of it left (`facts.left` names what could not be removed). */
  start(order: StartOrder): Promise<RunningServer | Failure>;
};

export type StartOrder = {
  /** Exact, as `isSandboxName` wants it; all that is made bears it. */
  readonly name: string;
  /** The sandbox's own directory, 0700 and ours; the server's log is written there as `NAME.log`. */
  readonly workDirectory: string;
  /** `fresh`: initdb runs now, so that the system identifier is no other cluster's. Else a template may be copied. */
  readonly cluster: "fresh" | "may be cloned";
  readonly passwords: Passwords;
  /** Settings of the server (`log_statement`), by name. What would open it to a network is refused. */
  readonly settings: Readonly<Record<string, string>>;
  /** For all of it, from nothing to the first answer. */
  readonly timeoutMs: number;
  /** Told each exact name before it is made. */
  readonly record: LeftoverRecord;
};

export type Login = { readonly role: string; readonly database: string };

export type RunningServer = {
  readonly name: string;
  readonly provider: ProviderName;
  readonly lacks: readonly Capability[];
  /** As the server says, e.g. `15.18 (Debian 15.18-1)`. */
  readonly version: string;
  /** For the sandbox's own sessions. The password, where the role has one, stands in memory only. */
  target(login: Login): Target;
  /**
   * For a cutter that runs as a child (`--url`): names the private password file and holds no password. Null where no
   * other process can connect.
   */
  url(login: Login): string | null;
  /** psql, pg_dump or pg_restore of the server's own version, told where to connect; null where none can. */
  client(program: ClientName, login: Login): ClientProgram | null;
  /** The server's log, which may still grow; null where it writes none. */
  readonly logFile: string | null;
  /** Asked anew at each call: of the server, of the kernel, of the container engine. */
  isolation(): Promise<Isolation | Failure>;
  /** What it owns now, by exact name. */
  owned(): readonly Resource[];
  /**
   * Ends it and removes what it owns, whatever state it is in; a second call does what the first could not. Touches
   * nothing that it did not start. Never throws.
   */
  stop(): Promise<StopReport>;
};

export type ClientName = "psql" | "pg_dump" | "pg_restore";

/**
 * How a client program is started: these words, then its own. Data goes by its standard input and output only: with
 * docker it runs in the container and sees none of our files.
 */
export type ClientProgram = {
  readonly command: readonly [string, ...string[]];
  /** All of its environment. Without a password: PGPASSFILE names a private file. */
  readonly environment: Readonly<Record<string, string>>;
};

/** What was found; `whyNotIsolated` judges it. */
export type Isolation = {
  /** `listen_addresses`, as the server answers. */
  readonly listenAddresses: string;
  /** `address:port` of each TCP socket that listens in a process of the server, by the kernel's own tables. */
  readonly tcpListeners: readonly string[];
  /** Ports that the container engine publishes, e.g. `5432/tcp -> 0.0.0.0:5432`. */
  readonly publishedPorts: readonly string[];
  /** Networks that the container is in; `none` is no network and is not among them. */
  readonly networks: readonly string[];
  /** What a process of the server could connect to, each as a sentence. */
  readonly waysOut: readonly string[];
  /** What was asked, for the evidence, e.g. `SHOW listen_addresses; /proc/net/tcp of 7 processes`. */
  readonly asked: string;
};
