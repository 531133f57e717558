/**
 * target: a test database as the resolved Target that a session is opened with, for tests of what lies below resolving.
 *
 * Plain TCP on loopback as the superuser unless a test says otherwise. Never used outside tests.
 */
import type { HostChoice, ServerTarget } from "../../src/kernel/conninfo/target.ts";
import { Failure } from "../../src/kernel/failure.ts";
import { openSession } from "../../src/kernel/session/open.ts";
import type { Reply, Session } from "../../src/kernel/session/session.ts";
import type { TestDatabase } from "./database.ts";
import { SUPERUSER, TEST_PASSWORD } from "./server.ts";

export function hostOf(port: number, changes: Partial<HostChoice> = {}): HostChoice {
  return { host: "127.0.0.1", hostaddr: null, port, password: TEST_PASSWORD, ...changes };
}

export function targetOf(hosts: readonly HostChoice[], changes: Partial<ServerTarget> = {}): ServerTarget {
  return {
    kind: "server",
    hosts,
    user: SUPERUSER,
    database: SUPERUSER,
    sslMode: "disable",
    sslRootCert: null,
    sslCert: null,
    sslKey: null,
    sslNegotiation: "postgres",
    sslSni: true,
    targetSessionAttributes: "any",
    options: null,
    applicationName: null,
    connectTimeoutMs: 5_000,
    source: "test",
    passwordFile: null,
    remarks: [],
    ...changes,
  };
}

/** A session on a test database over its socket, where any role is trusted. */
export function openRoleSession(database: TestDatabase, role: string = SUPERUSER): Promise<Session> {
  const { port, socketDirectory } = database.server;
  const host = hostOf(port, { host: socketDirectory, password: null });
  return openTestSession(targetOf([host], { database: database.name, user: role }));
}

/** Opens a session or throws the Failure's message. */
export async function openTestSession(
  target: ServerTarget,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Session> {
  return succeed(await openSession(target, { label: "test", parameters }));
}

export function succeed<T>(value: T | Failure): T {
  if (value instanceof Failure) throw new Error(`${value.code}: ${value.message}`);
  return value;
}

export function failed(value: unknown): Failure {
  if (value instanceof Failure) return value;
  throw new Error(`expected a Failure, got ${JSON.stringify(value)}`);
}

/** The only cell of the only row. */
export function onlyCell(reply: Reply | Failure): string | null | undefined {
  return Object.values(succeed(reply).rows[0] ?? {})[0];
}
