/**
 * measure/containers: the containers that run on this host, each by its id and the moment it was begun.
 *
 * Servers in them are protected so, and not by their processes. The sandbox's own are not among them; those of other
 * sandboxes, by their label, end when these do: they are told, and not protected. Asks docker only, where it is
 * installed and has a service; one that then does not answer is unknown, never "none". Changes nothing. Called by the
 * scan of this host.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../kernel/conninfo/naming.ts";
import { type Answer, askTool, findTool } from "../../readiness/service-state/tool.ts";
import { LABEL } from "../leftovers/engine-resource.ts";
import { isSandboxName, isToken } from "../leftovers/record.ts";
import type { Resource } from "../leftovers/resource.ts";

export type Containers = {
  /** `container NAME ID, begun TIME`. */
  readonly lines: readonly string[];
  /** Of other sandboxes. */
  readonly throwaway: readonly string[];
  readonly how: string;
  /** What could not be asked though it is there. */
  readonly unknown: readonly string[];
};

const SOCKETS = ["/var/run/docker.sock", "/run/docker.sock"];
const LISTED = `{{.ID}}\t{{.Names}}\t{{.Label "${LABEL}"}}`;

export async function scanContainers(
  environment: Environment,
  own: readonly Resource[],
  sockets = SOCKETS,
): Promise<Containers> {
  if (findTool("docker", environment) === null) return none("containers were not asked for: docker is not installed");
  const named = environment.DOCKER_HOST !== undefined || environment.DOCKER_CONTEXT !== undefined;
  const rootless = environment.XDG_RUNTIME_DIR === undefined ? [] : [join(environment.XDG_RUNTIME_DIR, "docker.sock")];
  const mayAnswer = named || [...sockets, ...rootless].some((socket) => existsSync(socket));
  if (!mayAnswer) return none("containers were not asked for: docker has no service here");
  const listed = await askTool(["docker", "ps", "--no-trunc", "--format", LISTED], { environment });
  if ("reason" in listed) return notAsked(listed);
  const isOwn = (name: string) => own.some((one) => one.kind === "container" && one.name === name);
  const others = listed.output
    .split("\n")
    .map((line) => line.split("\t"))
    .filter(([id = "", name = ""]) => id !== "" && !isOwn(name));
  const isThrowaway = ([, name, token]: readonly string[]) => isSandboxName(name ?? "") && isToken(token ?? "");
  const throwaway = others.filter(isThrowaway).map(([id, name]) => `container /${name} ${id}, of another sandbox`);
  const ids = others.filter((one) => !isThrowaway(one)).flatMap(([id = ""]) => id);
  if (ids.length === 0) return { ...none("docker ps"), throwaway };
  const format = "container {{.Name}} {{.Id}}, begun {{.State.StartedAt}}";
  const inspected = await askTool(["docker", "container", "inspect", "--format", format, ...ids], { environment });
  if ("reason" in inspected) return notAsked(inspected);
  const lines = inspected.output.split("\n").filter((line) => line !== "");
  return { lines, throwaway, how: "docker ps", unknown: [] };
}

function none(how: string): Containers {
  return { lines: [], throwaway: [], how, unknown: [] };
}

function notAsked({ reason }: Extract<Answer, { readonly reason: string }>): Containers {
  const how = `docker did not answer: ${reason}`;
  return { lines: [], throwaway: [], how, unknown: [`containers: ${how}`] };
}
