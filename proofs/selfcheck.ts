/**
 * selfcheck: breaks what each proof watches, one sabotage at a time, and sees whether the proof turns red.
 *
 * A sabotage is caught when its own proof does not pass and every proof before it still does: red for the right reason.
 * Needs a database that nobody minds: the embedded one, or a test's own. The healthy battery runs first and last, so
 * that a sabotage that was not undone is seen.
 */
import { Failure } from "../src/kernel/failure.ts";
import { battery } from "./battery.ts";
import type { Connections, ProofContext, TargetKind } from "./context.ts";
import type { Proof, Sabotage } from "./proof.ts";
import { runBattery } from "./runner.ts";

export type SabotageResult = {
  /** What the battery drove. */
  readonly target: TargetKind;
  readonly proof: string;
  readonly sabotage: string;
  /** What the proof said. */
  readonly got: string;
  readonly caught: boolean;
  readonly detail: string;
};

/** `proofs`: the battery but in tests, which look at what is said of a proof that cannot fail. */
export async function runSelfcheck(
  fresh: () => ProofContext,
  proofs: readonly Proof[] = battery,
): Promise<readonly SabotageResult[] | Failure> {
  const first = await healthy(fresh, proofs, "healthy, before");
  const target = await fresh().target();
  if (target instanceof Failure) return target;
  const { kind } = target;
  const results: SabotageResult[] = [{ target: kind, ...first }];
  for (const [proof, sabotage] of sabotagesOf(kind, proofs)) {
    const context = fresh();
    if (!canRun(sabotage, context.connections.sessions)) continue;
    const result = await sabotageOnce(context, { proofs, proof, sabotage });
    if (result instanceof Failure) return result;
    results.push({ target: kind, ...result });
  }
  results.push({ target: kind, ...(await healthy(fresh, proofs, "healthy, after")) });
  return results;
}

/** What a database with these sessions cannot show of this target. */
export function cannotRun(
  kind: TargetKind,
  sessions: Connections["sessions"],
  proofs: readonly Proof[] = battery,
): readonly UnrunSabotage[] {
  return sabotagesOf(kind, proofs)
    .filter(([, sabotage]) => !canRun(sabotage, sessions))
    .map(([proof, sabotage]) => ({ target: kind, proof: proof.id, sabotage: sabotage.name }));
}

export type UnrunSabotage = Pick<SabotageResult, "target" | "proof" | "sabotage">;

function sabotagesOf(kind: TargetKind, proofs: readonly Proof[]): readonly (readonly [Proof, Sabotage])[] {
  return proofs.flatMap((proof) =>
    proof.sabotage
      .filter(({ targets }) => targets?.includes(kind) ?? true)
      .map((sabotage): [Proof, Sabotage] => [proof, sabotage]),
  );
}

function canRun(sabotage: Sabotage, sessions: Connections["sessions"]): boolean {
  return (sabotage.sessions ?? sessions) === sessions;
}

type Seen = Omit<SabotageResult, "target">;

async function healthy(fresh: () => ProofContext, proofs: readonly Proof[], name: string): Promise<Seen> {
  const results = await runBattery(proofs, fresh());
  const red = results.find((result) => result.verdict !== "PASS");
  return {
    proof: "all",
    sabotage: name,
    got: red === undefined ? "PASS" : `${red.id} ${red.verdict}`,
    caught: red === undefined,
    detail: red?.summary ?? `${results.length} of ${results.length} pass`,
  };
}

type Attempt = { readonly proofs: readonly Proof[]; readonly proof: Proof; readonly sabotage: Sabotage };

async function sabotageOnce(context: ProofContext, attempt: Attempt): Promise<Seen | Failure> {
  const { proofs, proof, sabotage } = attempt;
  const broken = await sabotage.apply(context);
  if (broken instanceof Failure) return broken;
  const results = await runBattery(proofs, broken.context);
  const undone = await broken.undo();
  if (undone instanceof Failure) return undone;
  await renewLost(context);
  const own = results.find((result) => result.id === proof.id);
  const before = results.slice(0, proofs.indexOf(proof));
  const reached = before.every((result) => result.verdict === "PASS");
  const red = own !== undefined && own.verdict !== "PASS" && own.verdict !== "NOT RUN";
  const mismatch = own?.mismatches[0];
  const detail = mismatch === undefined ? (own?.summary ?? "") : `${mismatch.what}: ${mismatch.seen}`;
  return { proof: proof.id, sabotage: sabotage.name, got: own?.verdict ?? "absent", caught: red && reached, detail };
}

/** A sabotage may cost the session of the proof; the next one gets new ones. */
async function renewLost({ connections }: ProofContext): Promise<void> {
  const session = await connections.proof();
  if (session instanceof Failure || session.lost() !== null) await connections.close();
}
