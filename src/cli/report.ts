/**
 * report: `cutter report RUN`: the report of a run, a dry run or a proof, in the format that was asked for.
 *
 * Of a dry run, a proof and a sandbox from its evidence folder, if that is as it was written; of a run from the store.
 * Reads only. Called by run-commands.ts.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type * as v from "valibot";
import { isRunId, keepsItsOwn } from "../kernel/evidence/run-id.ts";
import { verifyEvidence } from "../kernel/evidence/verify.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { readPrivateFile } from "../kernel/private-files/file.ts";
import { stateDirectory } from "../kernel/private-files/state-directory.ts";
import { refuseForged } from "../orchestrator/kept-evidence.ts";
import { type DryRunReport, dryRunMarkdown, dryRunSuite, dryRunText } from "../report/dry-run.ts";
import { draw } from "../report/format.ts";
import { batteryHtml } from "../report/html/battery.ts";
import { dryRunHtml } from "../report/html/dry-run.ts";
import { tapReport } from "../report/tap.ts";
import type { Globals } from "./command/command.ts";
import { EXIT } from "./exit.ts";
import { withStore } from "./run-store.ts";
import { show } from "./show.ts";
import { paint, type Terminal } from "./terminal.ts";

type Invocation = { readonly positionals: { readonly RUN: string }; readonly globals: Globals };

export async function report(invocation: Invocation, terminal: Terminal): Promise<number | Failure> {
  const { positionals, globals } = invocation;
  const { RUN: id } = positionals;
  if (!isRunId(id)) return new Failure("USAGE", `${id} is not the name of a run`, { hint: "cutter runs lists them." });
  if (id.startsWith("ictr-")) return show(invocation, terminal);
  const evidence = await openEvidence(id, globals);
  if (evidence instanceof Failure) return evidence;
  const bytes = readPrivateFile(join(evidence, "facts.json"), limits.evidenceFileBytes);
  if (bytes instanceof Failure) return bytes;
  const text = new TextDecoder().decode(bytes);
  if (keepsItsOwn(id)) return keptReport(evidence, { text, format: globals.format }, terminal);
  const found = await parseDryRun(text, id);
  if (found instanceof Failure) return found;
  const { stdout } = terminal.colour;
  const palette = (words: string, style: Parameters<typeof paint>[1]) => paint(words, style, stdout);
  const drawing = {
    document: found,
    text: () => dryRunText(found, { palette }),
    markdown: () => dryRunMarkdown(found),
    html: () => dryRunHtml(found),
    suite: () => dryRunSuite(found),
  };
  await terminal.result(draw(drawing, globals.format));
  return EXIT.done;
}

/** The folder, if it is as it was written; of a dry run also by what the run store says. */
async function openEvidence(id: string, globals: Globals): Promise<string | Failure> {
  const state = stateDirectory(process.env, { flag: globals.stateDir });
  if (state instanceof Failure) return state;
  const evidence = join(state, "runs", id, "evidence");
  if (!existsSync(evidence)) return new Failure("RUN_UNKNOWN", `there is no evidence of ${id} in ${state}`);
  const unaltered = verifyEvidence(evidence);
  if (unaltered instanceof Failure) return unaltered;
  if (keepsItsOwn(id)) return evidence;
  return withStore(globals, async (store) => refuseForged(store, id, evidence) ?? evidence);
}

async function parseDryRun(text: string, id: string): Promise<DryRunReport | Failure> {
  const { dryRunSchema } = await import("../report/dry-run-schema.ts");
  return parseFacts(dryRunSchema, text, `a report of the dry run ${id}`);
}

async function drawBattery(text: string, evidence: string, format: "tap" | "html"): Promise<string | Failure> {
  const { batterySchema } = await import("../report/battery-schema.ts");
  const report = await parseFacts(batterySchema, text, `the report of the battery of ${evidence}`);
  if (report instanceof Failure) return report;
  return format === "tap" ? tapReport(report) : batteryHtml(report);
}

async function parseFacts<const Schema extends v.GenericSchema>(
  schema: Schema,
  text: string,
  what: string,
): Promise<v.InferOutput<Schema> | Failure> {
  const { safeParse } = await import("valibot");
  try {
    const parsed = safeParse(schema, JSON.parse(text));
    if (parsed.success) return parsed.output;
  } catch {
    // Said below: it is no document at all.
  }
  return new Failure("EVIDENCE_ALTERED", `facts.json is not ${what}`, {
    facts: { what: "malformed", name: "facts.json" },
  });
}

/** The report of a battery and of a sandbox lies there in these forms; others are drawn from its facts. */
const KEPT = { text: "report.txt", markdown: "report.md", html: "report.html", junit: "junit.xml" } as const;

type Kept = { readonly text: string; readonly format: Globals["format"] };

async function keptReport(evidence: string, { text, format }: Kept, terminal: Terminal): Promise<number | Failure> {
  const name = format in KEPT ? KEPT[format as keyof typeof KEPT] : null;
  // A version before this one wrote no page.
  const isKept = name !== null && existsSync(join(evidence, name));
  const bytes = isKept ? readPrivateFile(join(evidence, name), limits.evidenceFileBytes) : Buffer.from(text);
  if (bytes instanceof Failure) return bytes;
  const drawn = isKept || (format !== "tap" && format !== "html") ? null : await drawBattery(text, evidence, format);
  if (drawn instanceof Failure) return drawn;
  await terminal.result(drawn ?? new TextDecoder().decode(bytes));
  return EXIT.done;
}
