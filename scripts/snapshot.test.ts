import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../src/kernel/digest.ts";
import { ensureSnapshot, makeSnapshot } from "./snapshot.ts";

test("a snapshot that is made again has the same bytes", async () => {
  const kept = await ensureSnapshot();
  const again = join(tmpdir(), `cutter-snapshot-${process.pid}.tar.zst`);
  await makeSnapshot(again);
  const digests = await Promise.all([kept, again].map(async (path) => sha256(await Bun.file(path).bytes())));
  rmSync(again);
  expect(digests[1]).toBe(digests[0] ?? "");
}, 60_000);
