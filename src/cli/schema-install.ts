/**
 * schema-install: `cutter schema install`: puts the schema into the named database, whole or not at all.
 *
 * Decides nothing: schema/install.ts refuses whatever is there already. What differs from the contract afterwards is
 * named and makes the exit code 3, though it is installed. Called by commands.ts.
 */
import { Failure } from "../kernel/failure.ts";
import { folded } from "../report/lines.ts";
import { type InstallReport, installSchema } from "../schema/install.ts";
import type { Globals } from "./command/command.ts";
import { withSession } from "./connect.ts";
import { EXIT, tellFailure } from "./exit.ts";
import { differenceLines, schemaDiffers } from "./schema-differences.ts";
import type { Terminal } from "./terminal.ts";

type Invocation = { readonly flags: { readonly reference: boolean }; readonly globals: Globals };

export async function schemaInstall({ flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  return withSession({ ...globals, embedded: "no" }, terminal, async ({ session, database }) => {
    const report = await installSchema(session, { reference: flags.reference ? "load" : "omit" });
    if (report instanceof Failure) return report;
    const { lifecycle, reference, rolesCreated, rolesKept, verified } = report;
    const { differences } = verified;
    if (globals.format === "json") {
      const roles = { roles_created: rolesCreated, roles_kept: rolesKept };
      const head = { schema: "cutter.schema-install/v1", database, lifecycle, reference };
      await terminal.document({ ...head, ...roles, differences, remarks: verified.remarks });
    } else await terminal.result(text(report, database));
    if (differences.length === 0) return EXIT.done;
    const data = "The schema was installed and committed; the differences concern what was there before.";
    return tellFailure(schemaDiffers(differences, { data }), terminal);
  });
}

function text({ lifecycle, reference, rolesCreated, rolesKept, verified }: InstallReport, database: string): string {
  const lines = [
    ...folded(database),
    "installed the schema cutter_governance",
    lifecycle === "installed" ? "installed the lifecycle tables and functions" : "kept the lifecycle that was there",
    reference === "loaded" ? "loaded the reference data" : "loaded no reference data",
    ...folded(`roles created, without a password: ${rolesCreated.join(", ") || "none"}`),
    ...folded(`roles kept as they were: ${rolesKept.join(", ") || "none"}`),
    ...differenceLines(verified.differences),
  ];
  return `${lines.join("\n")}\n`;
}
