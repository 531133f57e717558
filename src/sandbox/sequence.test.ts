/**
 * Tests of the sequence: whatever gate does not pass, it stops there, nothing behind it is run, and the evidence and
 * the teardown are; so too after a step that failed, a gate that nobody judged, and a bug.
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
    ...{ gates, steps: Object.fromEntries(steps), waived: [], begins: () => {}, nowMs: () => ++clock },
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

test("a bug stops it, the teardown runs, and the bug goes on", async () => {
  const done: string[] = [];
  const steps = Object.fromEntries(
    ALL.map((id): [string, Step] => [
      id,
      async () => {
        done.push(id);
        if (id === "C-05") throw new Error("a bug");
        for (const { id: gate, gate: own, healthy: sound } of SAMPLES) {
          if (COMMANDS.find((one) => one.id === id)?.gates.includes(gate)) await gates.judge(own, () => sound);
        }
        return null;
      },
    ]),
  );
  const gates = new GateLedger();
  const played = runSequence({ gates, steps, waived: [], begins: () => {}, nowMs: () => 0 });
  expect(played).rejects.toThrow("a bug");
  await played.catch(() => {});
  expect(done).toEqual(["C-01", "C-02", "C-03", "C-04", "C-05", ...END]);
});

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
