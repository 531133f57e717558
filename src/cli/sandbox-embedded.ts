/**
 * sandbox-embedded: what `cutter sandbox` refuses with --provider embedded, and says of it, before anything is made.
 *
 * A copy of a database needs client programs; a server that is kept, or a document for S2, would be of no use. Pure.
 * Called by sandbox-order.ts and
 * sandbox-run.ts.
 */
import { Failure } from "../kernel/failure.ts";
import { bestVerdict, type Carrier, notCarriedBy } from "../sandbox/partial.ts";

export type EmbeddedQuestion = {
  readonly provider: string;
  readonly "from-backup": string | undefined;
  readonly "from-live": boolean;
  readonly keep?: boolean;
  readonly document?: string | undefined;
};

/** What a provider cannot carry is said before anything is made. */
export function beforehand(provider: Carrier): readonly string[] {
  const notRun = [...notCarriedBy(provider).keys()];
  if (notRun.length === 0) return [];
  return [`at best: ${bestVerdict(provider)}; not run by this provider: ${notRun.join(", ")}`];
}

export function refuseEmbedded(flags: EmbeddedQuestion): Failure | null {
  const { provider, keep, document } = flags;
  if (provider !== "embedded") return null;
  const copy = flags["from-live"] ? "--from-live" : flags["from-backup"] === undefined ? null : "--from-backup";
  if (copy !== null) {
    const message = `the embedded engine cannot be used with ${copy}: no client program reaches it to restore`;
    return new Failure("SANDBOX_PROVIDER_UNAVAILABLE", message, {
      hint: "Copies of a database run with --provider local or docker.",
      facts: { provider, source: copy },
    });
  }
  if (keep === true) {
    const hint = "Leave --keep out, or choose --provider local or docker.";
    return new Failure("USAGE", "--keep is of no use with --provider embedded: no other process can connect", { hint });
  }
  if (document === undefined) return null;
  const hint = "Leave --document out, or choose --provider local or docker.";
  return new Failure("USAGE", "--document is what S2 cuts, and --provider embedded does not run S2", { hint });
}
