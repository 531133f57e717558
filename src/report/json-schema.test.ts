/** Tests of the published schemas: an independent validator says of each document what the program itself says. */
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020";
import * as v from "valibot";
import { hostileReport, sampleReport, troubledReport } from "./battery-sample.ts";
import { batterySchema } from "./battery-schema.ts";
import { dryRunSchema } from "./dry-run-schema.ts";
import { jsonDocument } from "./json.ts";
import { jsonSchemaOf, SCHEMA_NAMES } from "./json-schema.ts";
import { closedRun, madeHostile, sampleDryRun, waitingRun } from "./run-sample.ts";
import { runSchema } from "./run-schema.ts";
import type { SelftestReport } from "./selftest.ts";
import { selftestSchema } from "./selftest-schema.ts";
import type { UninstallReport } from "./uninstall.ts";
import { uninstallSchema } from "./uninstall-schema.ts";

async function validatorOf(name: string) {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, formats: { "date-time": /^\d{4}-\d\d-\d\dT[\d:.]+Z$/ } });
  return ajv.compile((await jsonSchemaOf(name)) ?? {});
}

const SELFTEST: SelftestReport = {
  ...{ schema: "cutter.selftest/v1", version: "0.1.0", commit: "source", sqlDigest: "source" },
  ...{ program: "/usr/local/bin/cutter", platform: "linux x64", startedAt: "2026-05-21T04:23:59.000Z", durationMs: 1 },
  checks: [{ name: "seal", holds: true, expected: "a", got: "a" }],
  results: [{ target: "iu", proof: "PROOF-1", sabotage: "on", got: "FAIL", caught: true, detail: "on: true" }],
  notRun: [{ target: "iu", proof: "PROOF-3", sabotage: "two" }],
  ...{ left: "nothing", verdict: "CUTTER_SELFTEST 2/2 AS_BUILT_AND_PROVEN" },
};

const UNINSTALL: UninstallReport = {
  ...{ schema: "cutter.uninstall/v1", version: "0.1.0", databases: ["x"], before: [], leaves: [], commands: ["rm x"] },
  items: [{ what: "state", path: "/var/lib/cutter", loses: null }],
};

const DOCUMENTS = [
  ["cutter.proof/v1", batterySchema, [sampleReport(), troubledReport(), hostileReport()]],
  ["cutter.run/v1", runSchema, [waitingRun(), closedRun(), madeHostile(closedRun())]],
  ["cutter.selftest/v1", selftestSchema, [SELFTEST]],
  ["cutter.uninstall/v1", uninstallSchema, [UNINSTALL]],
  ["cutter.dryrun/v1", dryRunSchema, [sampleDryRun(), madeHostile(sampleDryRun())]],
] as const;

test("each document of src/report that has a definition has a schema, by its own name", () => {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith("-schema.ts"));
  const defined = files.flatMap((file) =>
    [...readFileSync(`${import.meta.dirname}/${file}`, "utf8").matchAll(/schema: \S*literal\("(cutter\.[^"]+)"/g)].map(
      ([, name = ""]) => name,
    ),
  );
  // The approval is what a person signs; its form is that of flow/approval.ts.
  expect(defined.filter((name) => name !== "cutter.approval/v1").sort()).toEqual([...SCHEMA_NAMES].sort());
});

test.each([...SCHEMA_NAMES])(
  "%s: strict draft 2020-12, that forbids what it does not name and documents its fields",
  async (name) => {
    const schema = await jsonSchemaOf(name);
    expect(await validatorOf(name)).toBeFunction();
    expect(schema).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: `urn:cutter:schema:${name}`,
      type: "object",
      additionalProperties: false,
      properties: { schema: { const: name } },
    });
    expect(JSON.stringify(schema).match(/"description"/g)?.length).toBeGreaterThan(4);
  },
);

for (const [name, definition, documents] of DOCUMENTS) {
  test(`${name}: what the program writes is valid, and what it would refuse is not`, async () => {
    const validate = await validatorOf(name);
    for (const document of documents) {
      const written = JSON.parse(jsonDocument(document)) as Record<string, unknown>;
      validate(written);
      expect(validate.errors).toBeNull();
      const required = Object.keys(written).filter((key) => key !== "steps");
      const spoilt: readonly Record<string, unknown>[] = [
        { ...written, more: 1 },
        ...required.map((key) => ({ ...written, [key]: undefined })).map((one) => JSON.parse(JSON.stringify(one))),
        ...required.map((key) => ({ ...written, [key]: { other: "form" } })),
      ];
      const told = spoilt.map((one) => [validate(one), v.safeParse(definition, one).success]);
      expect(told).toEqual(spoilt.map(() => [false, false]));
    }
  });
}

test("a document of a version before the steps is valid, for both", async () => {
  const { steps, ...older } = waitingRun();
  expect(steps.length).toBeGreaterThan(0);
  expect([(await validatorOf("cutter.run/v1"))(older), v.safeParse(runSchema, older).success]).toEqual([true, true]);
});

test("an unknown name has no schema", async () => {
  for (const name of ["cutter.proof/v2", "proof", "", "toString"]) expect(await jsonSchemaOf(name)).toBeNull();
});
