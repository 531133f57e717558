/**
 * json-schema: the documents that cutter writes, each as a JSON Schema (draft 2020-12) with the sentence of each field.
 *
 * Made from the definitions that the program itself checks by, so that neither says more than the other. Loads valibot
 * when it is asked. Called by `cutter explain --schema`, and by the tests that check what was written.
 */
import type * as v from "valibot";
import type { Fact } from "../kernel/failure.ts";

type Definition = () => Promise<v.GenericSchema>;

/** By name and version, in the order in which they are listed. */
const DEFINITIONS: Readonly<Record<string, Definition>> = {
  "cutter.proof/v1": async () => (await import("./battery-schema.ts")).batterySchema,
  "cutter.counts/v1": async () => (await import("./counts-schema.ts")).countsSchema,
  "cutter.killswitch/v1": async () => (await import("./kill-switch-schema.ts")).killSwitchSchema,
  "cutter.selfcheck/v1": async () => (await import("./selfcheck-schema.ts")).selfcheckSchema,
  "cutter.selftest/v1": async () => (await import("./selftest-schema.ts")).selftestSchema,
  "cutter.dryrun/v1": async () => (await import("./dry-run-schema.ts")).dryRunSchema,
  "cutter.run/v1": async () => (await import("./run-schema.ts")).runSchema,
  "cutter.sandbox/v1": async () => (await import("./sandbox-schema.ts")).sandboxSchema,
  "cutter.plan/v1": async () => (await import("./plan-schema.ts")).planSchema,
  "cutter.rehearsal/v1": async () => (await import("./rehearsal-schema.ts")).rehearsalSchema,
  "cutter.uninstall/v1": async () => (await import("./uninstall-schema.ts")).uninstallSchema,
  "cutter.approve/v1": async () => (await import("./approve-schema.ts")).approveSchema,
  "cutter.approval-check/v1": async () => (await import("./approval-check-schema.ts")).approvalCheckSchema,
};

/** The names of the documents that have a schema. */
export const SCHEMA_NAMES: readonly string[] = Object.keys(DEFINITIONS);

/** null for a name that is none of SCHEMA_NAMES. A definition that JSON Schema cannot say is a bug, and throws. */
export async function jsonSchemaOf(name: string): Promise<{ readonly [key: string]: Fact } | null> {
  const definition = Object.hasOwn(DEFINITIONS, name) ? DEFINITIONS[name] : undefined;
  if (definition === undefined) return null;
  const [{ toJsonSchema }, { factSchema }] = await Promise.all([
    import("@valibot/to-json-schema"),
    import("./schema-parts.ts"),
  ]);
  const target = "draft-2020-12";
  const definitions = { fact: factSchema };
  const { $schema, ...schema } = toJsonSchema(await definition(), { target, definitions, errorMode: "throw" });
  return { $schema, $id: `urn:cutter:schema:${name}`, title: name, ...schema } as { readonly [key: string]: Fact };
}
