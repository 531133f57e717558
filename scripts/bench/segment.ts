/**
 * segment: cutting the large real documents, singly and concatenated to 20 MB, against markdown-it and against itself.
 *
 * Units, addresses and digests included. Processes of their own, in turn; the median of their best runs. Memory is the
 * document and the peak of one cut above a process that only reads the file. Called by bench.ts.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Measured, Ratio } from "./measure.ts";

const DOCUMENTS = [
  ["de-bgb.md", "law-de"],
  ["fr-code-civil.md", "law-fr"],
  ["vn-dan-su-phapdien.md", "law-vi"],
  ["vn-hai-quan-phapdien.md", "law-vi"],
  ["ie-taxes-consolidation-act-1997.md", "law-en"],
] as const;

const FOLDER = join(import.meta.dirname, "../../../shared/documents");
const LARGE_BYTES = 20_000_000;
const PROCESSES = 3;
const REACH = { markdown: 0.2, bytesPerMs: 60_000, linear: 1.2, memory: 6 };

type Case = { readonly file: string; readonly profile: string; readonly runs: number };

export async function benchSegment(): Promise<readonly Ratio[]> {
  const folder = mkdtempSync(join(tmpdir(), "cutter-bench-segment-"));
  const ratios: Ratio[] = [];
  for (const [name, profile] of DOCUMENTS) {
    const single = join(FOLDER, name);
    const bytes = readFileSync(single);
    const times = Math.ceil(LARGE_BYTES / bytes.length);
    const large = join(folder, name);
    writeFileSync(large, Buffer.concat(Array.from({ length: times }, () => bytes)));
    ratios.push(...ratiosOf(name, { file: single, profile, runs: 12 }, bytes.length));
    ratios.push(...largeRatios(name, { file: large, profile, runs: 3 }, { bytes: bytes.length, times, single }));
    rmSync(large);
  }
  rmSync(folder, { recursive: true });
  return ratios;
}

function ratiosOf(name: string, one: Case, bytes: number): Ratio[] {
  const [ours, theirs] = [measure("ours", one), measure("markdown-it", one)];
  const bound: Measured = { medianMs: bytes / REACH.bytesPerMs, peakBytes: 0 };
  return [
    ratio({ what: `cutting ${name}`, against: "markdown-it parsing it", reach: REACH.markdown, ours, theirs }),
    ratio({ what: `cutting ${name}`, against: "60 MB/s", reach: 1, ours, theirs: bound }),
  ];
}

type Single = { readonly bytes: number; readonly times: number; readonly single: string };

function largeRatios(name: string, large: Case, { bytes, times, single }: Single): Ratio[] {
  const what = `cutting ${name} × ${times}`;
  const once = measure("ours", { ...large, file: single, runs: 12 });
  const scaled: Measured = { medianMs: once.medianMs * times, peakBytes: once.peakBytes };
  const ours = measure("ours", large);
  const [first, idle] = [measure("ours", { ...large, runs: 1 }), measure("nothing", { ...large, runs: 1 })];
  const document: Measured = { medianMs: first.medianMs, peakBytes: bytes * times };
  const peakBytes = document.peakBytes + first.peakBytes - idle.peakBytes;
  const memory = {
    ...{ what: `${what}: memory`, against: "the document", ours: { ...first, peakBytes }, theirs: document },
    ...{ ratio: peakBytes / document.peakBytes, reach: REACH.memory, runs: PROCESSES },
  };
  return [
    ...ratiosOf(`${name} × ${times}`, large, bytes * times),
    ratio({ what, against: "itself, singly", reach: REACH.linear, ours, theirs: scaled }),
    memory,
  ];
}

type Compared = Pick<Ratio, "what" | "against" | "reach" | "ours" | "theirs">;

function ratio(compared: Compared): Ratio {
  return { ...compared, ratio: compared.ours.medianMs / compared.theirs.medianMs, runs: PROCESSES };
}

function measure(who: "ours" | "markdown-it" | "nothing", { file, profile, runs }: Case): Measured {
  const program = join(import.meta.dirname, "segment-once.ts");
  const found = Array.from({ length: PROCESSES }, () => {
    const child = Bun.spawnSync([process.execPath, program, who, file, profile, String(runs)], { stdin: "ignore" });
    if (child.exitCode !== 0) throw new Error(`${who} answered ${child.exitCode}: ${child.stderr}`);
    return JSON.parse(child.stdout.toString()) as { times: number[]; peakBytes: number };
  });
  const best = found.map(({ times }) => Math.min(...times)).sort((a, b) => a - b);
  const medianMs = best[Math.floor(best.length / 2)] ?? Number.NaN;
  return { medianMs, peakBytes: Math.max(...found.map(({ peakBytes }) => peakBytes)) };
}
