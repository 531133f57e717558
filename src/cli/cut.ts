/**
 * cut: `cutter cut DOCUMENT --source FILE`: begins a run and takes it to its first gate.
 *
 * With --live the run is one that may write once it is approved; without, whatever would write is simulated. Reads the
 * source, surveys, plans, and prints where the run stands; writes to no database. Called by run-commands.ts.
 */
import { checkDocumentId } from "../flow/document.ts";
import { runId } from "../kernel/evidence/run-id.ts";
import { Failure } from "../kernel/failure.ts";
import { sayAtEnd } from "../kernel/session/registry.ts";
import { beginRun } from "../orchestrator/begin.ts";
import type { Globals } from "./command/command.ts";
import { showProgress } from "./command/progress.ts";
import { showAndTell } from "./resume.ts";
import { withStore } from "./run-store.ts";
import { readSource } from "./source-file.ts";
import { type SurveyFlags, surveySource } from "./survey-source.ts";
import type { Terminal } from "./terminal.ts";

type Flags = SurveyFlags & {
  readonly source: string;
  readonly profile: string;
  readonly "publication-type": string | undefined;
  readonly "owner-ref": string | undefined;
  readonly "allow-writing-role": boolean;
  readonly live: boolean;
};
type Invocation = {
  readonly positionals: { readonly DOCUMENT: string };
  readonly flags: Flags;
  readonly globals: Globals;
};

export function cut({ positionals, flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  const { DOCUMENT: documentId } = positionals;
  return withStore(globals, async (store) => {
    const refused = checkDocumentId(documentId) ?? refuseUnsurveyed(flags);
    if (refused !== null) return refused;
    const opened = await surveySource(flags, globals);
    if (opened instanceof Failure) return opened;
    const { configuration, surveyor, database } = opened;
    const question = { path: flags.source, documentId, profile: flags.profile, ownProfiles: configuration.profiles };
    const source = await readSource(question);
    if (source instanceof Failure) return source;
    await terminal.talk(database.line);
    const writingRole = flags["allow-writing-role"] ? "allowed" : "refused";
    const progress = showProgress(terminal);
    const unsay = sayAtEnd(
      "No database was written: the document was being planned. cutter runs lists what was begun.",
    );
    progress.now("survey");
    const sight = await surveyor.look({ documentId, because: "it was named", writingRole });
    await surveyor.close();
    progress.now("manifest and cutplan");
    const begun =
      sight instanceof Failure
        ? sight
        : await beginRun({
            ...{
              store,
              runId: runId("ictr"),
              sessionId: null,
              mode: flags.live ? "live" : "dryrun",
              survey: sight.document,
            },
            source: source.bytes,
            settings: {
              ...{ source: { from: "file", fileName: source.fileName }, profile: source.profile, actor: "cutter" },
              ...{ ownProfile: source.ownProfile, ownerRef: flags["owner-ref"] ?? null },
              publicationType: flags["publication-type"] ?? null,
              surveyed: surveyor.kind === "recorded" ? "recorded" : "live",
            },
          });
    progress.stop();
    if (begun instanceof Failure) {
      unsay();
      return begun;
    }
    const { run, planned } = begun;
    for (const { canonicalAddress, field, problem, choices } of planned.cutplan.problems) {
      const offered = choices.length === 0 ? "" : `; one of ${choices.join(", ")}`;
      await terminal.talk(`refused: ${canonicalAddress}: ${field} ${problem}${offered}`);
    }
    const { stopCode, stopMessage } = run;
    const stop = stopCode === null ? null : new Failure(stopCode, `run ${run.runId}: ${stopMessage}`);
    const did = ["survey", "manifest", "cutplan"] as const;
    return showAndTell(store, { run, stop, did }, { globals, terminal }).finally(unsay);
  });
}

/** What is to be written is planned on the database where it will be, as it is now. */
function refuseUnsurveyed({ live, survey }: Flags): Failure | null {
  if (!live || survey) return null;
  return new Failure("USAGE", "--live goes with --survey: a run that is to write is planned on the live database");
}
