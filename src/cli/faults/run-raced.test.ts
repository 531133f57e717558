/**
 * run-raced.test: several processes at one run: one advances it, and each other one is told that it is taken.
 *
 * The one that has the run is kept at the database until all others have ended, so that none of them comes late and
 * takes the next gate.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { barrierTo } from "../../../scripts/faults/relay.ts";
import { HANDBOOK, makeDesk, makeReference, READER, runIdIn, surveying } from "../../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

let database: TestDatabase;
let source: string;
beforeAll(async () => {
  database = await makeReference(await anyServer());
  source = join(temporaryFolder(), "handbook.md");
  writeFileSync(source, HANDBOOK);
});
afterAll(() => database.drop());

for (const count of [2, 20]) {
  test(`of ${count} that resume one run at once, one advances it and ${count - 1} are refused`, async () => {
    const desk = makeDesk();
    const id = runIdIn(await desk.run(["cut", "HANDBOOK", "--source", source, ...surveying(database)]));
    const barrier = await barrierTo(database.server);
    const url = `postgres://${READER}@127.0.0.1:${barrier.port}/${database.name}?sslmode=disable&connect_timeout=60`;
    let left = count;
    const ends = await Promise.all(
      Array.from({ length: count }, async () => {
        const ended = await desk.run(["resume", id, "--survey", "--url", url]);
        left -= 1;
        if (left === 1) barrier.open();
        return ended;
      }),
    );
    barrier.stop();
    const refused = ends.filter(({ code }) => code === 4);
    expect(ends.filter(({ code }) => code === 6).length).toBe(1);
    expect(refused.map((ended) => readText(ended)?.code)).toEqual(Array(count - 1).fill("STOP_LOCKED"));
    expect(refused[0]?.stderr).toMatch(new RegExp(`run ${id} is held by process \\d+\n`));
    const { state, phases } = await desk.show(id);
    expect([state, phases.length]).toEqual(["AWAITING_LIFECYCLE_AUTHORIZATION", 7]);
    expect((await desk.run(["verify", id])).code).toBe(0);
  });
}
