/**
 * Tests of the sequence: whatever gate does not pass, it stops there, nothing behind it is run, and the evidence and
 * the teardown are; so too after a step that failed, a gate that nobody judged, and whatever is thrown.
 */
import { expect, test } from "bun:test";
import { Failure } from "../kernel/failure.ts";
import { COMMANDS } from "./commands.ts";
import { GateLedger } from "./gate-ledger.ts";
import { SAMPLES } from "./gates/sample.ts";
import { runSequence, type Step } from "./sequence.ts";

type Played = { readonly done: readonly string[]; readonly failure: Failure | null; readonly gates: GateLedger };

/** Every gate is judged by its command; `measured` says with what, and `undefined` leaves it out. */
async function play(measured: (id: string) => unknown, other: Readonly<Record<string, Step>> = {}): Promise<Played> {
  const gates = new GateLedger();
  const done: string[] = [];
  const steps = COMMANDS.map(({ id, gates: own }): [string, Step] => [
    id,
    async () => {
      done.push(id);
      for (const { gate, id: gateId } of SAMPLES.filter((one) => own.includes(one.id))) {
        const seen = measured(gateId);
        if (seen !== undefined) await gates.judge(gate, () => seen);
      }
      return (await other[id]?.()) ?? null;
    },
  ]);
  let clock = 0;
  const { failure } = await runSequence({
    ...{ gates, steps: Object.fromEntries(steps), waived: () => [], begins: () => {}, nowMs: () => ++clock },
  });
  return { done, failure, gates };
}

const healthy = (id: string): unknown => SAMPLES.find((one) => one.id === id)?.healthy;
const ALL = COMMANDS.map(({ id }) => id);
const END = ["C-12", "C-13"];

test("where every gate passes, every command is run in order, and nothing stops it", async () => {
  const { done, failure, gates } = await play(healthy);
  expect({ done, failure }).toEqual({ done: ALL, failure: null });
  expect(gates.results().filter(({ verdict }) => verdict !== "PASS")).toEqual([]);
});

/** One that ended, and another reason for the same gate: then there is nothing to be found out about an end. */
const ENDED = {
  "G-12": ["process 7", "the host was booted"],
  "G-24": ["process 7, begun at tick 100, data in /data", "the host was booted"],
} as const;

test.each(Object.entries(ENDED))(
  "%s: somebody else's server that ended is named, with what to do",
  async (id, said) => {
    const [server, otherwise] = said;
    const sabotages = SAMPLES.find((one) => one.id === id)?.sabotages ?? {};
    const told = async (what: string) => {
      const { failure } = await play((gate) => (gate === id ? sabotages[what] : healthy(gate)));
      return { message: failure?.message, hint: failure?.hint };
    };
    expect(await told("a server is gone")).toEqual({
      message: expect.stringMatching(new RegExp(`: ${server}: expected still there, seen ended, or begun anew$`)),
      hint: expect.stringContaining("sends signals to nothing but what it started itself"),
    });
    expect((await told(otherwise)).hint).not.toContain("signals");
  },
);

for (const { id, sabotages } of SAMPLES) {
  const [[what, broken] = ["", null]] = Object.entries(sabotages);
  test(`${id}, sabotaged (${what}), stops it, and the teardown still runs`, async () => {
    const { done, failure, gates } = await play((gate) => (gate === id ? broken : healthy(gate)));
    const at = COMMANDS.findIndex(({ gates: own }) => own.includes(id));
    expect(done).toEqual([...ALL.slice(0, at + 1), ...END.filter((one) => ALL.indexOf(one) > at)]);
    expect([failure?.facts.gate, gates.of(id)?.verdict]).toEqual([id, "FAIL"]);
  });

  test(`${id} that nobody judged is NOT RUN, and stops it too`, async () => {
    const { done, failure, gates } = await play((gate) => (gate === id ? undefined : healthy(gate)));
    expect([failure?.code, done.slice(-2)]).toEqual(["SANDBOX_NOT_PROVEN", END]);
    expect(gates.results().find((one) => one.id === id)?.verdict).toBe("NOT RUN");
  });
}

test("each reason that has a code of its own is told by it", async () => {
  const codes = await Promise.all(
    ["G-01", "G-02", "G-08", "G-09", "G-10", "G-25", "G-15"].map(async (id) => {
      const [broken] = Object.values(SAMPLES.find((one) => one.id === id)?.sabotages ?? {});
      const { failure } = await play((gate) => (gate === id ? broken : healthy(gate)));
      return [id, failure?.code, failure?.exitCode];
    }),
  );
  expect(codes).toEqual([
    ["G-01", "SANDBOX_DISK_SHORT", 4],
    ["G-02", "SANDBOX_NAME_TAKEN", 4],
    ["G-08", "SANDBOX_RESTORE_FAILED", 3],
    ["G-09", "SANDBOX_PRIVILEGES_DIFFER", 3],
    ["G-10", "SANDBOX_IS_PRODUCTION", 4],
    ["G-25", "SANDBOX_LEFTOVERS", 3],
    ["G-15", "SANDBOX_NOT_PROVEN", 3],
  ]);
});

test("a step that fails stops it with its own failure, and the teardown runs", async () => {
  const broken = new Failure("SANDBOX_DUMP_BROKEN", "no dump");
  const { done, failure } = await play(healthy, { "C-03": async () => broken });
  expect({ done, failure }).toEqual({ done: ["C-01", "C-02", "C-03", ...END], failure: broken });
});

test("a bug in a step stops it like a failure: the teardown runs, and it is told where it broke", async () => {
  const broken = { "C-05": () => Promise.reject(new TypeError("a bug")) };
  const { done, failure } = await play(healthy, broken);
  expect(done).toEqual(["C-01", "C-02", "C-03", "C-04", "C-05", ...END]);
  expect([failure?.code, failure?.message]).toEqual(["SANDBOX_NOT_PROVEN", "C-05 broke off: TypeError: a bug"]);
});

test("a bug in the evidence or in the teardown keeps neither from being begun", async () => {
  const broken = { "C-12": () => Promise.reject(new Error("no evidence")) };
  const { done, failure } = await play(healthy, broken);
  expect([done, failure?.message]).toEqual([ALL, "C-12 broke off: Error: no evidence"]);
});

test("a measurement that throws is a gate that failed, and so is a judgement that does", async () => {
  const gates = new GateLedger();
  const [first, second] = SAMPLES;
  if (first === undefined || second === undefined) throw new Error("there are no samples");
  await gates.judge(first.gate, () => Promise.reject(new RangeError("a bug")));
  await gates.judge(second.gate, () => null);
  const judged = [first, second].map(({ id }) => gates.of(id));
  expect(judged.map((one) => one?.verdict)).toEqual(["FAIL", "FAIL"]);
  expect(judged[0]?.failure?.message).toBe(`${first.id} broke off: RangeError: a bug`);
});

test("a gate that is waived may stay NOT RUN, with what was seen of it; once judged it has to pass", async () => {
  const waived = async (judged: unknown) => {
    const gates = new GateLedger();
    const steps = Object.fromEntries(COMMANDS.map(({ id, gates: own }) => [id, () => judgeAll(gates, own, judged)]));
    const parts = { gates, steps, waived: () => ["G-25"], begins: () => {}, nowMs: () => 0 };
    return { failure: (await runSequence(parts)).failure, gate: gates.results().at(-1) };
  };
  const left = await waived(undefined);
  expect([left.failure, left.gate?.verdict, left.gate?.summary]).toEqual([null, "NOT RUN", "it is kept"]);
  const sabotages = SAMPLES.find(({ id }) => id === "G-25")?.sabotages ?? {};
  expect((await waived(sabotages["production is another server"])).failure?.facts.gate).toBe("G-25");
});

/** All with what is sound, but the last: with this, or left with a summary. */
async function judgeAll(gates: GateLedger, own: readonly string[], last: unknown): Promise<null> {
  for (const { id, gate, healthy: sound } of SAMPLES.filter((one) => own.includes(one.id))) {
    if (id === "G-25" && last === undefined) gates.leave(gate, { summary: "it is kept", facts: {} });
    else await gates.judge(gate, () => (id === "G-25" ? last : sound));
  }
  return null;
}

test("a gate that is judged twice passes only where it passes twice", async () => {
  const gates = new GateLedger();
  const [first] = SAMPLES;
  if (first === undefined) throw new Error("there are no samples");
  const [broken] = Object.values(first.sabotages);
  await gates.judge(first.gate, () => broken);
  await gates.judge(first.gate, () => first.healthy);
  expect(gates.of(first.id)?.verdict).toBe("FAIL");
  await gates.judge(first.gate, () => new Failure("SANDBOX_SERVER_FAILED", "it did not answer"));
  expect(gates.of(first.id)?.failure).toBe(null);
});

test("a measurement that failed is a gate that failed, in the words of the failure", async () => {
  const gates = new GateLedger();
  const [first] = SAMPLES;
  await gates.judge(first?.gate as never, () => new Failure("SANDBOX_SERVER_FAILED", "it did not answer"));
  expect(gates.of("G-01")).toMatchObject({ verdict: "FAIL", failure: { code: "SANDBOX_SERVER_FAILED" } });
});
