/**
 * schema-contract: writes sql/catalog/contract.json, what a fresh installation looks like, for `cutter schema verify`.
 *
 * Run it after a change of sql/lifecycle or sql/governance: `bun scripts/schema-contract.ts [MAJOR]`. A test installs
 * afresh on the server at hand and says if the file is stale.
 */
import { join } from "node:path";
import { readBaseline } from "../src/schema/baseline.ts";
import { createDatabase } from "./database/database.ts";
import { MAJORS, startServer } from "./database/server.ts";
import { hostOf, openTestSession, succeed, targetOf } from "./database/target.ts";

const CONTRACT = join(import.meta.dirname, "../sql/catalog/contract.json");

if (import.meta.main) {
  const server = await startServer(MAJORS.find((major) => `${major}` === process.argv[2]) ?? 15);
  try {
    const { name } = await createDatabase(server, { template: "reference" });
    const socket = hostOf(server.port, { host: server.socketDirectory, password: null });
    const session = await openTestSession(targetOf([socket], { database: name }));
    const { shape } = succeed(await readBaseline(session));
    await session.close();
    await Bun.write(CONTRACT, `${JSON.stringify(shape, null, 2)}\n`);
  } finally {
    await server.stop();
  }
}
