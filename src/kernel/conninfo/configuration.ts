/**
 * configuration: cutter.toml: which connection is used for what, which document is cut and how, which trees stay as
 * they are.
 *
 * Strict: an unknown key is an error that names its path. A file that anyone but its owner may write is refused,
 * since it says which database is written to. Only what this version uses is known; nothing in it can arm anything.
 * Read by the commands, which hand one connection to resolve.ts and the trees to readiness.
 */
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { type ApprovalPolicy, NO_APPROVAL_POLICY } from "./approval-policy.ts";
import { checkConfigurationFile } from "./configuration-file.ts";
import type { ConnectionName } from "./connection-name.ts";
import type { Configured } from "./naming.ts";

export type Configuration = {
  /** null where there is no file. */
  readonly path: string | null;
  /** The document that is meant where a command names none; null where the file does not say. */
  readonly document: string | null;
  readonly connections: { readonly [name in ConnectionName]?: Configured };
  /** Segmentation profiles of one's own, unchecked, by name. */
  readonly profiles: Readonly<Record<string, unknown>>;
  /** Absolute paths without a slash at the end, as listed; empty where the file names none. */
  readonly integrity: { readonly trees: readonly string[] };
  /** Paths of the private keys of the two legs, and of those that seal evidence; null where the file names none. */
  readonly signing: {
    readonly execKey: string | null;
    readonly verifyKey: string | null;
    readonly attestKey: string | null;
    readonly sshKey: string | null;
  };
  /** Whose approvals count; without a file of signers none does. */
  readonly approvals: ApprovalPolicy;
  /** null where the file says nothing of backups. */
  readonly backup: ConfiguredBackup | null;
};

export type ConfiguredBackup = {
  /** Full fingerprint, 40 upper-case hex digits. */
  readonly key: string;
  /** A file with the public key alone, or GnuPG's own directory: exactly one of the two. */
  readonly keyFile: string | null;
  readonly gnupgHome: string | null;
  /** null: `backups` in the state directory. */
  readonly directory: string | null;
  readonly retentionDays: number;
  /** Programs, each with its first arguments. */
  readonly pgDump: readonly string[];
  readonly pgRestore: readonly string[];
  readonly gpg: readonly string[];
};

export const NO_CONFIGURATION: Configuration = {
  path: null,
  document: null,
  connections: {},
  profiles: {},
  integrity: { trees: [] },
  signing: { execKey: null, verifyKey: null, attestKey: null, sshKey: null },
  approvals: NO_APPROVAL_POLICY,
  backup: null,
};

const SYSTEM_FILE = "/etc/cutter/cutter.toml";

type Environment = Readonly<Record<string, string | undefined>>;

/** --config, else the first that exists of /etc/cutter/cutter.toml and the XDG one; none is fine. */
export async function readConfiguration(
  flag: string | undefined,
  environment: Environment,
): Promise<Configuration | Failure> {
  const candidates = flag === undefined ? configurationPlaces(flag, environment) : [flag];
  for (const path of candidates) {
    const text = await checkConfigurationFile(path, flag === undefined ? "may be absent" : "was named");
    if (text instanceof Failure) return text;
    if (text !== null) return parseConfiguration(text, path);
  }
  return NO_CONFIGURATION;
}

/** Every file that may be the configuration, the one that is named first. */
export function configurationPlaces(flag: string | undefined, environment: Environment): readonly string[] {
  return [...(flag === undefined ? [] : [flag]), SYSTEM_FILE, ...personalFile(environment)];
}

function personalFile({ XDG_CONFIG_HOME: configHome, HOME: home }: Environment): string[] {
  if (configHome?.startsWith("/")) return [join(configHome, "cutter", "cutter.toml")];
  return home?.startsWith("/") ? [join(home, ".config", "cutter", "cutter.toml")] : [];
}

async function parseConfiguration(text: string, path: string): Promise<Configuration | Failure> {
  const [{ parse }, { configurationSchema }, v] = await Promise.all([
    import("smol-toml"),
    import("./configuration-schema.ts"),
    import("valibot"),
  ]);
  let document: unknown;
  try {
    document = parse(text);
  } catch (cause) {
    // The library quotes the line, which may hold a password: only the reason is kept.
    const [reason] = (cause instanceof Error ? cause.message : "not TOML").split("\n");
    return new Failure("CONFIG_INVALID", `${path}: ${reason}`);
  }
  const result = v.safeParse(configurationSchema, document);
  if (!result.success) {
    const problems = result.issues.map((issue) => `${v.getDotPath(issue) ?? "the file"}: ${describe(issue)}`);
    return new Failure("CONFIG_INVALID", `${path}: ${problems.join("; ")}`, { facts: { problems } });
  }
  const { document: name = null, connections = {}, profiles = {}, integrity = { trees: [] } } = result.output;
  const { exec_key: execKey = null, verify_key: verifyKey = null } = result.output.signing ?? {};
  const { attest_key: attestKey = null, ssh_key: sshKey = null } = result.output.signing ?? {};
  const { approvals = NO_APPROVAL_POLICY } = result.output;
  const entries = Object.entries(connections).map(([use, entry]) => [use, configured(entry ?? {})]);
  const named = Object.fromEntries(entries) as Configuration["connections"];
  const signing = { execKey, verifyKey, attestKey, sshKey };
  const backup = result.output.backup === undefined ? null : configuredBackup(result.output.backup);
  return { path, document: name, connections: named, profiles, integrity, signing, approvals, backup };
}

type Issue = {
  readonly type: string;
  readonly expected: string | null;
  readonly received: string;
  readonly message: string;
};

/** Never the value, which may be a URL with a password: what a check says is a fixed sentence of the schema's. */
function describe({ type, expected, received, message }: Issue): string {
  if (expected === "never") return "is not known";
  if (received === "undefined") return "is missing";
  if (type === "non_empty") return "should not be empty";
  return type === "check" || message.startsWith("should be ") ? message : `should be ${expected ?? type}`;
}

type Entry = {
  readonly url?: string | undefined;
  readonly service?: string | undefined;
  readonly env_file?: string | undefined;
  readonly env_map?: Readonly<Record<string, string>> | undefined;
};

function configured({ url, service, env_file: path, env_map: map }: Entry): Configured {
  return {
    ...(url === undefined ? {} : { url }),
    ...(service === undefined ? {} : { service }),
    ...(path === undefined || map === undefined ? {} : { envFile: { path, map } }),
  };
}

type BackupEntry = {
  readonly key: string;
  readonly key_file?: string | undefined;
  readonly gnupg_home?: string | undefined;
  readonly directory?: string | undefined;
  readonly retention?: string | undefined;
  readonly pg_dump?: readonly string[] | undefined;
  readonly pg_restore?: readonly string[] | undefined;
  readonly gpg?: readonly string[] | undefined;
};

const RETENTION_DAYS = 30;

function configuredBackup(entry: BackupEntry): ConfiguredBackup {
  const { key, key_file: keyFile = null, gnupg_home: gnupgHome = null, directory = null, retention } = entry;
  const { pg_dump: pgDump = ["pg_dump"], pg_restore: pgRestore = ["pg_restore"], gpg = ["gpg"] } = entry;
  const retentionDays = retention === undefined ? RETENTION_DAYS : Number.parseInt(retention, 10);
  return { key: key.toUpperCase(), keyFile, gnupgHome, directory, retentionDays, pgDump, pgRestore, gpg };
}
