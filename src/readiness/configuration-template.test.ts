/** Tests of the configuration that `cutter init` writes: whole, strict, and with every key that there is. */
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { temporaryFolder } from "../../scripts/database/files.ts";
import { readConfiguration } from "../kernel/conninfo/configuration.ts";
import { configurationSchema } from "../kernel/conninfo/configuration-schema.ts";
import { CONNECTIONS } from "../kernel/conninfo/connection-name.ts";
import { Failure } from "../kernel/failure.ts";
import { CONFIGURATION_TEMPLATE } from "./configuration-template.ts";

const WHOLE = CONFIGURATION_TEMPLATE.replaceAll(/^#~/gm, "");

function written(text: string): string {
  const path = join(temporaryFolder(), "cutter.toml");
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

test("without its marks it is a whole configuration, and with them an empty one", async () => {
  const read = await readConfiguration(written(WHOLE), {});
  expect(read instanceof Failure ? read.message : read.document).toBe("ICX-CONST");
  const commented = await readConfiguration(written(CONFIGURATION_TEMPLATE.replaceAll(/^#~/gm, "# ")), {});
  expect(commented instanceof Failure ? commented.message : commented.document).toBeNull();
});

test("it has every key of the schema", () => {
  const document = parse(WHOLE) as Record<string, Record<string, unknown>>;
  expect(Object.keys(document).sort()).toEqual(Object.keys(configurationSchema.entries).sort());
  expect(Object.keys(document.connections ?? {}).sort()).toEqual([...CONNECTIONS].sort());
  const keys = (name: string) => Object.keys(document[name] ?? {}).sort();
  expect(keys("approvals")).toEqual(["allowed_signers", "required", "ssh_keygen", "valid_for"]);
  expect(keys("signing")).toEqual(["attest_key", "exec_key", "ssh_key", "verify_key"]);
  // gnupg_home takes the place of key_file.
  expect(keys("backup")).toEqual(["directory", "gpg", "key", "key_file", "pg_dump", "pg_restore", "retention"]);
  expect(CONFIGURATION_TEMPLATE).toContain("gnupg_home");
});
