/**
 * bench: how fast, against what: a table of ratios for a person, JSON for a machine.
 *
 * Run as `bun run bench [NAME …]`. Everything runs side by side on a server of its own, so a ratio holds where a time
 * does not. It never fails for being slow: it reports what performance.md asks for beside what was seen.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchBattery } from "./bench/battery.ts";
import { benchDryRun } from "./bench/dry-run.ts";
import { benchEmbedded } from "./bench/embedded.ts";
import { benchGrowth } from "./bench/growth.ts";
import { benchLegA } from "./bench/leg-a.ts";
import type { Ratio } from "./bench/measure.ts";
import { benchPhases } from "./bench/phases.ts";
import type { BenchPlace } from "./bench/place.ts";
import { benchSandbox } from "./bench/sandbox.ts";
import { benchScript } from "./bench/script.ts";
import { benchSegment } from "./bench/segment.ts";
import { benchStart } from "./bench/start.ts";
import { createDatabase } from "./database/database.ts";
import { startServer } from "./database/server.ts";
import { talk } from "./talk.ts";

const BENCHES = {
  start: benchStart,
  embedded: benchEmbedded,
  battery: benchBattery,
  script: benchScript,
  growth: benchGrowth,
  segment: benchSegment,
  "dry-run": benchDryRun,
  "leg-a": benchLegA,
  phases: benchPhases,
  sandbox: benchSandbox,
} as const satisfies Record<string, (place: BenchPlace) => Promise<readonly Ratio[]>>;

const PROJECT = join(import.meta.dirname, "..");

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => !(name in BENCHES));
  if (unknown !== undefined) throw new Error(`no bench ${unknown}; there are ${Object.keys(BENCHES).join(", ")}`);
  const binary = join(PROJECT, "dist", "cutter");
  if (!existsSync(binary)) throw new Error("dist/cutter is not built: run scripts/build first");
  const server = await startServer(15, { data: "on disk" });
  const state = mkdtempSync(join(tmpdir(), "cutter-bench-state-"));
  const ratios: Ratio[] = [];
  try {
    await (await createDatabase(server, { template: "reference" })).drop();
    const place = { binary, proofBinary: join(PROJECT, "dist", "cutter-proof"), server, state };
    for (const [name, bench] of Object.entries(BENCHES)) {
      if (names.length > 0 && !names.includes(name)) continue;
      talk.start(`measuring ${name}`);
      ratios.push(...(await bench(place)));
    }
  } finally {
    await server.stop();
    rmSync(state, { recursive: true });
  }
  process.stdout.write(table(ratios));
  await Bun.write(join(PROJECT, "dist", "bench.json"), `${JSON.stringify({ schema: "cutter.bench/v1", ratios })}\n`);
}

function table(ratios: readonly Ratio[]): string {
  const lines = ratios.map((row) => {
    const verdict = row.ratio <= row.reach ? "reached" : "NOT REACHED";
    const times = `${row.ours.medianMs.toFixed(0)} ms against ${row.theirs.medianMs.toFixed(0)} ms`;
    const memory = `${(row.ours.peakBytes / 2 ** 20).toFixed(0)} MiB`;
    const found = `${row.ratio.toFixed(2)} (reach ${row.reach}, ${verdict}; ${times}; ${memory})`;
    return `${row.what}\n  / ${row.against}: ${found}\n`;
  });
  return lines.join("");
}

await main(process.argv.slice(2));
