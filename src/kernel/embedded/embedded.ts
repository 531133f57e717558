/**
 * embedded: the stream to the PostgreSQL that this program carries, as if a socket led to a server.
 *
 * Each opening starts a fresh copy of the reference database in a thread of its own, and the copy ends with the stream.
 * Only one may be open: a second one would be another database, in which a witness sees nothing of the first. Loads
 * nothing of the engine before it is asked. The user is the superuser; nothing of the startup packet is applied; no
 * timeout of the server's fires, so the session's wall clock cancels or destroys; COPY FROM STDIN, COPY … PROGRAM and
 * a full stack end the instance; pg_terminate_backend reaches nobody. Called by kernel/session only.
 */
import { sleep } from "../clock.ts";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { engineMissing } from "./carried.ts";
import { EmbeddedStream } from "./stream.ts";
import { startThread } from "./thread.ts";

/** Of the one engine, from its start until its thread has really ended. */
let engine: { readonly ended: Promise<void>; state: "in use" | "ending" } | null = null;

export async function openEmbeddedStream(): Promise<EmbeddedStream | Failure> {
  const missing = engineMissing();
  if (missing !== null) return missing;
  if (engine?.state === "ending") await Promise.race([engine.ended, sleep(limits.closeTimeoutMs)]);
  if (engine !== null) {
    return new Failure("EMBEDDED_FAILED", "the embedded database is open already, and it has one session", {
      hint: "Close the first session; where its statement cannot be ended, run the command again.",
    });
  }
  const thread = await startThread("snapshot", occupy);
  if (thread instanceof Failure) {
    isEnding();
    return thread;
  }
  return new EmbeddedStream(thread, async () => {
    isEnding();
    await thread.end();
  });
}

function occupy(ended: Promise<void>): void {
  engine = { ended, state: "in use" };
  void ended.then(() => {
    engine = null;
  });
}

function isEnding(): void {
  if (engine !== null) engine.state = "ending";
}
