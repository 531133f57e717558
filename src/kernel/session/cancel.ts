/**
 * cancel: asks a server to cancel what a backend is running, over a connection of its own.
 *
 * Encrypted where the session is, since the secret goes over it. Resolves when the server has closed that connection,
 * which it does after it has signalled the backend: a statement sent from then on is not hit. Bounded, never retried.
 * Called by guarded-session.ts. Source: PostgreSQL manual, "Canceling Requests in Progress".
 */
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { connect, describeAddress, type Way } from "./connect.ts";
import { encodeRequest } from "./messages.ts";

export type CancelTarget = { readonly way: Way; readonly backendPid: number; readonly cancelKey: Buffer };

const CANCEL_REQUEST = 80_877_102;

export async function requestCancel({ way, backendPid, cancelKey }: CancelTarget): Promise<Failure | null> {
  const late = new AbortController();
  const where = describeAddress(way.address);
  const timer = setTimeout(() => {
    late.abort(new Failure("CONNECT_TIMEOUT", `the request to cancel was not taken by ${where} in time`));
  }, limits.cancelTimeoutMs);
  try {
    const connection = await connect(way, late.signal);
    if (connection instanceof Failure) return connection;
    const { stream } = connection;
    const pid = Buffer.alloc(4);
    pid.writeUInt32BE(backendPid, 0);
    return await new Promise((resolve) => {
      const settle = (value: Failure | null): void => {
        stream.destroy();
        resolve(value);
      };
      stream.on("error", () => settle(null));
      stream.on("end", () => settle(null));
      stream.on("close", () => settle(null));
      stream.on("data", () => {});
      late.signal.addEventListener("abort", () => settle(late.signal.reason as Failure));
      stream.write(encodeRequest(CANCEL_REQUEST, Buffer.concat([pid, cancelKey])));
    });
  } finally {
    clearTimeout(timer);
  }
}
