/**
 * server-target: the settled settings as a ServerTarget: defaults, passwords, TLS files.
 *
 * Reads the password file and looks at TLS files; connects to nothing. Defaults are libpq's, but for connect_timeout,
 * where libpq waits for ever and we do not. Called by resolve.ts.
 */
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { invalid, parseInteger } from "./check-keywords.ts";
import { type Address, pairHosts } from "./hosts.ts";
import { SESSION_ATTRIBUTES, SSL_MODES, SSL_NEGOTIATIONS } from "./keyword-table.ts";
import type { LocalAccount } from "./local-account.ts";
import { findPassword, passwordFilePath, readPasswordFile } from "./password-file.ts";
import { type Settings, settingValue } from "./settings.ts";
import type { ServerTarget, SslMode } from "./target.ts";
import { findTlsFiles, NO_TLS_FILES } from "./tls-files.ts";

export type Surroundings = {
  readonly source: string;
  readonly account: LocalAccount | null;
  readonly homeDirectory: string | null;
};

const LIKE_URL = /^[a-z][a-z0-9+.-]*:\/\//i;

export async function serverTarget(settings: Settings, around: Surroundings): Promise<ServerTarget | Failure> {
  const addresses = pairHosts(settings);
  if (addresses instanceof Failure) return addresses;
  const login = findLogin(settings, around.account);
  if (login instanceof Failure) return login;
  const connectTimeoutMs = readConnectTimeout(settings);
  if (connectTimeoutMs instanceof Failure) return connectTimeoutMs;
  const tls = await findTls(settings, { addresses, homeDirectory: around.homeDirectory });
  if (tls instanceof Failure) return tls;
  const passwords = await findPasswords(settings, { addresses, login, homeDirectory: around.homeDirectory });
  if (passwords instanceof Failure) return passwords;
  return {
    kind: "server",
    ...login,
    ...tls,
    ...passwords,
    targetSessionAttributes: choice(settings, "target_session_attrs", SESSION_ATTRIBUTES) ?? "any",
    options: settingValue(settings, "options"),
    applicationName: settingValue(settings, "application_name"),
    connectTimeoutMs,
    source: around.source,
  };
}

type Login = { readonly user: string; readonly database: string };

function findLogin(settings: Settings, account: LocalAccount | null): Login | Failure {
  const user = settingValue(settings, "user") ?? account?.user;
  if (user === undefined) {
    return new Failure(
      "CONNINFO_INVALID",
      "No role was named, and the user id of this process has no name; set PGUSER.",
    );
  }
  const database = settingValue(settings, "dbname") ?? user;
  if (LIKE_URL.test(database)) {
    const origin = settings.get("dbname")?.origin ?? "dbname";
    const message = `The database name from ${origin} is a URL; name it with --url or DATABASE_URL instead.`;
    return new Failure("CONNINFO_INVALID", message);
  }
  return { user, database };
}

/** Seconds, as in libpq: 0 and less mean no limit, which here is the longest one; 1 is taken as 2. */
function readConnectTimeout(settings: Settings): number | Failure {
  const setting = settings.get("connect_timeout");
  if (setting === undefined || setting.value === "") return limits.connectTimeoutMs;
  const seconds = parseInteger(setting.value);
  if (seconds === null) return invalid("connect_timeout", setting, ["an integer, in seconds"]);
  if (seconds <= 0) return limits.longestConnectTimeoutMs;
  return Math.min(Math.max(seconds, 2) * 1000, limits.longestConnectTimeoutMs);
}

type Near = { readonly addresses: readonly Address[]; readonly homeDirectory: string | null };
type Tls = Pick<ServerTarget, "sslMode" | "sslRootCert" | "sslCert" | "sslKey" | "sslNegotiation" | "sslSni">;

async function findTls(settings: Settings, near: Near): Promise<Tls | Failure> {
  const fallback: SslMode = settingValue(settings, "sslrootcert") === "system" ? "verify-full" : "prefer";
  const sslMode = choice(settings, "sslmode", SSL_MODES) ?? fallback;
  const sslNegotiation = choice(settings, "sslnegotiation", SSL_NEGOTIATIONS) ?? "postgres";
  if (sslNegotiation === "direct" && ["disable", "allow", "prefer"].includes(sslMode)) {
    const message = `sslmode=${sslMode} is too weak for sslnegotiation=direct; it needs require or more.`;
    return new Failure("CONNINFO_INVALID", message);
  }
  const sslSni = settingValue(settings, "sslsni") !== "0";
  // TLS is for TCP: libpq looks at none of these files for a socket either.
  const wanted = sslMode !== "disable" && near.addresses.some(isTcp);
  const files = wanted ? await findTlsFiles(settings, { sslMode, homeDirectory: near.homeDirectory }) : NO_TLS_FILES;
  return files instanceof Failure ? files : { sslMode, sslNegotiation, sslSni, ...files };
}

function isTcp(address: Address): boolean {
  return address.hostaddr !== null || !address.host.startsWith("/");
}

type Passwords = Pick<ServerTarget, "hosts" | "passwordFile" | "remarks">;

async function findPasswords(settings: Settings, near: Near & { readonly login: Login }): Promise<Passwords | Failure> {
  const given = settingValue(settings, "password");
  if (given !== null) {
    const hosts = near.addresses.map((address) => ({ ...address, password: given }));
    return { hosts, passwordFile: null, remarks: [] };
  }
  const named = settingValue(settings, "passfile");
  const passwordFile = passwordFilePath(named, near.homeDirectory);
  const file = await readPasswordFile(passwordFile, named === null ? "optional" : "needed");
  if (file instanceof Failure) return file;
  const hosts = near.addresses.map((address) => ({
    ...address,
    password: findPassword(file.lines, { ...address, ...near.login }),
  }));
  return { hosts, passwordFile, remarks: file.remark === null ? [] : [file.remark] };
}

/** A value from a closed list; checkKeywords has refused every other one. */
function choice<T extends string>(settings: Settings, keyword: string, values: readonly T[]): T | null {
  const value = settings.get(keyword)?.value;
  return values.find((known) => known === value) ?? null;
}
