/**
 * recorded: the statements of a whole battery, as it really sent them, for psql to run the same.
 *
 * The battery runs once in this process with sessions that write down what they are asked. psql has one connection, so
 * the witness's statements come after the proof's own; the work is the same.
 */

import { battery } from "../../proofs/battery.ts";
import { connect } from "../../proofs/connections.ts";
import type { Connections } from "../../proofs/context.ts";
import { makeContext } from "../../proofs/run.ts";
import { runBattery } from "../../proofs/runner.ts";
import { overriding } from "../../proofs/sabotage/session.ts";
import { iuTarget } from "../../proofs/targets/iu.ts";
import { resolveTarget } from "../../src/kernel/conninfo/resolve.ts";
import { defaultCountOptions } from "../../src/kernel/counts/request.ts";
import { Failure } from "../../src/kernel/failure.ts";
import { limits } from "../../src/kernel/limits.ts";
import type { Cell, Session } from "../../src/kernel/session/session.ts";
import { Witness } from "../../src/kernel/witness.ts";

/** A psql script: first the proof's statements, then the witness's. */
export async function recordBattery(url: string, state: string): Promise<string> {
  const target = await resolveTarget({ environment: {}, url });
  if (target instanceof Failure) throw new Error(target.message);
  const real = connect({ target, witnessTarget: null, embeddedRole: "", counts: defaultCountOptions });
  const said = { proof: [] as string[], witness: [] as string[] };
  const connections: Connections = {
    ...real,
    async proof() {
      const session = await real.proof();
      return session instanceof Failure ? session : recording(session, said.proof);
    },
    async witness() {
      const witness = await real.witness();
      if (witness instanceof Failure) return witness;
      return new Witness(recording(witness.session, said.witness), defaultCountOptions);
    },
  };
  const options = {
    retries: 0,
    lockTimeoutMs: limits.lockTimeoutMs,
    statementTimeoutMs: limits.statementTimeoutMs,
    counts: defaultCountOptions,
    allowances: [],
    expectedRole: null,
    maxLockMs: null,
    maxRows: null,
  };
  const context = makeContext(
    { options, stateDirectory: state },
    { connections: { ...connections, asOwner: null }, target: async () => iuTarget("bench") },
  );
  const results = await runBattery(battery, context);
  await real.close();
  if (results.some((result) => result.verdict !== "PASS")) throw new Error("the recorded battery did not pass");
  return [...said.proof, ...said.witness].map((statement) => `${statement};\n`).join("");
}

function recording(session: Session, said: string[]): Session {
  return overriding(session, {
    query(text, parameters, options) {
      said.push(filledIn(text, parameters ?? []));
      return session.query(text, parameters, options);
    },
  });
}

function filledIn(text: string, parameters: readonly Cell[]): string {
  return text.replaceAll(/\$(\d+)/g, (whole, number) => {
    const value = parameters[Number(number) - 1];
    if (value === undefined) return whole;
    return value === null ? "NULL" : `'${value.replaceAll("'", "''")}'`;
  });
}
