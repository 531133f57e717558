/**
 * target-choice: which target a battery drives: what the flags say, else what is found in the catalog.
 *
 * Files named by flags are read and checked before any connection. Only the choice between the IU contract and the
 * generic probe needs the database. Called by the commands.
 */
import findContract from "../sql/proof/find-contract.sql" with { type: "text" };
import { parseRelationName } from "../src/kernel/counts/relation-name.ts";
import { Failure } from "../src/kernel/failure.ts";
import { pinned } from "../src/kernel/rollback-only/pinned.ts";
import type { Connections, ProofTarget } from "./context.ts";
import { watchNamed } from "./watch.ts";

export type TargetFlags = {
  readonly target: "iu" | "generic" | undefined;
  /** Why `target` is what it is, where no flag said so. */
  readonly targetBecause?: string;
  readonly sql: string | undefined;
  readonly param: readonly string[];
  readonly spec: string | undefined;
  readonly explain: boolean;
  readonly watch: readonly string[];
  readonly "probe-schema": string | undefined;
  readonly "max-relations": number;
  readonly "allow-escape": readonly string[];
};

/** Answers a function that settles the target when it is first needed. */
export async function chooseTarget(
  flags: TargetFlags,
  connections: Connections,
): Promise<(() => Promise<ProofTarget | Failure>) | Failure> {
  const conflict = conflicts(flags);
  if (conflict !== null) return conflict;
  if (flags.sql !== undefined) {
    const { sqlTarget } = await import("./targets/sql.ts");
    const target = await sqlTarget({ ...flags, sql: flags.sql });
    return target instanceof Failure ? target : async () => target;
  }
  if (flags.spec !== undefined) {
    const { specTarget } = await import("./targets/spec.ts");
    const target = await specTarget({ ...flags, spec: flags.spec });
    return target instanceof Failure ? target : async () => target;
  }
  if (flags.target === "iu") return settled(iu(flags, flags.targetBecause ?? "--target iu"));
  if (flags.target === "generic") return settled(generic(flags, "--target generic"));
  return settled(fromCatalog(flags, connections));
}

/** Made when first asked for, then the same for the whole battery. */
function settled(make: () => Promise<ProofTarget | Failure>): () => Promise<ProofTarget | Failure> {
  let target: ProofTarget | null = null;
  return async () => {
    if (target !== null) return target;
    const made = await make();
    if (!(made instanceof Failure)) target = made;
    return made;
  };
}

/** What --watch names is watched beside the tables of the contract. */
function iu(flags: TargetFlags, because: string): () => Promise<ProofTarget> {
  return async () => {
    const target = (await import("./targets/iu.ts")).iuTarget(because);
    if (flags.watch.length === 0) return target;
    const watched: ProofTarget["watched"] = async (context) => {
      const [own, named] = [await target.watched(context), await watchNamed(context, flags.watch)];
      if (own instanceof Failure) return own;
      if (named instanceof Failure) return named;
      return [...own, ...named.filter(({ relation }) => own.every((one) => one.relation !== relation))];
    };
    return { ...target, watched };
  };
}

function generic(flags: TargetFlags, because: string): () => Promise<ProofTarget> {
  return async () => (await import("./targets/generic.ts")).genericTarget(because, flags);
}

function fromCatalog(flags: TargetFlags, connections: Connections): () => Promise<ProofTarget | Failure> {
  return async () => {
    const session = await connections.proof();
    if (session instanceof Failure) return session;
    const reply = await pinned(session, () => session.query(findContract));
    if (reply instanceof Failure) return reply;
    const found = reply.rows[0]?.found === "t";
    const make = found
      ? iu(flags, "the information unit contract was found in the catalog")
      : generic(flags, "no other target was named, and the catalog holds no information unit contract");
    return make();
  };
}

function conflicts(flags: TargetFlags): Failure | null {
  const named = [
    flags.target === undefined ? null : "--target",
    flags.sql === undefined ? null : "--sql",
    flags.spec === undefined ? null : "--spec",
  ].filter((name) => name !== null);
  if (named.length > 1) return new Failure("USAGE", `${named.join(" and ")} each say what to prove; give one of them`);
  if (flags.param.length > 0 && flags.sql === undefined) return new Failure("USAGE", "--param needs --sql");
  if (flags.explain && flags.sql === undefined) return new Failure("USAGE", "--explain needs --sql");
  for (const name of flags.watch) {
    const parsed = parseRelationName(name, "--watch");
    if (parsed instanceof Failure) return parsed;
  }
  return null;
}
