/**
 * suite: everything that CI runs, in one command; scripts/test is its door.
 *
 * Types, lint, tidy, build, tests on each PostgreSQL version, the built binaries. Never stops at a failure; ends with
 * one line, `N passed, N failed`. With arguments it runs only the test files whose path contains one of them.
 */
import { join } from "node:path";
import { prepareMachine } from "./suite/machine.ts";
import { smokeStage } from "./suite/smoke.ts";
import { type Lanes, print, programStage, runStages, type Stage } from "./suite/stage.ts";
import { filteredStage, stopServers, testStages } from "./suite/tests.ts";

const project = join(import.meta.dirname, "..");
const tool = (name: string): string => join(project, "node_modules", ".bin", name);
process.chdir(project);

process.on("SIGINT", async () => {
  await stopServers();
  process.exit(130);
});

function stages(filters: readonly string[]): (Stage | Lanes)[] {
  if (filters.length > 0) return [filteredStage(filters)];
  return [
    programStage("types", [tool("tsc"), "-p", ".", "--noEmit"]),
    programStage("lint and format", [tool("biome"), "check", "."]),
    programStage("tidy", [process.execPath, "scripts/tidy.ts"]),
    programStage("build", [process.execPath, "scripts/build.ts"]),
    testStages(project),
    smokeStage(project),
  ];
}

const lacking = prepareMachine();
if (lacking !== undefined) {
  print(lacking);
  print("0 passed, 1 failed");
  process.exit(1);
}
const { passed, failed } = await runStages(stages(process.argv.slice(2)));
print(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
