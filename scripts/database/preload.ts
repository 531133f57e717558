/**
 * preload: ends the servers that a test process started for itself, and removes its files, when its last test is done.
 *
 * Named in bunfig.toml, so it is part of every `bun test`. Servers that scripts/test announced are not touched: they
 * are ended by scripts/test. PostgreSQL's own client programs come first in PATH: Debian has scripts there that look
 * for them, and take longer for that than the programs for their work.
 */
import { afterAll } from "bun:test";
import { dirname, isAbsolute } from "node:path";
import { stopTestServers } from "./database.ts";
import { removeFiles } from "./files.ts";
import { psqlProgram } from "./server.ts";

const psql = psqlProgram();
if (isAbsolute(psql)) process.env.PATH = `${dirname(psql)}:${process.env.PATH}`;

afterAll(async () => {
  await stopTestServers();
  removeFiles();
});
