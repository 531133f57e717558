/**
 * gates/after: G-23 to G-25: the evidence holds no secret, what is protected is unchanged, and nothing is left.
 *
 * G-23 is judged before anything of the evidence is on disk; the other two after everything was removed. Pure. Called
 * by the steps C-12 and C-13.
 */
import { expectEqual } from "../../report/judgement.ts";
import { type InstanceScan, protectedLines } from "../measure/instances.ts";
import { type Gate, missing, mustHold, sameSet, unexpected } from "./gate.ts";
import { type ProductionKind, type ProductionState, sameState } from "./verification.ts";

export type Artefacts = {
  readonly names: readonly string[];
  /** Names of the list of digests that goes with them. */
  readonly listed: readonly string[];
  readonly bytes: number;
  readonly secrets: number;
  /** `a secret in NAME`. */
  readonly found: readonly string[];
};

export const G23: Gate<Artefacts> = {
  id: "G-23",
  claim: "no artefact holds a secret, and each has its SHA-256 in the manifest",
  judge({ names, listed, bytes, secrets, found }) {
    return {
      summary: `${names.length} files, ${bytes} bytes, ${secrets} secrets looked for`,
      facts: { files: names, bytes, secrets },
      mismatches: [
        ...mustHold("artefacts", names.length),
        ...mustHold("secrets that were looked for", secrets),
        ...sameSet("file of the manifest", names, listed),
        ...unexpected("a secret was found", found, "nowhere"),
      ],
    };
  },
};

export type Protected = { readonly before: InstanceScan; readonly after: InstanceScan };

export const G24: Gate<Protected> = {
  id: "G-24",
  claim: "what is protected is unchanged: the same processes and containers, begun at the same time",
  judge({ before, after }) {
    const there = protectedLines(after);
    const gone = protectedLines(before).filter((one) => !there.includes(one));
    return {
      summary: `${before.instances.length} PostgreSQL servers and ${before.containers.length} containers, as they were`,
      facts: { host: after.host, protected: there, throwaway: after.throwaway },
      mismatches: [
        ...mustHold("the host's own identity", after.host === "" ? 0 : 1),
        ...expectEqual("the host", before.host, after.host),
        ...missing(gone),
        // What is not known after it cannot be said to be unchanged.
        ...unexpected("what could not be identified or asked", after.unknown),
      ],
    };
  },
};

export type Ending = {
  readonly kind: ProductionKind;
  readonly before: ProductionState;
  /** Read on a new session; of a backup file, the manifest again. */
  readonly again: ProductionState;
  /** What was recorded as made, however it ended. */
  readonly made: number;
  /** What is there still. */
  readonly left: readonly string[];
};

export const G25: Gate<Ending> = {
  id: "G-25",
  claim: "production is the same database as before, and nothing of the sandbox is left",
  judge({ kind, before, again, made, left }) {
    const asked = kind === "backup" ? "production was not asked: its backup names" : "production answers with";
    return {
      summary: `${asked} system identifier ${again.systemIdentifier} again; ${made} things were made, and all are gone`,
      facts: { kind, system_identifier: again.systemIdentifier, timeline: again.timeline, made },
      mismatches: [
        ...mustHold("system identifier of production", again.systemIdentifier === null ? 0 : 1),
        ...sameState(before, again),
        ...mustHold("things that were made", made),
        ...unexpected("left", left, "nothing"),
      ],
    };
  },
};
