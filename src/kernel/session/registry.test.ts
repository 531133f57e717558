import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { createDatabase, type TestDatabase, testServer } from "../../../scripts/database/database.ts";
import { fakeServer } from "../../../scripts/database/fake-server.ts";
import { hostOf, openTestSession, targetOf } from "../../../scripts/database/target.ts";
import { openSessions } from "./registry.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "empty" });
});

afterAll(() => database.drop());

/** Runs a program that may end its sessions for good, which would be too much for this process. */
async function run(program: string, values: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
  const { socketDirectory, port } = database.server;
  const folder = import.meta.dirname;
  const harness = join(folder, "../../../scripts/database/target.ts");
  const source = `
    import { openSession } from ${JSON.stringify(join(folder, "open.ts"))};
    import { beforeEnd, closeAllSessions, endingWords, openSessions }
      from ${JSON.stringify(join(folder, "registry.ts"))};
    import { hostOf, targetOf } from ${JSON.stringify(harness)};
    const host = hostOf(${port}, { host: ${JSON.stringify(socketDirectory)}, password: null });
    const target = targetOf([host], { database: ${JSON.stringify(database.name)} });
    const values = ${JSON.stringify(values)};
    const answer = await (async () => { ${program} })();
    process.stdout.write(JSON.stringify(answer));
  `;
  const child = Bun.spawn([process.execPath, "-"], { stdin: Buffer.from(source), stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  expect({ exit: await child.exited, stderr }).toEqual({ exit: 0, stderr: "" });
  return JSON.parse(stdout);
}

test("closing all sessions cancels what runs, leaves no backend, and opens none afterwards", async () => {
  const seen = await run(`
    const sessions = await Promise.all(["a", "b"].map((label) => openSession(target, { label })));
    const pids = sessions.map((session) => session.login.backendPid);
    const before = openSessions().length;
    const running = sessions[0].query("SELECT pg_sleep(60)");
    await Bun.sleep(50);
    const start = performance.now();
    await closeAllSessions();
    const fast = performance.now() - start < 1200;
    const late = await openSession(target, { label: "late" });
    const after = openSessions().length;
    return { pids: pids.length, before, fast, running: (await running).code, late: late.message, after };
  `);
  expect(seen).toEqual({
    pids: 2,
    before: 2,
    fast: true,
    running: "SESSION_LOST",
    late: "the process is ending; no session is opened any more",
    after: 0,
  });
  const left = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
  expect(database.psql(left)).toBe("0");
});

test("what was registered for the end is done once, with a session of its own, and its words are kept", async () => {
  const seen = await run(`
    const before = endingWords();
    beforeEnd({ unfinished: "left", work: async () => {
      const session = await openSession(target, { label: "last", whileEnding: "opened" });
      const reply = await session.query("SELECT 'done' AS word");
      await session.close();
      return reply.rows[0].word;
    } });
    beforeEnd({ unfinished: "nothing to say", work: async () => "" });
    beforeEnd({ unfinished: "still under way", work: () => new Promise(() => {}) });
    beforeEnd({ unfinished: "taken back", work: async () => "taken back" })();
    await Promise.race([closeAllSessions(), Bun.sleep(1500)]);
    beforeEnd({ unfinished: "too late", work: async () => "too late" });
    await Promise.race([closeAllSessions(), Bun.sleep(100)]);
    return { before, after: endingWords() };
  `);
  expect(seen).toEqual({ before: [], after: ["done", "still under way"] });
});

test("a login that is under way is broken off", async () => {
  const silent = await fakeServer(() => {});
  const seen = await run(
    `
    const opening = openSession(targetOf([hostOf(values.port)]), { label: "opening" });
    await Bun.sleep(30);
    const start = performance.now();
    await closeAllSessions();
    const failure = await opening;
    return { code: failure.code, message: failure.message, fast: performance.now() - start < 500 };
    `,
    { port: silent.port },
  );
  silent.stop();
  expect(seen).toEqual({
    code: "SESSION_LOST",
    message: "the process is ending; no session is opened any more",
    fast: true,
  });
});

test("sessions that are closed or destroyed are forgotten", async () => {
  const { socketDirectory, port } = database.server;
  const target = targetOf([hostOf(port, { host: socketDirectory, password: null })], { database: database.name });
  const closed = await openTestSession(target);
  const destroyed = await openTestSession(target);
  expect([closed, destroyed].every((session) => openSessions().includes(session))).toBe(true);
  await closed.close();
  destroyed.destroy();
  await Bun.sleep(20);
  expect([closed, destroyed].some((session) => openSessions().includes(session))).toBe(false);
});
