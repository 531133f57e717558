/**
 * database: the names under which tests, the demo and the bench get servers and databases.
 *
 * Run as a program, `bun scripts/database.ts [MAJOR]` starts a server with the reference database, prints its URLs, and
 * ends it on Ctrl-C. Never touches a server that it did not start.
 */
import { createDatabase, LOGIN_ROLES } from "./database/database.ts";
import { MAJORS, type Major, startServer } from "./database/server.ts";

if (import.meta.main) {
  const wanted = Number(process.argv[2] ?? "15");
  const major: Major = MAJORS.find((known) => known === wanted) ?? 15;
  const server = await startServer(major, { data: "on disk" });
  const database = await createDatabase(server, { template: "reference" });
  const urls = LOGIN_ROLES.map((role) => `  ${database.url(role)}`).join("\n");
  process.stdout.write(
    `PostgreSQL ${major}, pid ${server.pid}, log ${server.logFile}\n${urls}\n${database.socketUrl()}\n`,
  );
  process.on("SIGINT", async () => {
    await server.stop();
    process.exit(0);
  });
  setInterval(() => {}, 60_000);
}
