/**
 * measure/containers: the containers that run on this host, each by its id and the moment it was begun.
 *
 * Servers in them are protected so, and not by their processes. Containers of sandboxes are not among them. Asks docker
 * only, and only where there is a service that could answer; changes nothing. Called by the scan of this host.
 */
import { existsSync } from "node:fs";
import type { Environment } from "../../kernel/conninfo/naming.ts";
import { type Answer, askTool, findTool } from "../../readiness/service-state/tool.ts";

export type Containers = {
  /** `container NAME ID, begun TIME`. */
  readonly lines: readonly string[];
  readonly how: string;
};

const SOCKETS = ["/var/run/docker.sock", "/run/docker.sock"];
const SANDBOX = /^cutter-sandbox-/;

export async function scanContainers(environment: Environment, sockets = SOCKETS): Promise<Containers> {
  if (findTool("docker", environment) === null) return { lines: [], how: "docker is not installed" };
  const mayAnswer = environment.DOCKER_HOST !== undefined || sockets.some((socket) => existsSync(socket));
  if (!mayAnswer) return { lines: [], how: "docker has no service here" };
  const listed = await askTool(["docker", "ps", "--no-trunc", "--format", "{{.ID}}\t{{.Names}}"], { environment });
  if ("reason" in listed) return notAsked(listed);
  const ids = listed.output.split("\n").flatMap((line) => {
    const [id = "", name = ""] = line.split("\t");
    return id === "" || SANDBOX.test(name) ? [] : [id];
  });
  if (ids.length === 0) return { lines: [], how: "docker ps" };
  const format = "container {{.Name}} {{.Id}}, begun {{.State.StartedAt}}";
  const inspected = await askTool(["docker", "container", "inspect", "--format", format, ...ids], { environment });
  if ("reason" in inspected) return notAsked(inspected);
  return { lines: inspected.output.split("\n").filter((line) => line !== ""), how: "docker ps" };
}

function notAsked({ reason }: Extract<Answer, { readonly reason: string }>): Containers {
  return { lines: [], how: `docker did not answer: ${reason}` };
}
