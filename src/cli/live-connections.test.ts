/** Tests of how a connection of a live run is found: in the configuration, and in the files that it points to. */
import { afterEach, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../scripts/database/files.ts";
import { succeed } from "../../scripts/database/target.ts";
import { roleTarget } from "./live-connections.ts";

const given = { ...process.env };
afterEach(() => {
  for (const name of Object.keys(process.env)) if (given[name] === undefined) delete process.env[name];
  Object.assign(process.env, given);
});

const LAW = { exec: { service: "law" } };

async function execTarget() {
  const target = succeed(await roleTarget("exec", {}, { connections: LAW }));
  if (target.kind !== "server") throw new Error("it is embedded");
  const [first] = target.hosts;
  return { host: first?.host, user: target.user, database: target.database, password: first?.password };
}

test("a service of the configuration is found in $HOME or PGSERVICEFILE, and so is its password", async () => {
  const folder = temporaryFolder();
  const service = "[law]\nhost=127.0.0.1\ndbname=law\nuser=writer\n";
  writeFileSync(join(folder, ".pg_service.conf"), service);
  writeFileSync(join(folder, ".pgpass"), "*:*:*:*:of-a-file\n", { mode: 0o600 });
  const want = { host: "127.0.0.1", user: "writer", database: "law", password: "of-a-file" };
  process.env.HOME = folder;
  expect(await execTarget()).toEqual(want);
  process.env.HOME = temporaryFolder();
  process.env.PGSERVICEFILE = join(folder, ".pg_service.conf");
  process.env.PGPASSFILE = join(folder, ".pgpass");
  expect(await execTarget()).toEqual(want);
});

test("PGHOST and its like name no database of a live run, and change none", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, ".pg_service.conf"), "[law]\nhost=127.0.0.1\ndbname=law\n");
  Object.assign(process.env, { HOME: folder, PGUSER: "somebody", PGPORT: "1", PGHOSTADDR: "10.0.0.1" });
  const target = succeed(await roleTarget("exec", {}, { connections: LAW }));
  expect(target).toMatchObject({ hosts: [{ host: "127.0.0.1", hostaddr: null, port: 5432 }] });
  expect(target.kind === "server" && target.user).not.toBe("somebody");
});
