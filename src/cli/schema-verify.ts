/**
 * schema-verify: `cutter schema verify`: names each difference between a database and the contract or a baseline.
 *
 * Reads catalogs only. A baseline is read before any connection is made; a new one is saved only where it was asked
 * for. Called by commands.ts.
 */
import { type Fact, Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { readRegularFile, writePrivateFile } from "../kernel/private-files/file.ts";
import { folded } from "../report/lines.ts";
import { type Baseline, parseBaseline, readBaseline } from "../schema/baseline.ts";
import { type SchemaReport, verifySchema } from "../schema/verify.ts";
import type { Globals } from "./command/command.ts";
import { type Connected, withSession } from "./connect.ts";
import { EXIT, tellFailure } from "./exit.ts";
import { differenceLines, schemaDiffers } from "./schema-differences.ts";
import type { Terminal } from "./terminal.ts";

type Flags = {
  readonly baseline: string | undefined;
  readonly "save-baseline": string | undefined;
  readonly embedded: boolean;
};
type Invocation = { readonly flags: Flags; readonly globals: Globals };

export async function schemaVerify({ flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  const baseline = flags.baseline === undefined ? null : readBaselineFile(flags.baseline);
  if (baseline instanceof Failure) return baseline;
  const naming = { ...globals, embedded: flags.embedded ? "yes" : "no" } as const;
  return withSession(naming, terminal, async (connected) => {
    const saved = await saveBaseline(connected, flags["save-baseline"]);
    if (saved instanceof Failure) return saved;
    const report = await verifySchema(connected.session, baseline === null ? {} : { baseline });
    if (report instanceof Failure) return report;
    if (globals.format === "json") await terminal.document(document(report, connected));
    else await terminal.result(text(report, connected));
    if (report.differences.length === 0) return EXIT.done;
    return tellFailure(schemaDiffers(report.differences), terminal);
  });
}

function readBaselineFile(path: string): Baseline | Failure {
  const bytes = readRegularFile(path, limits.baselineBytes);
  return bytes instanceof Failure ? bytes : parseBaseline(new TextDecoder().decode(bytes), path);
}

async function saveBaseline({ session }: Connected, path: string | undefined): Promise<Failure | null> {
  if (path === undefined) return null;
  const baseline = await readBaseline(session);
  return baseline instanceof Failure ? baseline : writePrivateFile(path, `${JSON.stringify(baseline, null, 2)}\n`);
}

function document(report: SchemaReport, { database }: Connected): Fact {
  const { differences, remarks, checked, comparedWith, owner } = report;
  const verdict = differences.length === 0 ? "SAME" : "DIFFERS";
  return {
    schema: "cutter.schema-verify/v1",
    verdict,
    database,
    compared_with: comparedWith,
    owner,
    checked,
    differences,
    remarks,
  };
}

function text(report: SchemaReport, { database }: Connected): string {
  const { differences, remarks, checked, comparedWith } = report;
  const kinds = Object.entries(checked).map(([kind, count]) => `${kind} ${count}`);
  const verdict = differences.length === 0 ? "no difference" : counted(differences.length);
  const lines = [
    ...folded(database),
    ...folded(`compared with the ${comparedWith}: ${kinds.join(", ")}`),
    ...differenceLines(differences),
    ...remarks.flatMap((remark) => folded(`remark: ${remark}`)),
    verdict,
  ];
  return `${lines.join("\n")}\n`;
}

function counted(differences: number): string {
  return differences === 1 ? "1 difference" : `${differences} differences`;
}
