/**
 * start: how long the program takes to say its version, and to assert the kill switch, against an empty program.
 *
 * The empty one is compiled by the same Bun with the same flags. Called by bench.ts.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compare, type Ratio } from "./measure.ts";
import type { BenchPlace } from "./place.ts";

const RUNS = 21;

export async function benchStart(place: BenchPlace): Promise<readonly Ratio[]> {
  const folder = mkdtempSync(join(tmpdir(), "cutter-bench-"));
  const empty = join(folder, "empty");
  writeFileSync(join(folder, "empty.ts"), "export {};\n");
  const build = Bun.spawnSync(
    [
      process.execPath,
      "build",
      "--compile",
      "--bytecode",
      "--format=esm",
      join(folder, "empty.ts"),
      "--outfile",
      empty,
    ],
    { cwd: folder },
  );
  if (build.exitCode !== 0) throw new Error(`the empty program was not built: ${build.stderr}`);
  const theirs = { name: "empty", argv: [empty] };
  const against = "an empty compiled Bun program";
  const ask = (what: string, reach: number, words: readonly string[]) =>
    compare({ what, against, reach, runs: RUNS, theirs, ours: { name: what, argv: [place.binary, ...words] } });
  const ratios = [
    ask("start: cutter --version", 2, ["--version"]),
    ask("start: cutter proof killswitch", 3, ["proof", "killswitch", "--state-dir", place.state]),
  ];
  rmSync(folder, { recursive: true });
  return ratios;
}
