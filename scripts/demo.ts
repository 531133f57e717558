/**
 * demo: what cutter does, shown to someone who sees it for the first time; scripts/demo is its door.
 *
 * Builds the binary, proves on the database inside it, then on a throwaway PostgreSQL server if this machine has one.
 * It connects to no database that it did not start itself, and keeps nothing but dist/.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase } from "./database/database.ts";
import { startServer, TEST_PASSWORD } from "./database/server.ts";
import { hasPostgres15 } from "./suite/machine.ts";
import { print, runProgram } from "./suite/stage.ts";

const project = join(import.meta.dirname, "..");
const cutter = join(project, "dist", "cutter");
const folder = mkdtempSync(join(tmpdir(), "cutter-demo-"));
/** Evidence goes here instead of where an operator keeps it, and is removed with it. */
const state = mkdtempSync(join(tmpdir(), "cutter-demo-state-"));

function say(...lines: readonly string[]): void {
  print("");
  for (const line of lines) print(`# ${line}`);
}

type Step = { readonly argv: readonly string[]; readonly environment?: Record<string, string>; readonly exit: number };

/** Runs cutter from the empty folder, shows the command, and sees that it ends as it should. */
async function step({ argv, environment = {}, exit }: Step): Promise<void> {
  const { PATH = "/usr/bin:/bin", TERM = "dumb" } = process.env;
  const home = { PATH, TERM, HOME: folder, CUTTER_STATE_DIR: state };
  const shown = Object.keys(environment).filter((name) => name !== "PGPASSWORD");
  print(`$ ${[...shown.map((name) => `${name}=${environment[name]}`), "cutter", ...argv].join(" ")}`);
  const child = Bun.spawn([cutter, ...argv], {
    cwd: folder,
    env: { ...home, ...environment },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const code = await child.exited;
  print(`(exit code ${code})`);
  if (code !== exit) throw new Error(`expected exit code ${exit}`);
}

async function onTheEmbeddedDatabase(): Promise<void> {
  say(
    "cutter answers one question before you write to a production database:",
    "what would this write do, and is it certain that trying it leaves nothing behind?",
    "It tries for real, in a transaction that the server itself refuses to commit,",
    "while a second connection watches. First on the PostgreSQL inside the program:",
  );
  await step({ argv: ["proof", "rollback", "--embedded"], exit: 0 });
  say("It never connects to a database that was not named. With none named it says so and stops:");
  await step({ argv: ["proof", "rollback"], exit: 2 });
  writeFileSync(join(folder, "law.md"), LAW);
  say("Its other half cuts documents into units. What a person approves is this tree:");
  await step({ argv: ["plan", "law.md", "--document", "HARBOUR"], exit: 0 });
  say("And a dry run walks the whole cut through a simulator, stopping at both gates, writing nothing:");
  await step({ argv: ["dryrun", "HARBOUR", "--source", "law.md"], exit: 0 });
}

/** A law that does not exist, of our own making. */
const LAW = `# Harbour Act

## Chapter 1. Ships

### Article 1. Entering

1. A ship enters when the gate is open.
2. The gate is open:
   (a) by day;
   (b) by night, if a pilot asks.

### Article 2. Leaving

A ship leaves as it came, see
Article 1 of this Act.
`;

/** A table of somebody else's, and a migration of it: what most people would want to try first. */
const SHOP = `
  CREATE TABLE public.customer (id bigserial PRIMARY KEY, name text NOT NULL);
  CREATE TABLE public.purchase (
    id bigserial PRIMARY KEY,
    customer bigint NOT NULL REFERENCES public.customer ON DELETE CASCADE,
    amount numeric NOT NULL
  );
  INSERT INTO public.customer (name) SELECT 'customer ' || n FROM generate_series(1, 100) AS n;
  INSERT INTO public.purchase (customer, amount) SELECT id, 10 FROM public.customer, generate_series(1, 3);
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO cutter_exec;
  GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO cutter_exec;`;
const SCRIPT = `DELETE FROM public.customer WHERE id <= 10;
INSERT INTO public.customer (name) VALUES ('new');
`;

async function onARealServer(): Promise<void> {
  say("Now on a real PostgreSQL 15 server, started for this demo on a free port, and ended after it.");
  const server = await startServer(15, { data: "on disk" });
  try {
    const database = await createDatabase(server, { template: "reference" });
    const environment = {
      PGHOST: "127.0.0.1",
      PGPORT: `${server.port}`,
      PGDATABASE: database.name,
      PGUSER: "cutter_exec",
      PGPASSWORD: TEST_PASSWORD,
    };
    await step({ argv: ["proof", "rollback"], environment, exit: 0 });
    const shop = await createDatabase(server, { template: "empty" });
    shop.psql(SHOP);
    writeFileSync(join(folder, "clean-up.sql"), SCRIPT);
    say(
      "And a script of your own, on a database that has nothing of ours. It deletes 10 customers;",
      "see how many purchases would go with them, and that none is gone:",
    );
    const argv = ["proof", "rollback", "--sql", "clean-up.sql"];
    await step({ argv, environment: { ...environment, PGDATABASE: shop.name }, exit: 0 });
  } finally {
    await server.stop();
  }
}

print("# Building dist/cutter");
const built = await runProgram([process.execPath, join(project, "scripts", "build.ts")]);
if (built !== 0) process.exit(1);
try {
  await onTheEmbeddedDatabase();
  if (hasPostgres15()) await onARealServer();
  else say("No PostgreSQL 15 on this machine (apt-get install postgresql-15): the second half is left out.");
  say("Done. Next: dist/cutter proof rollback --help");
} finally {
  for (const path of [folder, state]) rmSync(path, { recursive: true });
}
