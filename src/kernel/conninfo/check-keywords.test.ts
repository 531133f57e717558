import { expect, test } from "bun:test";
import { Failure } from "../failure.ts";
import { checkKeywords, parseInteger } from "./check-keywords.ts";
import { findKeyword, KEYWORD_NAMES } from "./keyword-table.ts";
import { resolveTarget } from "./resolve.ts";

function codeFor(keyword: string, value: string): string {
  return checkKeywords(new Map([[keyword, { value, origin: "--url" }]]))?.code ?? "accepted";
}

test("every keyword of the table is accepted, refused or unsupported as the table says", () => {
  const wrong: string[] = [];
  const expectCode = (keyword: string, value: string, code: string): void => {
    const got = codeFor(keyword, value);
    if (got !== code) wrong.push(`${keyword}=${value}: ${got}, not ${code}`);
  };
  for (const keyword of KEYWORD_NAMES) {
    const fate = findKeyword(keyword)?.fate;
    if (fate?.is === "used" && fate.values !== undefined) {
      for (const value of fate.values) expectCode(keyword, value, "accepted");
      expectCode(keyword, "nonsense", "CONNINFO_INVALID");
    } else if (fate?.is === "limited") {
      for (const value of fate.harmless) expectCode(keyword, value, "accepted");
      for (const value of fate.refused ?? []) expectCode(keyword, value, "CONNINFO_UNSUPPORTED");
      expectCode(keyword, "nonsense", fate.refused === undefined ? "CONNINFO_UNSUPPORTED" : "CONNINFO_INVALID");
    } else if (fate?.is === "unsupported") {
      expectCode(keyword, "", "accepted");
      expectCode(keyword, "anything", "CONNINFO_UNSUPPORTED");
    } else if (fate?.is === "without-effect") {
      expectCode(keyword, "1", "accepted");
      expectCode(keyword, "x", fate.form === "integer" ? "CONNINFO_INVALID" : "accepted");
    }
  }
  expect(wrong).toEqual([]);
});

test("a demand that we cannot meet stops the resolver, wherever it stands", async () => {
  const inputs = [
    { url: "postgres://h/d?channel_binding=require", environment: {} },
    { url: "host=h requirepeer=postgres", environment: {} },
    { environment: { PGHOST: "h", PGGSSENCMODE: "require" } },
    { environment: { PGHOST: "h", PGREQUIREAUTH: "scram-sha-256" } },
    { environment: { PGHOST: "h", PGSSLMINPROTOCOLVERSION: "TLSv1.3" } },
    { environment: { PGHOST: "h", PGSSLCRL: "/crl" } },
    { environment: { PGHOST: "h", PGCLIENTENCODING: "LATIN1" } },
    { url: "host=@abstract", environment: {} },
    { url: "host=h replication=database", environment: {} },
  ];
  for (const input of inputs) {
    const target = await resolveTarget({ homeDirectory: "/nonexistent", ...input });
    expect({ input, code: target instanceof Failure ? target.code : "accepted" }).toEqual({
      input,
      code: "CONNINFO_UNSUPPORTED",
    });
  }
});

test("a demand in the environment that the URL overrides has no effect", async () => {
  const target = await resolveTarget({
    url: "postgres://h/d?channel_binding=prefer",
    environment: { PGCHANNELBINDING: "require" },
    homeDirectory: "/nonexistent",
  });
  expect(target).not.toBeInstanceOf(Failure);
});

test("an unknown keyword is refused with the one that was probably meant", async () => {
  const target = await resolveTarget({ url: "postgres://h/d?sslmod=require", environment: {} });
  expect(target instanceof Failure && target.message).toBe(
    '--url has an unknown connection setting "sslmod". Did you mean "sslmode"?',
  );
});

test("integers are read as libpq reads them", () => {
  const read = ["5432", " 5432\n", "-1", "+1", "", " ", "1x", "0x1", "1.0", "1e3", "2147483648", "99999999999"].map(
    parseInteger,
  );
  expect(read).toEqual([5432, 5432, -1, 1, null, null, null, null, null, null, null, null]);
});
