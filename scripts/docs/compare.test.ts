/** Tests of what is taken for the same answer and what is not: the page has to be red where it is old. */
import { expect, test } from "bun:test";
import { difference, joinWrapped, Names, RULES } from "./compare.ts";

const RUN = "ictr-20261126T075321Z-ccf8f066";
const OTHER = "ictr-20270101T000000Z-00000001";

function compared(page: string, answer: string, names = new Names()): string | null {
  return difference(page.split("\n"), answer.split("\n"), names);
}

test.each([
  ["time", "at 2026-11-26T07:53:21.108Z", "at 2027-01-01T00:00:00.000Z", "at noon"],
  ["run", `run ${RUN}`, `run ${OTHER}`, "run 7"],
  ["digest", `plan ${"a1".repeat(32)}`, `plan ${"b2".repeat(32)}`, `plan ${"b2".repeat(31)}`],
  ["uuid", "id 6f1c1d2e-0000-4000-8000-000000000000", "id 00000000-0000-4000-8000-000000000001", "id 1"],
  ["SSH key", `key SHA256:${"A".repeat(43)}`, `key SHA256:${"b".repeat(43)}`, "key SHA256:short"],
  ["GnuPG key", `key ${"3D".repeat(20)}`, `key ${"4E".repeat(20)}`, "key 3D"],
  ["commit", `cutter 0.1.0 (${"c".repeat(40)})`, `cutter 0.1.0 (${"d".repeat(40)}+changes)`, "cutter 0.2.0 (unknown)"],
  ["approval", `SG1-${RUN}-${"a".repeat(16)}`, `SG1-${OTHER}-${"b".repeat(16)}`, `SG2-${OTHER}-none`],
  ["probe table", "cutter_probe_656f3a5b1e71", "cutter_probe_000000000000", "cutter_probe_"],
  ["duration", "in 143.258 ms", "in 1.5 s", "in 143 rows"],
  ["time of a lock", "AccessExclusiveLock   27.26", "AccessExclusiveLock  144.097", "AccessExclusiveLock  none"],
  ["milliseconds of a phase", "  cut_leg_a  done  cutter_exec  20", "  cut_leg_a  done  cutter_exec  7", "  cut_leg_a"],
  ["server version", "PostgreSQL 15.18 (Debian 15.18-0+deb12u1), role", "PostgreSQL 15.2, role", "PostgreSQL, role"],
  ["transaction", "transaction 738: none", "transaction 9: none", "transaction: none"],
  ["WAL", "WAL at most 18848 bytes", "WAL at most 1 bytes", "WAL at most some bytes"],
  ["dead rows", "at most 5 dead row versions", "at most 0 dead row versions", "at most 0 rows"],
  ["temporary schema", "pg_temp_4.x", "pg_temp_12.x", "pg_temp.x"],
  ["system identifier", "of 7712385151840863661", "of 7000000000000000000", "of 771238515184086366"],
  ["job", "line 7: 1624 Killed", "line 33:  31298 Killed", "line 7: 1624 Stopped"],
  ["user", "(user 65534, now", "(user 0, now", "(nobody, now"],
  ["size of a file", "the file of 134796 bytes", "the file of 1 bytes", "the file of no bytes"],
  ["process", "held by process 7737", "held by process 1", "held by process x"],
  ["rule of a table", "  -----  ---", "  -------  --", "  =====  ==="],
] as const)("%s: another value is the same answer, another word is not", (...[_rule, page, same, other]) => {
  expect(compared(page, same)).toBeNull();
  expect(compared(page, other)).toStartWith(page);
});

test("each rule has a sample above", async () => {
  const text = await Bun.file(import.meta.path).text();
  expect(RULES.map(({ name }) => name).filter((name) => !text.includes(`["${name}", `))).toEqual([]);
});

test("a count, a verdict, a line too many and one too few are differences", () => {
  expect(compared("158 = 158", "158 = 159")).not.toBeNull();
  expect(compared("7/7 ALL_PROOFS_PASS", "6/7 NOT_PROVEN")).not.toBeNull();
  expect(compared("a", "a\nb")).not.toBeNull();
  expect(compared("a\nb", "a")).not.toBeNull();
  expect(difference([], ["a"], new Names())).not.toBeNull();
});

test("lines may be left out where the page says so, and nowhere else", () => {
  expect(compared("a\n…\nd", "a\nb\nc\nd")).toBeNull();
  expect(compared("…\nc\n…", "a\nb\nc\nd")).toBeNull();
  expect(compared("a\n…", "a")).toBeNull();
  expect(compared("a\n…\nd", "a\nb\nd\ne")).not.toBeNull();
  expect(compared("…\nx\n…", "a\nb\nc")).not.toBeNull();
  expect(compared("a\n…\nb\nd", "a\nb\nc\nd")).not.toBeNull();
});

test("a name means one thing on the whole page", () => {
  const names = new Names();
  expect(compared(`run ${RUN}`, `run ${OTHER}`, names)).toBeNull();
  expect(names.inRun(`cutter show ${RUN}`)).toBe(`cutter show ${OTHER}`);
  expect(names.onPage(`run ${OTHER}`)).toBe(`run ${RUN}`);
  expect(compared(`run ${RUN}`, "run ictr-20270101T000000Z-00000002", names)).toContain("not what it was before");
  expect(compared("run ictr-20270101T000000Z-00000003", `run ${OTHER}`, names)).toContain("not what it was before");
});

test("where a text is broken into lines is no difference; where a line begins is", () => {
  expect(joinWrapped(["PASS  one", "      two", "PASS  three"])).toEqual(["PASS  one two", "PASS  three"]);
  expect(compared("data: a b\n  c", "data: a\n  b c")).toBeNull();
  expect(compared("a\nb", "a b")).not.toBeNull();
});
