/**
 * uninstall-schema: the document `cutter.uninstall/v1`, field by field.
 *
 * Imported at run time only where a document is checked or documented, since it loads valibot.
 */
import * as v from "valibot";

const sentences = (what: string) => v.pipe(v.array(v.string()), v.description(what));

export const uninstallSchema = v.strictObject({
  schema: v.pipe(v.literal("cutter.uninstall/v1"), v.description("Name and version of this document.")),
  version: v.pipe(v.string(), v.description("Version of the program.")),
  databases: sentences("What lies in databases, and how that is removed: by the program, so before it goes."),
  before: sentences("What a person has to look at before anything is removed."),
  items: v.pipe(
    v.array(
      v.strictObject({
        what: v.picklist(["program", "state", "configuration", "backup", "documentation", "leftover"]),
        path: v.pipe(v.string(), v.description("A file, or a directory with all that is in it.")),
        loses: v.pipe(v.nullable(v.string()), v.description("What goes for good; null where it can be had again.")),
      }),
    ),
    v.description("What is there now, in the order in which it is removed."),
  ),
  leaves: sentences("What stays, and why."),
  commands: sentences("For a POSIX shell, in this order, each only after the one before succeeded."),
});
