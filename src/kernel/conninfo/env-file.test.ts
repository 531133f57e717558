import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { parseEnvMap, readEnvFile } from "./env-file.ts";
import { settingValue } from "./settings.ts";

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cutter-env-"));
  path = join(folder, ".env");
  const lines = [
    "# comment",
    "PLAIN=secret1",
    'export DOUBLE="two words # kept"',
    "SINGLE='$NOT \"expanded\"'",
    " SPACED = padded ",
    "EMPTY=",
    "URL=postgres://app:in-url@db.example/app",
    "not a line",
  ];
  writeFileSync(path, `${lines.join("\r\n")}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function valueFor(name: string): Promise<string | null | Failure> {
  const settings = await readEnvFile({ path, map: { PGPASSWORD: name } });
  return settings instanceof Failure ? settings : settingValue(settings, "password");
}

test("dotenv quoting is understood, and nothing is expanded", async () => {
  expect(await valueFor("PLAIN")).toBe("secret1");
  expect(await valueFor("DOUBLE")).toBe("two words # kept");
  expect(await valueFor("SINGLE")).toBe('$NOT "expanded"');
  expect(await valueFor("SPACED")).toBe("padded");
});

test("a variable that the file does not have is a failure, not an empty password", async () => {
  for (const name of ["PASS", "toString", "__proto__"]) {
    const value = await valueFor(name);
    expect(value instanceof Failure && value.code).toBe("CONNINFO_INVALID");
  }
});

test("single variables fill in what a mapped URL does not say", async () => {
  const settings = await readEnvFile({ path, map: { PGPASSWORD: "PLAIN", PGPORT: "SPACED", DATABASE_URL: "URL" } });
  if (settings instanceof Failure) throw new Error(settings.message);
  expect([settingValue(settings, "password"), settingValue(settings, "port")]).toEqual(["in-url", "padded"]);
});

test("an env file that is missing is refused by path", async () => {
  const settings = await readEnvFile({ path: join(folder, "none"), map: {} });
  expect(settings instanceof Failure && [settings.code, settings.facts.path]).toEqual([
    "FILE_UNREADABLE",
    join(folder, "none"),
  ]);
});

test("--env-map takes variables of libpq and DATABASE_URL, once each", () => {
  expect(parseEnvMap("PGPASSWORD=DB_PASS, PGUSER=DB_USER")).toEqual({ PGPASSWORD: "DB_PASS", PGUSER: "DB_USER" });
  expect(parseEnvMap("DATABASE_URL=URL")).toEqual({ DATABASE_URL: "URL" });
  const bad = [
    "",
    "PGPASSWORD",
    "PGPASSWORD=",
    "=X",
    "PGPASS=X",
    "PATH=X",
    "PGUSER=A=B",
    "PGUSER=A,PGUSER=B",
    "PGUSER=A,",
  ];
  for (const text of bad) {
    const map = parseEnvMap(text);
    expect({ text, code: map instanceof Failure ? map.code : "accepted" }).toEqual({ text, code: "USAGE" });
  }
});
