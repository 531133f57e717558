/** Test of a local server of each version of PostgreSQL that the suite has: by the programs that are configured. */
import { expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { testServer } from "../../../../scripts/database/database.ts";
import { ok, sampleFolder, sampleSandbox } from "../sample-sandbox.ts";
import { localProvider } from "./local.ts";

// A cluster is made with initdb, on a machine that may be busy.
setDefaultTimeout(60_000);

test("it is of the version whose programs are configured, and of no other", async () => {
  const { binaries, major } = await testServer();
  const state = sampleFolder();
  const server = ok(await localProvider({ stateDirectory: state, binaries }).start(sampleSandbox(state).order()));
  expect(server.version).toStartWith(`${major}.`);
  expect(server.client("psql", { role: "postgres", database: "postgres" })?.command ?? null).toEqual(
    fs.existsSync(join(binaries, "psql")) ? [join(fs.realpathSync(binaries), "psql")] : null,
  );
  expect((await server.stop()).left).toEqual([]);
  const nowhere = await localProvider({ stateDirectory: state, binaries: join(state, "nowhere") }).unavailable();
  fs.rmSync(state, { recursive: true, force: true });
  expect([nowhere?.code, nowhere?.message.includes("nowhere: no initdb")]).toEqual([
    "SANDBOX_PROVIDER_UNAVAILABLE",
    true,
  ]);
});
