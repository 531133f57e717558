/**
 * Tests of a connection that leads to production where it was to lead to the throwaway server: a hard abort before
 * anything is written there, at the first of them and at any later one.
 */
import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { temporaryFolder } from "../../scripts/database/files.ts";
import { Failure } from "../kernel/failure.ts";
import { openSession } from "../kernel/session/open.ts";
import { FIRST_DATABASE, type Provider, type RunningServer, SUPERUSER } from "./providers/provider.ts";
import { ask } from "./providers/sample-sandbox.ts";
import { buildSandbox, sampleSandbox } from "./sample.ts";
import { known, type Sandbox } from "./sandbox.ts";
import { makeWorkDirectory, obtainDump, preflight } from "./steps/before.ts";
import { giveRoles, startIsolated } from "./steps/build.ts";

const PATIENCE_MS = 120_000;

const newState = (): string => join(temporaryFolder(), "state");

let sandbox: Sandbox | null = null;
afterEach(async () => {
  if (sandbox !== null) expect((await sandbox.takeDown()).left).toEqual([]);
  sandbox = null;
});

/** Each start but the first is handed what `instead` makes of the first server. */
function confused(
  sound: Provider,
  instead: (first: RunningServer) => RunningServer | Promise<RunningServer>,
): Provider {
  let first: RunningServer | null = null;
  return {
    ...sound,
    async start(order) {
      if (first !== null) return instead(first);
      const server = await sound.start(order);
      if (!(server instanceof Failure)) first = server;
      return server;
    },
  };
}

async function databasesOf(server: RunningServer): Promise<string> {
  const session = await openSession(server.target({ role: SUPERUSER, database: FIRST_DATABASE }), { label: "test" });
  if (session instanceof Failure) return session.message;
  const reply = await session.query(
    // What the server writes on its own, of its log for standbys, is no row of anybody.
    `SELECT string_agg(datname, ' ' ORDER BY datname) AS names, (SELECT count(*) FROM pg_class) AS relations,
      (SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_roles) AS roles,
      (SELECT sum(tup_inserted + tup_updated + tup_deleted) FROM pg_stat_database WHERE datname = 'reference') AS rows
    FROM pg_database`,
  );
  await session.close();
  return reply instanceof Failure ? reply.message : JSON.stringify(reply.rows);
}

test(
  "G-10: a connection that leads to production is a hard abort: nothing is written there, and only ours is ended",
  async () => {
    let before = "";
    let production: RunningServer | null = null;
    sandbox = sampleSandbox({
      stateDirectory: newState(),
      provider: (sound) =>
        confused(sound, async (first) => {
          production = first;
          before = await databasesOf(first);
          return { ...first, stop: async () => ({ removed: [], left: [], trouble: null }) };
        }),
    });
    const failed = await buildSandbox(sandbox);
    expect([failed?.code, failed?.exitCode]).toEqual(["SANDBOX_IS_PRODUCTION", 4]);
    expect(failed?.message).toContain("G-10");
    expect(sandbox.gates.of("G-08")).toBe(undefined);
    expect(production === null ? "" : await databasesOf(production)).toBe(before);
  },
  PATIENCE_MS,
);

test(
  "a connection that leads elsewhere once the server is known is refused before anything is written over it",
  async () => {
    let production: RunningServer | null = null;
    let led: "to the sandbox" | "to production" = "to the sandbox";
    sandbox = sampleSandbox({
      stateDirectory: newState(),
      provider: (sound) => ({
        ...sound,
        async start(order) {
          const server = await sound.start(order);
          if (server instanceof Failure || production === null) {
            if (!(server instanceof Failure)) production = server;
            return server;
          }
          const first = production;
          return { ...server, target: (login) => (led === "to production" ? first : server).target(login) };
        },
      }),
    });
    expect(await preflight(sandbox)).toBe(null);
    expect(await makeWorkDirectory(sandbox)).toBe(null);
    expect(await obtainDump(sandbox)).toBe(null);
    expect(await startIsolated(sandbox)).toBe(null);
    const standIn = known<RunningServer>(production, "stand-in");
    expect(await ask(standIn, { role: SUPERUSER, database: FIRST_DATABASE }, "CREATE DATABASE sandbox")).toEqual([]);
    led = "to production";
    const before = await databasesOf(standIn);
    const given = await giveRoles(sandbox);
    expect([given?.code, given?.data]).toEqual(["SANDBOX_IS_PRODUCTION", "Nothing was written over this connection."]);
    expect(await databasesOf(standIn)).toBe(before);
  },
  PATIENCE_MS,
);
