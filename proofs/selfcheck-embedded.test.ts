/**
 * selfcheck-embedded.test: every sabotage on the embedded database that needs no second session, by the command itself;
 * the rest of them is named.
 */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { safeParse } from "valibot";
import { listedSabotages as listed } from "../scripts/database/battery.ts";
import { temporaryFolder } from "../scripts/database/files.ts";
import type { SelfcheckReport } from "../src/report/selfcheck.ts";
import { selfcheckSchema } from "../src/report/selfcheck-schema.ts";
import { battery } from "./battery.ts";

test("the command runs, on the embedded database, all that needs no second session, and names the rest", () => {
  const state = temporaryFolder();
  const argv = ["selfcheck", "--json", "--state-dir", state];
  const run = Bun.spawnSync([process.execPath, "--no-env-file", join(import.meta.dirname, "main.ts"), ...argv], {
    env: { PATH: process.env.PATH ?? "", HOME: state },
  });
  const report = JSON.parse(run.stdout.toString()) as SelfcheckReport;
  expect(safeParse(selfcheckSchema, report).issues).toBeUndefined();
  expect([run.exitCode, report.results.filter((one) => !one.caught)]).toEqual([0, []]);
  const two = battery.flatMap(({ sabotage }) => sabotage.filter(({ sessions }) => sessions === "two"));
  const needsTwo = new Set(two.map(({ name }) => name));
  for (const kind of ["iu", "sql", "spec", "generic"] as const) {
    const ran = report.results.filter(({ target }) => target === kind);
    const left = report.notRun.filter(({ target }) => target === kind);
    const [there, not] = [ran, left].map((list) => list.map((one) => `${one.proof}: ${one.sabotage}`));
    const named = (one: string) => needsTwo.has(one.replace(/^PROOF-\d: /, ""));
    expect(there).toEqual(listed(kind).filter((one) => !named(one)));
    expect(not).toEqual(listed(kind).filter(named));
  }
}, 30_000);

test("each proof has a sabotage for each kind of target", () => {
  const without = (["iu", "sql", "spec", "generic"] as const).flatMap((kind) =>
    battery
      .filter((proof) => !proof.sabotage.some(({ targets }) => targets?.includes(kind) ?? true))
      .map((proof) => `${kind} ${proof.id}`),
  );
  expect(without).toEqual([]);
});
