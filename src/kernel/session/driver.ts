/**
 * driver: the npm package `postgres`, kept to what we want of it: statements out, rows back.
 *
 * It gets a wire in place of a socket and options that are complete, so that it reads no environment variable, opens no
 * connection, knows no password, reuses no statement, and neither parses nor formats a value. Never imported elsewhere.
 * Made by guarded-session.ts, once per session.
 */
import type postgres from "postgres";
import type { Cell, Row } from "./session.ts";
import type { Wire } from "./wire.ts";

/** Runs one statement in the extended protocol; rejects with what the driver makes of it. */
export type Driver = (text: string, parameters: readonly Cell[]) => Promise<readonly Row[]>;

type Table = readonly (readonly Cell[])[] & { readonly columns?: readonly { readonly name: string }[] };

/** Starts loading the package, so that it is there when the login is done. Loading it twice costs nothing. */
export function preloadDriver(): void {
  void import("postgres");
}

export async function loadDriver(wire: Wire): Promise<Driver> {
  const { default: postgresDriver } = await import("postgres");
  const sql = postgresDriver(completeOptions(wire) as unknown as postgres.Options<Record<string, never>>);
  return async (text, parameters) => {
    const query = sql.unsafe(text, [...parameters], { prepare: false, simple: false } as postgres.UnsafeQueryOptions);
    const table = (await query.values()) as unknown as Table;
    return readRows(table);
  };
}

/** Of two columns with one name the last stands, as in a JSON object. */
function readRows(table: Table): Row[] {
  const names = (table.columns ?? []).map((column) => column.name);
  return Array.from(table, (cells) => Object.fromEntries(names.map((name, index) => [name, cells[index] ?? null])));
}

/**
 * `shared` marks options as parsed already, which is what keeps the driver from completing them from PGMAX, PGPREPARE,
 * PGTARGETSESSIONATTRS and others (postgres 3.4.9, src/index.js, parseOptions). So every field that it reads is here.
 */
function completeOptions(wire: Wire): Readonly<Record<string, unknown>> {
  return {
    shared: { retries: 0, typeArrayMap: {} },
    socket: () => wire.attach(),
    // Never looked at, since the wire is the socket and answers the startup packet itself.
    host: ["wire"],
    port: [1],
    path: false,
    user: "wire",
    database: "wire",
    pass: "",
    connection: {},
    ssl: false,
    sslnegotiation: null,
    target_session_attrs: null,
    // One connection, for good: time limits are the session's.
    max: 1,
    max_lifetime: null,
    idle_timeout: null,
    connect_timeout: null,
    keep_alive: null,
    max_pipeline: 1,
    backoff: 0,
    // Nothing prepared, nothing looked up, nothing converted: values are text both ways.
    prepare: false,
    fetch_types: false,
    types: {},
    serializers: {},
    parsers: {},
    transform: { undefined: undefined, column: {}, value: {}, row: {} },
    parameters: {},
    publications: "",
    no_subscribe: true,
    debug: false,
    onnotice: () => {},
    onnotify: undefined,
    onclose: undefined,
    onparameter: undefined,
  };
}
