/**
 * target-suggest: `cutter target suggest`: documents for a first live run, those with the least at stake first.
 *
 * From one read-only survey. Least is at stake where nothing exists yet; then where there are only drafts, and few of
 * them; enacted units cannot be changed by a cut, so a document of them shows little. Called by setup-commands.ts.
 */
import { Failure } from "../kernel/failure.ts";
import type { DocumentSummary } from "../orchestrator/survey/take.ts";
import { textTable } from "../report/table.ts";
import type { Globals } from "./command/command.ts";
import { EXIT } from "./exit.ts";
import { type SurveyFlags, surveySource } from "./survey-source.ts";
import type { Terminal } from "./terminal.ts";

type Invocation = { readonly flags: SurveyFlags; readonly globals: Globals };

/** `cutter.target-suggest/v1`: `{ schema, documents: [{ document_id, units, draft, enacted, why }], not_listed }`. */
export async function targetSuggest({ flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  const opened = await surveySource({ ...flags, survey: !flags.embedded }, globals);
  if (opened instanceof Failure) return opened;
  await terminal.talk(opened.database.line);
  const order = { documentId: null, because: "all of them are looked at", writingRole: "refused" } as const;
  const sight = await opened.surveyor.look(order);
  await opened.surveyor.close();
  if (sight instanceof Failure) return sight;
  if (sight.seen === null) return new Failure("USAGE", "a recorded survey lists no documents; name a database");
  const { documents, documentCount } = sight.seen;
  const ranked = [...documents].sort(byStakes);
  const notListed = documentCount - documents.length;
  if (globals.format === "json") {
    const listed = ranked.map(({ documentId, units, draft, enacted }, index) => {
      return { document_id: documentId, units, draft, enacted, why: why(ranked[index] ?? null) };
    });
    await terminal.document({ schema: "cutter.target-suggest/v1", documents: listed, not_listed: notListed });
    return EXIT.done;
  }
  const columns = ["document", "units", "draft", "enacted", "why"].map((title, index) => {
    return { title, align: index === 0 || index === 4 ? ("left" as const) : ("right" as const) };
  });
  const rows = ranked.map((one) => [one.documentId, `${one.units}`, `${one.draft}`, `${one.enacted}`, why(one)]);
  const lines = [
    "Safest of all is a document that is not there yet: nothing that exists can be",
    "touched.",
    "  cutter cut NEW-ID --source FILE --survey --live",
    "",
    ...textTable({ columns, rows }),
    ...(notListed > 0 ? [`${notListed} smaller documents are not listed.`] : []),
  ];
  await terminal.result(`${lines.join("\n")}\n`);
  return EXIT.done;
}

function byStakes(a: DocumentSummary, b: DocumentSummary): number {
  return a.enacted - b.enacted || a.units - b.units || (a.documentId < b.documentId ? -1 : 1);
}

function why(summary: DocumentSummary | null): string {
  if (summary === null) return "";
  const { draft, enacted, units } = summary;
  if (enacted === units) return "all enacted: a cut can only add to it";
  if (enacted === 0) return draft === units ? "drafts only" : "drafts and withdrawn units only";
  return "some units are enacted";
}
