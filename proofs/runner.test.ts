/**
 * runner.test: what runs after what, and what is taken again, with proofs that only answer. No database.
 */
import { expect, test } from "bun:test";
import type { Judgement } from "../src/report/judgement.ts";
import { judge } from "../src/report/judgement.ts";
import { emptyRecord, type ProofContext, type Take } from "./context.ts";
import type { Proof } from "./proof.ts";
import { runBattery } from "./runner.ts";

type Verdict = Judgement["verdict"];
type Plan = Readonly<Record<number, readonly Verdict[]>>;

const NUMBERS = [1, 2, 3, 4, 5, 6, 7] as const;

/** Each proof answers its verdicts in turn, the last one from then on; else PASS. PROOF-5 leaves a take. */
async function run(plan: Plan, retries = 2): Promise<{ verdicts: string; ran: string }> {
  const record = emptyRecord();
  const ran: number[] = [];
  const proofs = NUMBERS.map((number): Proof => {
    const answers = plan[number] ?? ["PASS"];
    return {
      id: `PROOF-${number}`,
      claim: "",
      sabotage: [],
      async run() {
        const verdict = answers[Math.min(ran.filter((one) => one === number).length, answers.length - 1)] ?? "PASS";
        ran.push(number);
        if (number === 5) record.take = {} as Take;
        return { verdict, summary: "", facts: {}, mismatches: [], failure: null };
      },
    };
  });
  const results = await runBattery(proofs, { record, options: { retries } } as ProofContext);
  return { verdicts: results.map(({ verdict }) => verdict).join(" "), ran: ran.join("") };
}

test("all seven, once, in order", async () => {
  expect(await run({})).toEqual({ verdicts: "PASS PASS PASS PASS PASS PASS PASS", ran: "1234567" });
});

test("after a failure the others are NOT RUN, but for the last one", async () => {
  expect(await run({ 2: ["FAIL"] })).toEqual({
    verdicts: "PASS FAIL NOT RUN NOT RUN NOT RUN NOT RUN PASS",
    ran: "127",
  });
});

test("a write that failed is looked after, and not tried again", async () => {
  expect(await run({ 5: ["FAIL"] })).toEqual({ verdicts: "PASS PASS PASS PASS FAIL PASS PASS", ran: "1234567" });
  expect((await run({ 5: ["FAIL"], 6: ["INCONCLUSIVE"] })).ran).toBe("1234567");
  expect((await run({ 6: ["FAIL"] })).ran).toBe("1234567");
});

test("a disturbed take is taken again, write and look together, as often as allowed and no more", async () => {
  expect(await run({ 6: ["INCONCLUSIVE", "PASS"] })).toEqual({
    verdicts: "PASS PASS PASS PASS PASS PASS PASS",
    ran: "123456567",
  });
  expect(await run({ 5: ["INCONCLUSIVE", "PASS"] })).toMatchObject({ ran: "123456567" });
  expect(await run({ 6: ["INCONCLUSIVE"] })).toEqual({
    verdicts: "PASS PASS PASS PASS PASS INCONCLUSIVE PASS",
    ran: "12345656567",
  });
  expect((await run({ 6: ["INCONCLUSIVE"] }, 0)).ran).toBe("1234567");
});

test("a leak that shows in the second take is a leak", async () => {
  expect(await run({ 6: ["INCONCLUSIVE", "FAIL", "PASS"] })).toEqual({
    verdicts: "PASS PASS PASS PASS PASS FAIL PASS",
    ran: "123456567",
  });
});

test("a judgement follows from what differs, and a mismatch goes before a disturbance", () => {
  const one = { what: "rows", expected: "1", seen: "2" };
  const observed = { summary: "", facts: {} };
  const verdicts = [
    judge({ ...observed, mismatches: [] }),
    judge({ ...observed, mismatches: [], disturbances: [one] }),
    judge({ ...observed, mismatches: [one], disturbances: [one] }),
  ];
  expect(verdicts.map(({ verdict, mismatches }) => [verdict, mismatches.length])).toEqual([
    ["PASS", 0],
    ["INCONCLUSIVE", 1],
    ["FAIL", 2],
  ]);
});
