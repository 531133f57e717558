/**
 * docker: a throwaway PostgreSQL server in a container that has no network, reached by one socket that it shares.
 *
 * The engine must be this machine's, since the socket's directory is shared with it. Nothing is pulled, published or
 * kept; the container is removed when it ends, and it ends when this process dies. Called by the steps through the
 * Provider interface.
 */
import { stopwatch } from "../../../kernel/clock.ts";
import { Failure } from "../../../kernel/failure.ts";
import { findTool } from "../../../readiness/service-state/tool.ts";
import { askEngine, findInEngine } from "../../leftovers/engine-resource.ts";
import { makeMarkedDirectory } from "../../leftovers/marked-directory.ts";
import { withLeft } from "../../leftovers/removal.ts";
import { describeResource } from "../../leftovers/resource.ts";
import { serverAccount } from "../account.ts";
import { bases, choosePlace, placesTaken } from "../place.ts";
import type { Provider, RunningServer, StartOrder } from "../provider.ts";
import { checkOrder } from "../server-settings.ts";
import { bringUp, type Ready } from "./bring-up.ts";
import { readImage } from "./image.ts";
import { type DockerParts, stopDocker } from "./running.ts";
import type { DockerSettings } from "./settings.ts";

export function dockerProvider(settings: DockerSettings): Provider {
  return {
    name: "docker",
    lacks: [],
    unclosed: async () => null,
    unavailable: async () => {
      const ready = await prepare(settings);
      return ready instanceof Failure ? ready : null;
    },
    taken: (name) => taken(name, settings),
    start: (order) => start(order, settings),
  };
}

async function taken(name: string, { command, environment }: DockerSettings): Promise<readonly string[] | Failure> {
  const standing: string[] = [...placesTaken(name)];
  for (const kind of ["container", "volume", "network"] as const) {
    const found = await findInEngine({ kind, name, command }, environment);
    if (found === null) continue;
    if ("reason" in found) return unavailable(found.reason);
    standing.push(describeResource({ kind, name, command }));
  }
  return standing;
}

async function prepare(settings: DockerSettings): Promise<Ready | Failure> {
  const { command, environment } = settings;
  if (findTool("setpriv", environment) === null) {
    return unavailable("setpriv (of util-linux) is not installed, and without it a container could outlive cutter");
  }
  const account = serverAccount();
  if (account instanceof Failure) return account;
  const elsewhere = await remoteEngine(settings);
  if (elsewhere !== null)
    return unavailable(`its engine is at ${elsewhere}, and a socket is shared on one machine only`);
  const answer = await askEngine(command, ["version", "--format", "{{.Server.Os}}"], environment);
  if ("reason" in answer) return unavailable(answer.reason);
  const image = await readImage(settings);
  return image instanceof Failure ? image : { account, image };
}

/** Where the engine is, if that is another machine. A program that knows no contexts is told by DOCKER_HOST alone. */
async function remoteEngine({ command, environment }: DockerSettings): Promise<string | null> {
  const asked = ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"];
  const answer = await askEngine(command, asked, environment);
  const host = "output" in answer ? answer.output.trim() : (environment.DOCKER_HOST ?? "");
  return host === "" || host.startsWith("unix://") ? null : host;
}

async function start(order: StartOrder, settings: DockerSettings): Promise<RunningServer | Failure> {
  checkOrder(order);
  const elapsed = stopwatch();
  const ready = await prepare(settings);
  if (ready instanceof Failure) return ready;
  // The engine, which is root, goes through directories that the server's user cannot.
  const place = choosePlace(order.name, { ...ready.account, is: "ours" }, bases(order.workDirectory));
  if (place instanceof Failure) return place;
  const made = makeMarkedDirectory(order.record, place.home);
  // What stands there is not ours: there is nothing to take down.
  if (made?.code === "FILE_EXISTS") return made;
  const parts: DockerParts = { order, settings, place, process: null };
  const running = made ?? (await bringUp(parts, ready, () => Math.max(1, order.timeoutMs - elapsed())));
  return running instanceof Failure ? withLeft(running, await stopDocker(parts)) : running;
}

function unavailable(reason: string): Failure {
  return new Failure("SANDBOX_PROVIDER_UNAVAILABLE", `docker cannot be used: ${reason}`);
}
