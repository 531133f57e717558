/**
 * lasting: an engine that lives until it is ended: what one session commits is there for the next one.
 *
 * One session at a time, each after the other: a second one is refused while the first is open. Between two of them the
 * backend is given back as a server would leave it: what runs is cancelled, the transaction is rolled back, and nothing
 * of the session stays (DISCARD ALL). Where that does not succeed the engine is dead, and says why from then on. All of
 * it is in memory. Several may live side by side, each another database. Called by the sandbox's embedded provider.
 */
import { sleep } from "../clock.ts";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { AnswerJudge } from "./batches.ts";
import { engineMissing } from "./carried.ts";
import { cancelStatement } from "./interrupts.ts";
import { EmbeddedStream, unusable } from "./stream.ts";
import { type EngineThread, startThread } from "./thread.ts";
import type { WorkerOrder } from "./worker.ts";

/** Who a single-user backend is, and a session of it begins as. */
const EMBEDDED_ROLE = "postgres";

/** `initdb`: a new cluster with a system identifier of its own. `snapshot`: the reference database, as it was built. */
export async function startLastingEngine(order: WorkerOrder): Promise<LastingEngine | Failure> {
  const missing = engineMissing();
  if (missing !== null) return missing;
  const thread = await startThread(order);
  return thread instanceof Failure ? thread : new LastingEngine(thread);
}

export class LastingEngine {
  readonly #thread: EngineThread;
  #session: "none" | "open" = "none";
  #givenBack: Promise<void> = Promise.resolve();
  #dead: string | null = null;

  constructor(thread: EngineThread) {
    this.#thread = thread;
  }

  /** EMBEDDED_FAILED where a session is open, or the engine is dead. */
  async openStream(): Promise<EmbeddedStream | Failure> {
    await Promise.race([this.#givenBack, sleep(limits.closeTimeoutMs)]);
    const dead = this.#dead ?? this.#thread.dead;
    if (dead !== null) return unusable(dead);
    if (this.#session === "open") {
      return new Failure("EMBEDDED_FAILED", "a session of this embedded database is open, and it has one at a time", {
        hint: "Close the first session before the second is opened.",
      });
    }
    this.#session = "open";
    return new EmbeddedStream(this.#thread, (why) => {
      this.#givenBack = this.#giveBack(why);
      return this.#givenBack;
    });
  }

  /** Nothing of it is kept. */
  end(): Promise<"ended" | "still running"> {
    this.#dead ??= "it was ended";
    return this.#thread.end();
  }

  async #giveBack(why: string | null): Promise<void> {
    const dead = why ?? this.#thread.dead ?? (await reset(this.#thread));
    this.#session = "none";
    if (dead === null) return;
    this.#dead ??= dead;
    await this.#thread.end();
  }
}

/** Why the backend is not as it was before the session; null where it is. */
async function reset(thread: EngineThread): Promise<string | null> {
  thread.onDeath = () => {};
  if (thread.isBusy) cancelStatement(thread.interrupts);
  const late = sleep(limits.closeTimeoutMs).then(() => "what the last session ran cannot be ended");
  return Promise.race([late, clear(thread)]);
}

/** After an error the backend reads nothing before a Sync, which a session that ended may not have sent. */
const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);
/** `DEFAULT` would leave the role as it is: a single-user backend has nobody who logged in. */
const CLEARING = [
  ["ROLLBACK", "ROLLBACK"],
  [`SET SESSION AUTHORIZATION ${EMBEDDED_ROLE}`, "SET"],
  ["DISCARD ALL", "DISCARD ALL"],
] as const;
const WHO = `SELECT pg_catalog.concat_ws(' ', session_user, current_user, 'again')`;
const AS_BEFORE = `${EMBEDDED_ROLE} ${EMBEDDED_ROLE} again`;
const READY_OUTSIDE_TRANSACTION = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

async function clear(thread: EngineThread): Promise<string | null> {
  const judge = new AnswerJudge();
  await thread.ask(SYNC);
  for (const [statement, tag] of [...CLEARING, [WHO, AS_BEFORE] as const]) {
    const bytes = queryMessage(statement);
    const answer = await thread.ask(bytes);
    const dead = judge.whyDead({ bytes, statements: 1, end: "ready" }, answer);
    if (dead !== null) return dead;
    if (!answer.includes(tag)) return `after a session, ${statement} was not answered with ${tag}`;
    if (!answer.subarray(-READY_OUTSIDE_TRANSACTION.length).equals(READY_OUTSIDE_TRANSACTION)) {
      return `after a session and ${statement} it is in a transaction`;
    }
  }
  return null;
}

function queryMessage(statement: string): Buffer {
  const text = Buffer.from(`${statement}\0`);
  const head = Buffer.from([QUERY.charCodeAt(0), 0, 0, 0, 0]);
  head.writeUInt32BE(text.length + LENGTH_BYTES, 1);
  return Buffer.concat([head, text]);
}

const QUERY = "Q";
const LENGTH_BYTES = 4;
