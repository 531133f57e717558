/**
 * hosts: walks the hosts of a target in order until one of them gives a usable session, as libpq does.
 *
 * The next host is tried where one does not resolve, cannot be reached, is silent, is starting up or is of the wrong
 * kind; a refused login ends the walk, since asking elsewhere would hide it. Each address has the whole time limit for
 * connecting. Never tries an address twice, but for `allow` and `prefer`, which have two ways. Called by open.ts.
 */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { HostChoice, ServerTarget, TargetSessionAttributes } from "../conninfo/target.ts";
import { Failure, joinFailure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Certificates } from "./certificates.ts";
import { type Address, type Connection, connect, describeAddress } from "./connect.ts";
import type { TlsPlan } from "./tls.ts";

/** One connection to log in on, in one round over the hosts. */
export type Attempt = {
  readonly connection: Connection;
  readonly password: string | null;
  readonly wanted: TargetSessionAttributes;
  readonly signal: AbortSignal;
};

export type Walk<T> = {
  readonly target: ServerTarget;
  readonly certificates: Certificates;
  /** Aborted with a Failure when the process ends. */
  readonly ending: AbortSignal;
  logIn(attempt: Attempt): Promise<T | Failure>;
};

type Place = { readonly host: HostChoice; readonly address: Address; readonly wanted: TargetSessionAttributes };

const STARTING_UP = "57P03";
const NOT_ADMITTED = "28000";

export async function firstUsable<T>(walk: Walk<T>): Promise<T | Failure> {
  const { targetSessionAttributes: wanted, hosts } = walk.target;
  const rounds: TargetSessionAttributes[] = wanted === "prefer-standby" ? ["standby", "any"] : [wanted];
  const failures: Failure[] = [];
  for (const round of rounds) {
    for (const host of hosts) {
      const addresses = await addressesOf(host, walk);
      if (addresses instanceof Failure) {
        failures.push(addresses);
        if (walk.ending.aborted) return addresses;
        continue;
      }
      for (const address of addresses) {
        const outcome = await withinTime(walk, address, (signal) =>
          tryWays(walk, { host, address, wanted: round }, signal),
        );
        if (!(outcome instanceof Failure)) return outcome;
        failures.push(outcome);
        if (!isAboutThisHost(outcome)) return outcome;
      }
    }
  }
  return summary(failures);
}

/** Tries the address with each encryption that the mode allows, in libpq's order. */
async function tryWays<T>(walk: Walk<T>, place: Place, signal: AbortSignal): Promise<T | Failure> {
  let first: Failure | null = null;
  for (const tls of encryptions(walk, place)) {
    const connection = await connect({ address: place.address, tls }, signal);
    const { host, wanted } = place;
    const outcome =
      connection instanceof Failure
        ? connection
        : await walk.logIn({ connection, password: host.password, wanted, signal });
    if (!(outcome instanceof Failure)) return outcome;
    if (first !== null) return joinFailure(outcome, first);
    const encrypted = connection instanceof Failure ? tls !== null : connection.tls !== null;
    if (!otherWayMayHelp(outcome, encrypted ? "encrypted" : "plain", walk.target)) return outcome;
    first = outcome;
  }
  return first ?? new Failure("CONNECT_FAILED", "there was no way to try");
}

function encryptions<T>({ target, certificates }: Walk<T>, { host, address }: Place): (TlsPlan | null)[] {
  const plan: TlsPlan = {
    mode: target.sslMode,
    host: host.host === "" ? describeAddress(address) : host.host,
    negotiation: target.sslNegotiation,
    serverName: target.sslSni ? "send" : "omit",
    certificates,
  };
  if (address.kind === "unix" || target.sslMode === "disable") return [null];
  if (target.sslMode === "allow") return [null, plan];
  if (target.sslMode === "prefer") return [plan, null];
  return [plan];
}

/**
 * `allow` goes on where pg_hba.conf refuses us as we came, `prefer` also where TLS itself failed. Unlike libpq we do
 * not ask again after any other refusal: a wrong password is wrong either way, and would go out a second time.
 */
function otherWayMayHelp(failure: Failure, tried: "encrypted" | "plain", { sslMode }: ServerTarget): boolean {
  const refusedByServer = failure.facts.sqlstate === NOT_ADMITTED;
  if (sslMode === "allow") return tried === "plain" && refusedByServer;
  if (sslMode !== "prefer" || tried === "plain") return false;
  return refusedByServer || failure.code === "TLS_INVALID" || failure.code === "TLS_REFUSED";
}

/** `error` is the errno of connect(), `wanted` the attribute that the server lacks. */
function isAboutThisHost({ code, facts }: Failure): boolean {
  if (code === "CONNECT_TIMEOUT") return true;
  if (code !== "CONNECT_FAILED") return false;
  return facts.error !== undefined || facts.wanted !== undefined || facts.sqlstate === STARTING_UP;
}

async function addressesOf<T>(host: HostChoice, walk: Walk<T>): Promise<Address[] | Failure> {
  const { port } = host;
  if (host.hostaddr !== null) return [{ kind: "tcp", ip: host.hostaddr, port }];
  if (host.host.startsWith("/")) return [{ kind: "unix", directory: host.host, port }];
  if (isIP(host.host) !== 0) return [{ kind: "tcp", ip: host.host, port }];
  return withinTime(walk, { kind: "tcp", ip: host.host, port }, async (signal) => {
    const late = Promise.withResolvers<Failure>();
    signal.addEventListener("abort", () => late.resolve(signal.reason as Failure));
    const resolved = lookup(host.host, { all: true, order: "verbatim" }).then(
      (found) => found.map(({ address }): Address => ({ kind: "tcp", ip: address, port })),
      (error: Error) => unknownHost(host.host, error),
    );
    return Promise.race([resolved, late.promise]);
  });
}

/** Runs one step under the time limit for connecting; what the step waits for ends with the signal. */
async function withinTime<T, R>(
  { target, ending }: Walk<T>,
  address: Address,
  step: (signal: AbortSignal) => Promise<R>,
): Promise<R> {
  const late = new AbortController();
  const limitMs = target.connectTimeoutMs > 0 ? target.connectTimeoutMs : limits.connectTimeoutMs;
  const timer = setTimeout(() => late.abort(timedOut(address, limitMs)), limitMs);
  const ended = (): void => late.abort(ending.reason);
  ending.addEventListener("abort", ended);
  if (ending.aborted) ended();
  try {
    return await step(late.signal);
  } finally {
    clearTimeout(timer);
    ending.removeEventListener("abort", ended);
  }
}

function timedOut(address: Address, limitMs: number): Failure {
  const where = describeAddress(address);
  return new Failure("CONNECT_TIMEOUT", `${where} did not answer within ${limitMs} ms`, {
    facts: { address: where, limit_ms: limitMs },
  });
}

function unknownHost(host: string, error: Error): Failure {
  return new Failure("HOST_UNKNOWN", `the host name ${JSON.stringify(host)} does not resolve: ${error.message}`, {
    facts: { host },
    cause: error,
  });
}

/** One failure as it is; of several the last one, with all of them in its message and facts. */
function summary(failures: readonly Failure[]): Failure {
  const last = failures.at(-1);
  if (last === undefined) return new Failure("CONNINFO_INVALID", "the target names no host");
  if (failures.length === 1) return last;
  const message = `none of the hosts can be used: ${failures.map((failure) => failure.message).join("; ")}`;
  const attempts = failures.map(({ code, message: text }) => ({ code, message: text }));
  return new Failure(last.code, message, { hint: last.hint, data: last.data, facts: { ...last.facts, attempts } });
}
