/**
 * preload: ends the servers that a test process started for itself, and removes its files, when its last test is done.
 *
 * Named in bunfig.toml, so it is part of every `bun test`. Servers that scripts/test announced are not touched: they
 * are ended by scripts/test.
 */
import { afterAll } from "bun:test";
import { stopTestServers } from "./database.ts";
import { removeFiles } from "./files.ts";

afterAll(async () => {
  await stopTestServers();
  removeFiles();
});
