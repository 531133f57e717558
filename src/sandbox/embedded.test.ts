/**
 * Tests of a sandbox on the engine inside this program: two really different databases, scenarios that turn red where
 * they are broken, a stand-in that shows what changed in it, and an engine that crashed.
 *
 * On one sandbox, one sabotage after the other, each mended again; what cannot be mended comes last.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../scripts/database/files.ts";
import { ensureSnapshot } from "../../scripts/snapshot.ts";
import { Failure } from "../kernel/failure.ts";
import { openSession } from "../kernel/session/open.ts";
import { GateLedger } from "./gate-ledger.ts";
import { G08_LOADED } from "./gates/embedded.ts";
import { embeddedProvider } from "./providers/embedded.ts";
import { FIRST_DATABASE, SUPERUSER } from "./providers/provider.ts";
import { runScenarios } from "./run-scenarios.ts";
import { buildSandbox, programUnderTest, sampleSandbox } from "./sample.ts";
import { known, type Sandbox } from "./sandbox.ts";
import { scenariosOf } from "./scenarios/embedded/list.ts";
import { withAdministrator } from "./sessions.ts";
import { readRelations } from "./sources/embedded.ts";
import { Stage } from "./stage/stage.ts";
import { tearDown } from "./steps/end.ts";
import { playScenarios } from "./steps/verify.ts";

const PATIENCE_MS = 120_000;
const LOGIN = { role: SUPERUSER, database: FIRST_DATABASE };

const folder = temporaryFolder();
/** While this file is there, the program sets no HOLD and says that it did. */
const deaf = join(folder, "deaf");
let sandbox: Sandbox;
let stage: Stage;

beforeAll(async () => {
  await ensureSnapshot();
  sandbox = sampleSandbox({
    stateDirectory: join(folder, "state"),
    provider: () => embeddedProvider(),
    self: [program()],
  });
  expect(await buildSandbox(sandbox)).toBe(null);
  stage = new Stage(sandbox);
}, PATIENCE_MS);
afterAll(async () => {
  expect((await sandbox.takeDown()).left).toEqual([]);
});

/** The program under test, but for one verb that can be made deaf. */
function program(): string {
  const path = join(folder, "cutter");
  const words = programUnderTest().join(" ");
  writeFileSync(path, `#!/bin/sh\nif [ "$1" = hold ] && [ -e ${deaf} ]; then exit 0; fi\nexec ${words} "$@"\n`);
  chmodSync(path, 0o700);
  return path;
}

async function play(id: string): Promise<{ readonly verdict: string | undefined; readonly wrong: readonly string[] }> {
  await runScenarios(
    stage,
    scenariosOf("embedded").filter((one) => one.id === id),
  );
  const judged = sandbox.results.at(-1)?.judged;
  return { verdict: judged?.verdict, wrong: judged?.mismatches.map(({ what }) => what) ?? [] };
}

async function sql(...statements: readonly string[]): Promise<void> {
  const failed = await stage.prepare(statements);
  if (failed instanceof Failure) throw new Error(failed.message);
}

test("the stand-in and the sandbox are two databases, each asked, and hold the same rows", () => {
  const { production, sandbox: own } = sandbox.gates.of("G-10")?.facts ?? {};
  expect([sandbox.gates.of("G-10")?.verdict, production === own]).toEqual(["PASS", false]);
  expect([`${production}`, `${own}`].every((one) => /^[1-9]\d+$/.test(one))).toBe(true);
  expect(sandbox.gates.of("G-08")?.verdict).toBe("PASS");
});

test(
  "G-10: a sandbox that is a copy of the stand-in's cluster is a hard abort, and nothing is written to it",
  async () => {
    const sound = embeddedProvider();
    const provider = {
      ...sound,
      start: (order: object) => sound.start({ ...order, cluster: "may be cloned" } as never),
    };
    const copied = sampleSandbox({ stateDirectory: join(folder, "copied"), provider: () => provider });
    expect((await buildSandbox(copied))?.code).toBe("SANDBOX_IS_PRODUCTION");
    expect(copied.gates.of("G-08")).toBe(undefined);
    expect((await copied.takeDown()).left).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  "S5 turns red where a HOLD is not heeded: the door sees who comes",
  async () => {
    writeFileSync(deaf, "");
    const { verdict, wrong } = await play("S5");
    rmSync(deaf);
    expect({ verdict, wrong }).toEqual({
      verdict: "FAIL",
      wrong: [
        ...["resume under a HOLD: exit code", "resume under a HOLD: failure"],
        "connections while it was off or held",
      ],
    });
  },
  PATIENCE_MS,
);

test.each([
  [
    "S6",
    `INSERT INTO public.system_vocab VALUES ('vocab.unit_kind.no_such_kind', 'x'),
      ('vocab.section_type.no_such_section', 'x'), ('vocab.publication_type.nothing', 'x')`,
    "DELETE FROM public.system_vocab WHERE label = 'x'",
    "state",
  ],
  [
    "S9",
    "GRANT SELECT ON cutter_governance.approval_grant TO cutter_verify",
    "REVOKE SELECT ON cutter_governance.approval_grant FROM cutter_verify",
    "cutter_verify: SELECT * FROM cutter_governance.approval_grant",
  ],
  [
    "S9",
    `GRANT USAGE ON SCHEMA cutter_governance TO context_pack_readonly;
      GRANT SELECT ON cutter_governance.run TO context_pack_readonly`,
    `REVOKE USAGE ON SCHEMA cutter_governance FROM context_pack_readonly;
      REVOKE SELECT ON cutter_governance.run FROM context_pack_readonly`,
    "rows of cutter_governance.run that were counted",
  ],
] as const)(
  "%s passes, and turns red where it is broken: %s",
  async (...[id, sabotage, mend, wrong]) => {
    expect(await play(id)).toEqual({ verdict: "PASS", wrong: [] });
    await sql(...sabotage.split(";"));
    const broken = await play(id);
    await sql(...mend.split(";"));
    expect([broken.verdict, broken.wrong]).toEqual(["FAIL", expect.arrayContaining([wrong])]);
  },
  PATIENCE_MS,
);

test("a session of a role is that role's, and the next one of the superuser is the superuser's", async () => {
  const session = await stage.session("cutter_verify");
  if (session instanceof Failure) throw new Error(session.message);
  const who = "SELECT session_user AS who";
  const reply = await session.query(who);
  await session.close();
  expect([reply instanceof Failure ? reply.code : reply.rows, await stage.ask(who)]).toEqual([
    [{ who: "cutter_verify" }],
    [{ who: SUPERUSER }],
  ]);
});

test("a scenario that needs what the engine lacks is not run, and says who would run it", async () => {
  expect(await play("S2")).toEqual({ verdict: "NOT RUN", wrong: [] });
  const lacks = "no second session, no role logins, no client programs";
  expect(sandbox.results.at(-1)?.judged.summary).toBe(
    `not run: the provider has ${lacks}; --provider local or docker runs it`,
  );
});

test("S10 passes, and turns red where the triggers are off; G-08 shows what that changed", async () => {
  expect(await play("S10")).toEqual({ verdict: "PASS", wrong: [] });
  await sql("ALTER TABLE public.information_unit DISABLE TRIGGER USER");
  const broken = await play("S10");
  expect([broken.verdict, broken.wrong]).toEqual([
    "FAIL",
    expect.arrayContaining([expect.stringContaining("UPDATE public.information_unit SET owner_ref")]),
  ]);
  const { contents: standIn } = known(sandbox.source, "source");
  const loaded = await withAdministrator(sandbox, LOGIN, readRelations);
  if (loaded instanceof Failure) throw new Error(loaded.message);
  const judged = await new GateLedger().judge(G08_LOADED, () => ({ standIn, loaded, differences: [] }));
  expect(judged.verdict).toBe("FAIL");
});

test("an engine that crashed is the answer of the scenario and of the command, and no bug", async () => {
  const session = await stage.session(SUPERUSER);
  if (session instanceof Failure) throw new Error(session.message);
  await session.query("COPY pg_class TO PROGRAM 'cat'");
  await session.close();
  expect((await play("S10")).verdict).toBe("FAIL");
  expect(sandbox.results.at(-1)?.judged.failure?.code).toBe("EMBEDDED_FAILED");
  expect((await playScenarios(sandbox))?.code).toBe("EMBEDDED_FAILED");
});

test("G-25: a row that changed in the stand-in is seen, and nothing of the sandbox is left", async () => {
  const [standIn] = sandbox.servers;
  const session = await openSession(known(standIn ?? null, "stand-in").target(LOGIN), { label: "test" });
  if (session instanceof Failure) throw new Error(session.message);
  await session.query("UPDATE public.system_vocab SET label = 'other' WHERE label IS NOT NULL");
  await session.close();
  const taken = await tearDown(sandbox);
  expect([taken.left, taken.troubles, existsSync(sandbox.workDirectory)]).toEqual([[], [], false]);
  const judged = sandbox.gates.of("G-25");
  expect([judged?.verdict, judged?.mismatches.length]).toEqual(["FAIL", expect.any(Number)]);
  expect(judged?.mismatches.every(({ what }) => /production/.test(what))).toBe(true);
});
