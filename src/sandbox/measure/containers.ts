/**
 * measure/containers: the containers that run on this host, each by its id and the moment it was begun.
 *
 * Servers in them are protected so, and not by their processes. The sandbox's own are not among them. Asks docker
 * only, where it is installed and has a service; one that then does not answer is unknown, never "none". Changes
 * nothing. Called by the scan of this host.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../kernel/conninfo/naming.ts";
import { type Answer, askTool, findTool } from "../../readiness/service-state/tool.ts";
import type { Resource } from "../leftovers/resource.ts";

export type Containers = {
  /** `container NAME ID, begun TIME`. */
  readonly lines: readonly string[];
  readonly how: string;
  /** What could not be asked though it is there. */
  readonly unknown: readonly string[];
};

const SOCKETS = ["/var/run/docker.sock", "/run/docker.sock"];
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
  const listed = await askTool(["docker", "ps", "--no-trunc", "--format", "{{.ID}}\t{{.Names}}"], { environment });
  if ("reason" in listed) return notAsked(listed);
  const isOwn = (name: string) => own.some((one) => one.kind === "container" && one.name === name);
  const ids = listed.output.split("\n").flatMap((line) => {
    const [id = "", name = ""] = line.split("\t");
    return id === "" || isOwn(name) ? [] : [id];
  });
  if (ids.length === 0) return none("docker ps");
  const format = "container {{.Name}} {{.Id}}, begun {{.State.StartedAt}}";
  const inspected = await askTool(["docker", "container", "inspect", "--format", format, ...ids], { environment });
  if ("reason" in inspected) return notAsked(inspected);
  return { lines: inspected.output.split("\n").filter((line) => line !== ""), how: "docker ps", unknown: [] };
}

function none(how: string): Containers {
  return { lines: [], how, unknown: [] };
}

function notAsked({ reason }: Extract<Answer, { readonly reason: string }>): Containers {
  const how = `docker did not answer: ${reason}`;
  return { lines: [], how, unknown: [`containers: ${how}`] };
}
