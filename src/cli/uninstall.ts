/**
 * uninstall: `cutter uninstall --plan`: prints what removes everything of cutter, and removes nothing.
 *
 * There is no other form: whoever wants it gone reads what is lost first, and runs the commands. Makes no connection.
 * Called by setup-commands.ts.
 */
import { tmpdir } from "node:os";
import { configurationPlaces, NO_CONFIGURATION, readConfiguration } from "../kernel/conninfo/configuration.ts";
import { Failure } from "../kernel/failure.ts";
import { stateDirectory } from "../kernel/private-files/state-directory.ts";
import { COMMIT, VERSION } from "../kernel/version.ts";
import { planUninstall } from "../readiness/uninstall.ts";
import { type UninstallReport, uninstallText } from "../report/uninstall.ts";
import type { Globals } from "./command/command.ts";
import { EXIT, tellFailure } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

type Invocation = { readonly flags: { readonly plan: boolean }; readonly globals: Globals };

const DATABASES = [
  "the schema cutter_governance: the ledger of all runs, approvals, change sets and signatures. LOST with it: what " +
    "says of each row who approved and who wrote it. The units themselves stay.",
  "cutter schema uninstall --url URL, for each database, as the owner; it refuses while rows would be lost. " +
    "--discard-rows gives them up, --drop-roles also drops the roles of the server.",
  "keep the ledger first: pg_dump --schema cutter_governance",
];

export async function uninstall({ flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  if (!flags.plan) {
    const hint = "cutter uninstall --plan prints what there is, what would be lost, and the commands that remove it.";
    return new Failure("USAGE", "cutter removes nothing of itself", { hint, data: "Nothing was removed." });
  }
  const state = stateDirectory(process.env, { flag: globals.stateDir });
  const usual = stateDirectory({ ...process.env, CUTTER_STATE_DIR: undefined });
  const read = await readConfiguration(globals.config, process.env);
  // One that cannot be read is to be removed all the same.
  const configuration = read instanceof Failure ? NO_CONFIGURATION : read;
  const plan = planUninstall({
    program: COMMIT === "source" ? null : process.execPath,
    stateDirectories: [state, usual, "/var/lib/cutter"].filter((path) => typeof path === "string"),
    configurations: configurationPlaces(globals.config, process.env),
    ...{ configuration, temporary: tmpdir(), environment: process.env },
  });
  const unread = read instanceof Failure ? [`the configuration was not read: ${read.message}`] : [];
  const owner =
    configuration.connections.owner === undefined ? [] : ["[connections.owner] of the configuration names one"];
  const report: UninstallReport = {
    ...{ schema: "cutter.uninstall/v1", version: VERSION, databases: [...DATABASES, ...owner] },
    ...{ ...plan, leaves: [...plan.leaves, ...unread] },
  };
  if (globals.format === "json") await terminal.document(report);
  else await terminal.result(uninstallText(report));
  if (plan.leaves.every((sentence) => sentence.endsWith(" yours"))) return EXIT.done;
  return tellFailure(new Failure("UNINSTALL_INCOMPLETE", `the plan leaves something: ${plan.leaves[0]}`), terminal);
}
