/**
 * verify: `cutter verify RUN`: recomputes the digests, the chain and the seals of a run, a dry run or a proof.
 *
 * Names the first thing that does not fit. Reads only, and makes no connection. Called by run-commands.ts.
 */
import { backupDirectory } from "../execution/backup/settings.ts";
import { readConfiguration } from "../kernel/conninfo/configuration.ts";
import { isRunId } from "../kernel/evidence/run-id.ts";
import { readSealKeys } from "../kernel/evidence/seal-keys.ts";
import { isSealed, verifySeals } from "../kernel/evidence/verify-seals.ts";
import { Failure } from "../kernel/failure.ts";
import { ONLY_READ } from "../kernel/failure-table/entry.ts";
import { verifyBackup } from "../orchestrator/live/kept-backup.ts";
import { readSigningKeys } from "../orchestrator/live/signing-keys.ts";
import { verifyPair } from "../orchestrator/live/verify-pair.ts";
import type { Store } from "../orchestrator/store/store.ts";
import { type Verified, verifyRun } from "../orchestrator/verify-run.ts";
import { COLUMNS, wrap } from "../report/lines.ts";
import type { Globals } from "./command/command.ts";
import { EXIT } from "./exit.ts";
import { withStore } from "./run-store.ts";
import type { Terminal } from "./terminal.ts";

type Invocation = { readonly positionals: { readonly RUN: string }; readonly globals: Globals };

/** `cutter.verify/v1`: `{ schema, run_id, checked: [sentence], verdict }`. */
export async function verify({ positionals, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  const { RUN: id } = positionals;
  const answer = await withStore(globals, async (store) => {
    if (!isRunId(id)) {
      return new Failure("USAGE", `${id} is not the name of a run`, { hint: "cutter runs lists them." });
    }
    const verified = verifyRun(store, id);
    if (verified instanceof Failure) return onlyRead(verified);
    const pair = await verifyPairOf(store, id, globals);
    if (pair instanceof Failure) return onlyRead(pair);
    const seals = await verifySealsOf(verified.folders, globals);
    if (seals instanceof Failure) return onlyRead(seals);
    const backup = await verifyBackupOf(store, id, globals);
    if (backup instanceof Failure) return onlyRead(backup);
    const checked = [...verified.checked, ...seals, ...pair, ...(backup === null ? [] : [backup])];
    const verdict = "CUTTER_VERIFY INTACT";
    if (globals.format === "json") {
      await terminal.document({ schema: "cutter.verify/v1", run_id: id, checked, verdict });
    } else {
      // A name is never broken; what goes on below is indented.
      const lines = checked.map((sentence) => wrap(sentence, COLUMNS - 2).join("\n  "));
      await terminal.result(`${[...lines, verdict].join("\n")}\n`);
    }
    return EXIT.done;
  });
  if (!(answer instanceof Failure) || answer.code !== "STORE_DAMAGED") return answer;
  // Here it is what was asked for, and no reason not to have looked.
  return new Failure("EVIDENCE_ALTERED", answer.message, {
    facts: { what: "damaged", name: "cutter.db" },
    cause: answer,
  });
}

/** With the keys of the configuration, which is not asked where nothing is sealed. */
async function verifySealsOf(folders: Verified["folders"], globals: Globals): Promise<readonly string[] | Failure> {
  const sealed = folders.filter(({ evidence }) => isSealed(evidence.digests));
  if (sealed.length === 0) return [];
  const configuration = await readConfiguration(globals.config, process.env);
  if (configuration instanceof Failure) return configuration;
  const keys = readSealKeys(configuration, process.env);
  if (keys instanceof Failure) return keys;
  const { sshKeygen } = configuration.approvals;
  const checked: string[] = [];
  for (const { id, directory, evidence } of sealed) {
    const seals = await verifySeals({ directory, digests: evidence.digests, keys, sshKeygen });
    if (seals instanceof Failure) return seals;
    checked.push(...seals.map((sentence) => `${id}: ${sentence}`));
  }
  return checked;
}

/** Of a live run, with the keys of the configuration where it names them. */
async function verifyPairOf(store: Store, id: string, globals: Globals): Promise<readonly string[] | Failure> {
  const run = store.run(id);
  if (run instanceof Failure) return run;
  if (run === null || run.mode !== "live") return [];
  const configuration = await readConfiguration(globals.config, process.env);
  if (configuration instanceof Failure) return configuration;
  const { execKey, verifyKey } = configuration.signing;
  const keys = execKey === null || verifyKey === null ? null : readSigningKeys(configuration);
  return keys instanceof Failure ? keys : verifyPair(store, run, keys);
}

/** Of a live run: whether the file that it rests on lies where the configuration says. */
async function verifyBackupOf(store: Store, id: string, globals: Globals): Promise<string | null | Failure> {
  const run = store.run(id);
  if (run === null || run instanceof Failure) return run;
  const configuration = await readConfiguration(globals.config, process.env);
  if (configuration instanceof Failure) return configuration;
  return verifyBackup({ store, run, directory: backupDirectory(configuration, store.directory) });
}

/** Whatever the code is: it was found out by reading. */
function onlyRead({ code, message, hint, facts, cause }: Failure): Failure {
  return new Failure(code, message, { data: ONLY_READ, hint, facts, cause });
}
