/**
 * schema-uninstall: `cutter schema uninstall`: removes what install made, whole or not at all.
 *
 * Decides nothing: schema/uninstall.ts refuses while rows would be lost that nobody gave up. Called by commands.ts.
 */
import { Failure } from "../kernel/failure.ts";
import { uninstallSchema } from "../schema/uninstall.ts";
import type { Globals } from "./command/command.ts";
import { withSession } from "./connect.ts";
import { EXIT } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

type Flags = { readonly "discard-rows": boolean; readonly "drop-roles": boolean };
type Invocation = { readonly flags: Flags; readonly globals: Globals };

export async function schemaUninstall({ flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  return withSession({ ...globals, embedded: "no" }, terminal, async ({ session, database }) => {
    const report = await uninstallSchema(session, {
      rows: flags["discard-rows"] ? "discard" : "refuse",
      roles: flags["drop-roles"] ? "drop" : "keep",
    });
    if (report instanceof Failure) return report;
    const { lifecycle, rolesDropped } = report;
    if (globals.format === "json") {
      const schema = "cutter.schema-uninstall/v1";
      await terminal.document({ schema, database, lifecycle, roles_dropped: rolesDropped });
      return EXIT.done;
    }
    const lines = [
      database,
      "removed the schema cutter_governance",
      lifecycle === "removed"
        ? "removed the lifecycle tables and functions"
        : "kept the lifecycle, which was there first",
      `roles dropped: ${rolesDropped.join(", ") || "none"}`,
    ];
    await terminal.result(`${lines.join("\n")}\n`);
    return EXIT.done;
  });
}
