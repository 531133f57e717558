/** schema.test: `cutter schema` on a real server: what it prints and how it exits. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, type TestDatabase, testServer } from "../../scripts/database/database.ts";

const MAIN = join(import.meta.dirname, "../main.ts");
const folder = mkdtempSync(join(tmpdir(), "cutter-schema-"));
let reference: TestDatabase;
let empty: TestDatabase;

beforeAll(async () => {
  const server = await testServer();
  reference = await createDatabase(server, { template: "reference" });
  empty = await createDatabase(server, { template: "empty" });
});

afterAll(() => {
  reference.drop();
  empty.drop();
  rmSync(folder, { recursive: true });
});

async function schema(database: TestDatabase, ...argv: readonly string[]) {
  const command = [process.execPath, MAIN, "schema", ...argv, "--url", database.socketUrl()];
  const env = { PATH: process.env.PATH ?? "", HOME: folder };
  const child = Bun.spawn(command, { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [code, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
  return { code, stdout, stderr };
}

test("verify finds no difference in the reference database, and says which database it was", async () => {
  const { code, stdout, stderr } = await schema(reference, "verify");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toStartWith(`database "${reference.name}" as "postgres" at `);
  expect(stdout).toEndWith("\nno difference\n");
});

test("verify names exactly what differs, and a baseline makes it what is expected", async () => {
  const file = join(folder, "baseline.json");
  reference.psql(`GRANT DELETE ON public.information_unit TO cutter_exec;
    REVOKE SELECT ON public.information_unit FROM cutter_verify;
    ALTER TABLE public.unit_version DISABLE TRIGGER trg_uv_enacted_immut;
    ALTER FUNCTION public.fn_iu_create SECURITY INVOKER`);
  const { code, stdout, stderr } = await schema(reference, "verify", "--json", "--save-baseline", file);
  const { differences } = JSON.parse(stdout) as { differences: { change: string; object: string }[] };
  expect(differences.map(({ change, object }) => `${change} ${object}`).sort()).toEqual([
    "different public.fn_iu_create",
    "different public.unit_version.trg_uv_enacted_immut",
    "excess DELETE on public.information_unit to cutter_exec",
    "missing SELECT on public.information_unit to cutter_verify",
  ]);
  expect({ code, stderr }).toMatchObject({ code: 3 });
  expect(stderr).toStartWith("error SCHEMA_DIFFERS: 4 differences");
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const again = await schema(reference, "verify", "--baseline", file);
  expect(again.code).toBe(3);
  expect(again.stdout).toContain("missing  privilege SELECT on public.information_unit to cutter_verify");
  expect(again.stdout).not.toContain("fn_iu_create");
  expect(readFileSync(file, "utf8")).toContain("cutter.schema-baseline/v1");
});

test("a file that is no baseline is refused before any connection", async () => {
  const { code, stdout, stderr } = await schema(reference, "verify", "--baseline", MAIN);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("error CONFIG_INVALID: ");
});

test("install, install again, uninstall: each whole or not at all", async () => {
  const installed = await schema(empty, "install");
  expect(installed).toMatchObject({ code: 0, stderr: "" });
  expect(installed.stdout).toContain("installed the schema cutter_governance\n");
  expect((await schema(empty, "verify")).code).toBe(0);

  const second = await schema(empty, "install");
  expect({ code: second.code, stdout: second.stdout }).toEqual({ code: 4, stdout: "" });
  expect(second.stderr).toContain(`database "${empty.name}"`);
  expect(second.stderr).toContain("error SCHEMA_PRESENT: ");

  const removed = await schema(empty, "uninstall", "--json");
  expect(JSON.parse(removed.stdout)).toMatchObject({ schema: "cutter.schema-uninstall/v1", lifecycle: "removed" });
  expect(empty.psql("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")).toBe("0");
});

test("a signal in the middle ends the session on the server too, and exits with its code", async () => {
  const label = `signal ${empty.name}`;
  const code = `
    import { runProgram } from "${join(import.meta.dirname, "command/program.ts")}";
    import { withSession } from "${join(import.meta.dirname, "connect.ts")}";
    const act = { name: "act", summary: "Acts.", examples: [], positionals: [], flags: [],
      run: ({ globals }, terminal) => withSession({ ...globals, embedded: "no" }, terminal,
        ({ session }) => session.query("SELECT pg_sleep(30) -- ${label}")) };
    await runProgram({ root: { name: "s", summary: "S.", examples: [], commands: [act] },
      argv: process.argv.slice(1), exit: (code) => process.exit(code) });`;
  const sleeping = (): string =>
    empty.psql(`SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%${label}' AND pid <> pg_backend_pid()`);
  const child = Bun.spawn([process.execPath, "-e", code, "act", "--url", empty.socketUrl()], { stderr: "pipe" });
  for (let look = 0; look < 100 && sleeping() === "0"; look += 1) await Bun.sleep(50);
  expect(sleeping()).toBe("1");
  child.kill("SIGTERM");
  expect(await child.exited).toBe(143);
  expect(await child.stderr.text()).toContain("\nerror TERMINATED: ");
  expect(sleeping()).toBe("0");
});
