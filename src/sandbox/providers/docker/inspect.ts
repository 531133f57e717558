/**
 * docker/inspect: how a container is cut off from networks and from this host, by the word of engine and kernel.
 *
 * What the engine does not answer, or answers in another form, is a Failure, never "no port". Called by running.ts.
 */
import * as v from "valibot";
import { Failure } from "../../../kernel/failure.ts";
import { askEngine } from "../../leftovers/engine-resource.ts";
import { listenersIn } from "../isolation.ts";
import type { Isolation } from "../provider.ts";
import type { DockerSettings } from "./settings.ts";

const binding = v.looseObject({ HostIp: v.nullish(v.string(), ""), HostPort: v.nullish(v.string(), "") });
const bindings = v.nullish(v.record(v.string(), v.nullable(v.array(binding))), {});
const mount = v.looseObject({ Type: v.string(), Source: v.nullish(v.string(), "") });
const inspected = v.tuple([
  v.looseObject({
    HostConfig: v.looseObject({ NetworkMode: v.string(), PortBindings: bindings, PublishAllPorts: v.boolean() }),
    NetworkSettings: v.looseObject({ Ports: bindings, Networks: v.record(v.string(), v.unknown()) }),
    Mounts: v.nullish(v.array(mount), []),
  }),
]);

export type ContainerNetwork = Pick<Isolation, "tcpListeners" | "publishedPorts" | "networks" | "waysOut">;

/** `shown`: directories of ours, which the container may see. */
export async function inspectNetwork(
  settings: DockerSettings,
  { name, shown }: { readonly name: string; readonly shown: readonly string[] },
): Promise<ContainerNetwork | Failure> {
  const { command, environment } = settings;
  const answer = await askEngine(command, ["container", "inspect", name], environment);
  if ("reason" in answer) return unknown(name, answer.reason);
  const judged = judge(answer.output, shown);
  if (judged === null) return unknown(name, "the engine's answer has another form");
  // The whole network namespace: whatever listens in it counts, whosever it is.
  const tables: string[] = [];
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    const kernel = await askEngine(command, ["exec", name, "cat", table], environment);
    if ("output" in kernel) tables.push(kernel.output);
    else if (table !== "/proc/net/tcp6" || !NO_IPV6.test(kernel.reason)) return unknown(name, kernel.reason);
  }
  const addresses = tables.flatMap(listenersIn).map(({ address }) => address);
  return { ...judged, tcpListeners: [...new Set(addresses)].sort() };
}

/** A kernel without IPv6 has no table for it. */
const NO_IPV6 = /No such file or directory/;

function judge(text: string, shown: readonly string[]): Omit<ContainerNetwork, "tcpListeners"> | null {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), inspected), text);
  if (!parsed.success) return null;
  const [{ HostConfig, NetworkSettings, Mounts }] = parsed.output;
  const all = [...Object.entries(HostConfig.PortBindings), ...Object.entries(NetworkSettings.Ports)];
  const published = all.flatMap(([port, places]) =>
    (places ?? []).map(({ HostIp, HostPort }) => `${port} -> ${HostIp || "0.0.0.0"}:${HostPort}`),
  );
  const everything = HostConfig.PublishAllPorts ? ["every exposed port"] : [];
  const networks = [HostConfig.NetworkMode, ...Object.keys(NetworkSettings.Networks)];
  const isOurs = (source: string): boolean => shown.some((one) => source === one || source.startsWith(`${one}/`));
  const foreign = Mounts.filter(({ Type, Source }) => Type !== "tmpfs" && !isOurs(Source));
  return {
    waysOut: foreign.map(({ Type, Source }) => `the container sees the ${Type} mount ${Source}`),
    publishedPorts: [...new Set([...published, ...everything])].sort(),
    networks: [...new Set(networks)].filter((network) => network !== "none").sort(),
  };
}

function unknown(name: string, reason: string): Failure {
  return new Failure("SANDBOX_SERVER_FAILED", `how the container ${name} is cut off is not known: ${reason}`);
}
