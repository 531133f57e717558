/**
 * local: a throwaway PostgreSQL server of this machine's own programs, with one unix socket, no port, and no way out.
 *
 * Never as root, never under a name that is taken, and it dies with this process. All of it lies in one marked
 * directory but the log, which lies in the sandbox's own. Called by the steps through the Provider interface.
 */
import { join } from "node:path";
import { stopwatch } from "../../../kernel/clock.ts";
import { Failure } from "../../../kernel/failure.ts";
import { findTool } from "../../../readiness/service-state/tool.ts";
import { makeMarkedDirectory } from "../../leftovers/marked-directory.ts";
import { withLeft } from "../../leftovers/removal.ts";
import { type Account, asAccount, serverAccount } from "../account.ts";
import { openDoor } from "../door.ts";
import { askServer } from "../first-answer.ts";
import { bases, choosePlace, placesTaken } from "../place.ts";
import { FIRST_DATABASE, type Provider, type RunningServer, type StartOrder, SUPERUSER } from "../provider.ts";
import { serverEnvironment } from "../run-as.ts";
import { startServerProcess, waitUntilReady } from "../server-process.ts";
import { checkOrder } from "../server-settings.ts";
import { type Binaries, findBinaries } from "./binaries.ts";
import { closedWords, whyNotClosable, writeClosing } from "./closed.ts";
import { makeCluster, makeForServer, refillSpare } from "./cluster.ts";
import { serverWords, writeConfiguration } from "./configuration.ts";
import { inBackground, type LocalParts, localTarget, runningLocal, stopLocal } from "./running.ts";

export type LocalSettings = {
  readonly stateDirectory: string;
  /** Folder of initdb and postgres; null to look for one. */
  readonly binaries: string | null;
};

export function localProvider(settings: LocalSettings): Provider {
  return {
    name: "local",
    lacks: [],
    unclosed: async () => {
      const ready = await prepare(settings);
      return ready instanceof Failure ? ready : ready.open;
    },
    unavailable: async () => {
      const ready = await prepare(settings);
      return ready instanceof Failure ? ready : null;
    },
    taken: async (name) => placesTaken(name),
    start: (order) => start(order, settings),
  };
}

type Ready = {
  readonly account: Account;
  readonly binaries: Binaries;
  /** Why a server cannot be closed outwards here; null where it is. */
  readonly open: string | null;
};

async function prepare({ binaries: configured }: LocalSettings): Promise<Ready | Failure> {
  const path = process.env.PATH ?? "";
  if (findTool("setpriv", { PATH: path }) === null) {
    const message = "setpriv (of util-linux) is not installed, and without it a local server could outlive cutter";
    return new Failure("SANDBOX_PROVIDER_UNAVAILABLE", message);
  }
  const account = serverAccount();
  if (account instanceof Failure) return account;
  const binaries = await findBinaries(account, { configured, path, packaged: "/usr/lib/postgresql" });
  if (binaries instanceof Failure) return binaries;
  return { account, binaries, open: await whyNotClosable(account) };
}

async function start(order: StartOrder, settings: LocalSettings): Promise<RunningServer | Failure> {
  checkOrder(order);
  const elapsed = stopwatch();
  const remainingMs = (): number => Math.max(1, order.timeoutMs - elapsed());
  const ready = await prepare(settings);
  if (ready instanceof Failure) return ready;
  const place = choosePlace(order.name, ready.account, bases(order.workDirectory));
  if (place instanceof Failure) return place;
  const made = makeMarkedDirectory(order.record, place.home);
  // What stands there is not ours: there is nothing to take down.
  if (made?.code === "FILE_EXISTS") return made;
  const logFile = join(order.workDirectory, `${order.name}.log`);
  const closed = ready.open === null ? "yes" : "no";
  const parts: LocalParts = {
    order,
    place,
    logFile,
    folder: ready.binaries.folder,
    process: null,
    refill: null,
    closed,
  };
  const running = made ?? (await bringUp(parts, { ...settings, ...ready, remainingMs }));
  if (!(running instanceof Failure)) return running;
  return withLeft(running, await stopLocal(parts));
}

type Means = Ready & Pick<LocalSettings, "stateDirectory"> & { readonly remainingMs: () => number };

async function bringUp(parts: LocalParts, means: Means): Promise<RunningServer | Failure> {
  const { order, place, logFile } = parts;
  const { account, binaries, open, stateDirectory, remainingMs } = means;
  const request = { order, place, account, binaries, open, stateDirectory, remainingMs };
  const failed =
    makeForServer(place.socket, account) ??
    makeForServer(place.root, account) ??
    writeConfiguration(place, account, order.settings) ??
    writeClosing(place) ??
    (await makeCluster(request));
  if (failed !== null) return failed;
  const server = asAccount(account, [join(binaries.folder, "postgres"), ...serverWords(place)]);
  const command = open === null ? closedWords({ account, place, programs: binaries.folder }, server) : server;
  const process = await startServerProcess({
    ...{ command, logFile, record: order.record },
    environment: serverEnvironment(),
  });
  if (process instanceof Failure) return process;
  parts.process = process;
  const late = await waitUntilReady(process, {
    ...{ data: place.data, logFile, timeoutMs: remainingMs() },
    pidInside: open === null ? 1 : undefined,
  });
  const shut = late ?? openDoor(place);
  if (shut !== null) return shut;
  const answer = await askServer(localTarget(parts, { role: SUPERUSER, database: FIRST_DATABASE }));
  if (answer instanceof Failure) return answer;
  if (order.cluster !== "fresh") parts.refill = inBackground((signal) => refillSpare(request, signal));
  return runningLocal(parts, answer.version);
}
