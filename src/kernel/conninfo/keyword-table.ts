/**
 * keyword-table: every connection keyword of libpq 14 to 18, the environment variable that sets it, and its fate here.
 *
 * A keyword is used, has no effect on us, is harmless with some values only, or asks for something that we cannot do;
 * then it is refused, never ignored. A keyword that is not in here is unknown, as it would be to libpq.
 * Source: PostgreSQL manual, "Parameter Key Words" and "Environment Variables" of libpq. Data only; check-keywords.ts
 * applies it.
 */
export type Keyword = {
  readonly environment: string | null;
  readonly fate: Fate;
};

export type Fate =
  /** Ends up in the Target. `values`: what libpq accepts, where that is a closed list. */
  | { readonly is: "used"; readonly values?: readonly string[] }
  | { readonly is: "without-effect"; readonly form: "any" | "integer"; readonly why: string }
  /** `harmless` values change nothing for us. With `refused`, any other value is a mistake; without, it is refused. */
  | {
      readonly is: "limited";
      readonly harmless: readonly string[];
      readonly refused?: readonly string[];
      readonly caseless?: true;
      readonly why: string;
    }
  /** Any value but the empty one is refused. */
  | { readonly is: "unsupported"; readonly why: string };

const used: Fate = { is: "used" };
const keepalive: Fate = { is: "without-effect", form: "integer", why: "sessions keep their own clock" };
const kerberos = "cutter does not speak GSSAPI";
const oauth: Fate = { is: "unsupported", why: "cutter does not speak OAuth" };
const scramKey: Fate = { is: "unsupported", why: "cutter logs in with a password, not with a SCRAM key" };

export const SSL_MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
export const SESSION_ATTRIBUTES = ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"] as const;
export const SSL_NEGOTIATIONS = ["postgres", "direct"] as const;

const KEYWORDS: Readonly<Record<string, Keyword>> = {
  service: { environment: "PGSERVICE", fate: used },
  servicefile: { environment: "PGSERVICEFILE", fate: used },
  host: { environment: "PGHOST", fate: used },
  hostaddr: { environment: "PGHOSTADDR", fate: used },
  port: { environment: "PGPORT", fate: used },
  dbname: { environment: "PGDATABASE", fate: used },
  user: { environment: "PGUSER", fate: used },
  password: { environment: "PGPASSWORD", fate: used },
  passfile: { environment: "PGPASSFILE", fate: used },
  options: { environment: "PGOPTIONS", fate: used },
  application_name: { environment: "PGAPPNAME", fate: used },
  connect_timeout: { environment: "PGCONNECT_TIMEOUT", fate: used },
  sslmode: { environment: "PGSSLMODE", fate: { is: "used", values: SSL_MODES } },
  sslnegotiation: { environment: "PGSSLNEGOTIATION", fate: { is: "used", values: SSL_NEGOTIATIONS } },
  sslrootcert: { environment: "PGSSLROOTCERT", fate: used },
  sslcert: { environment: "PGSSLCERT", fate: used },
  sslkey: { environment: "PGSSLKEY", fate: used },
  sslsni: { environment: "PGSSLSNI", fate: { is: "used", values: ["0", "1"] } },
  target_session_attrs: { environment: "PGTARGETSESSIONATTRS", fate: { is: "used", values: SESSION_ATTRIBUTES } },

  fallback_application_name: {
    environment: null,
    fate: { is: "without-effect", form: "any", why: "sessions name themselves" },
  },
  keepalives: { environment: null, fate: keepalive },
  keepalives_idle: { environment: null, fate: keepalive },
  keepalives_interval: { environment: null, fate: keepalive },
  keepalives_count: { environment: null, fate: keepalive },
  tcp_user_timeout: { environment: null, fate: keepalive },
  krbsrvname: { environment: "PGKRBSRVNAME", fate: { is: "without-effect", form: "any", why: kerberos } },
  gsslib: { environment: "PGGSSLIB", fate: { is: "without-effect", form: "any", why: kerberos } },
  sslcompression: {
    environment: "PGSSLCOMPRESSION",
    fate: { is: "without-effect", form: "any", why: "TLS compression is gone from libpq too" },
  },

  client_encoding: {
    environment: "PGCLIENTENCODING",
    fate: {
      is: "limited",
      harmless: ["", "auto", "utf8", "utf-8", "utf_8", "unicode"],
      caseless: true,
      why: "cutter speaks UTF-8 only",
    },
  },
  channel_binding: {
    environment: "PGCHANNELBINDING",
    fate: {
      is: "limited",
      harmless: ["disable", "prefer"],
      refused: ["require"],
      why: "cutter cannot bind SCRAM to the TLS channel; sslmode=verify-full protects against the same attacker",
    },
  },
  require_auth: {
    environment: "PGREQUIREAUTH",
    fate: { is: "limited", harmless: [""], why: "cutter cannot promise which method the server will ask for" },
  },
  gssencmode: {
    environment: "PGGSSENCMODE",
    fate: { is: "limited", harmless: ["disable", "prefer"], refused: ["require"], why: kerberos },
  },
  gssdelegation: {
    environment: "PGGSSDELEGATION",
    fate: { is: "limited", harmless: ["", "0"], refused: ["1"], why: kerberos },
  },
  sslcertmode: {
    environment: "PGSSLCERTMODE",
    fate: {
      is: "limited",
      harmless: ["allow", "disable"],
      refused: ["require"],
      why: "cutter cannot tell whether the server asked for the client certificate",
    },
  },
  ssl_min_protocol_version: {
    environment: "PGSSLMINPROTOCOLVERSION",
    fate: {
      is: "limited",
      harmless: ["", "tlsv1", "tlsv1.1", "tlsv1.2"],
      refused: ["tlsv1.3"],
      caseless: true,
      why: "cutter accepts TLS 1.2 and newer",
    },
  },
  ssl_max_protocol_version: {
    environment: "PGSSLMAXPROTOCOLVERSION",
    fate: {
      is: "limited",
      harmless: ["", "tlsv1.3"],
      refused: ["tlsv1", "tlsv1.1", "tlsv1.2"],
      caseless: true,
      why: "cutter uses the newest TLS that both sides know",
    },
  },
  min_protocol_version: {
    environment: "PGMINPROTOCOLVERSION",
    fate: { is: "limited", harmless: ["3.0"], refused: ["3.2", "latest"], why: "cutter speaks protocol 3.0" },
  },
  max_protocol_version: {
    environment: "PGMAXPROTOCOLVERSION",
    fate: { is: "limited", harmless: ["3.0", "3.2", "latest"], refused: [], why: "cutter speaks protocol 3.0" },
  },
  load_balance_hosts: {
    environment: "PGLOADBALANCEHOSTS",
    fate: {
      is: "limited",
      harmless: ["disable"],
      refused: ["random"],
      why: "which server a write is proven on must not be left to chance",
    },
  },
  replication: {
    environment: null,
    fate: {
      is: "limited",
      harmless: ["", "false", "off", "no", "0"],
      caseless: true,
      why: "a replication connection cannot run a proof",
    },
  },

  requirepeer: {
    environment: "PGREQUIREPEER",
    fate: { is: "unsupported", why: "cutter cannot ask a socket who is at the other end" },
  },
  sslcrl: { environment: "PGSSLCRL", fate: { is: "unsupported", why: "cutter does not check revocation lists" } },
  sslcrldir: { environment: "PGSSLCRLDIR", fate: { is: "unsupported", why: "cutter does not check revocation lists" } },
  sslpassword: { environment: null, fate: { is: "unsupported", why: "cutter reads unencrypted client keys only" } },
  sslkeylogfile: { environment: null, fate: { is: "unsupported", why: "cutter never writes TLS secrets to a file" } },
  scram_client_key: { environment: null, fate: scramKey },
  scram_server_key: { environment: null, fate: scramKey },
  oauth_issuer: { environment: null, fate: oauth },
  oauth_client_id: { environment: null, fate: oauth },
  oauth_client_secret: { environment: null, fate: oauth },
  oauth_scope: { environment: null, fate: oauth },
};

/**
 * Variables that name a database. The others (PGUSER, PGPASSWORD, PGPORT, …) only complete what was named: they are
 * often left in a profile, and a port or a role alone does not say which database is meant.
 */
export const NAMING_VARIABLES = ["PGSERVICE", "PGHOST", "PGHOSTADDR", "PGDATABASE"] as const;

export const KEYWORD_NAMES: readonly string[] = Object.keys(KEYWORDS);

export function findKeyword(name: string): Keyword | undefined {
  return Object.hasOwn(KEYWORDS, name) ? KEYWORDS[name] : undefined;
}

/** The keyword that an environment variable sets, e.g. `dbname` for PGDATABASE. */
export function keywordOfVariable(variable: string): string | undefined {
  return KEYWORD_NAMES.find((name) => KEYWORDS[name]?.environment === variable);
}
