/**
 * place: where a bench runs: the built binary, a server of its own, a state directory that goes away.
 *
 * Made by bench.ts, which also ends it.
 */
import type { OwnServer } from "../database/server.ts";

export type BenchPlace = {
  readonly binary: string;
  /** The small second binary. */
  readonly proofBinary: string;
  readonly server: OwnServer;
  readonly state: string;
};
