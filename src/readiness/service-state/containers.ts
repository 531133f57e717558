/**
 * service-state/containers: containers, running or not, that are of our image, our name, or run a program of ours.
 *
 * Asks `docker ps` and `podman ps`, only where there is something that could answer: podman makes its storage at the
 * first question, and this must make nothing. Called by service-state.ts.
 */
import { existsSync } from "node:fs";
import { matches, type Ours } from "./command.ts";
import { evidenceLine, type Finding, type Look, notCheckable, nothingThere } from "./look.ts";
import { askTool, findTool, type ToolOptions } from "./tool.ts";

/** JSON strings with a tab between: neither program writes a tab into one. */
const FORMAT = "{{json .ID}}\t{{json .Image}}\t{{json .Names}}\t{{json .Command}}";

const WORDS = ["ps", "--all", "--no-trunc", "--format", FORMAT];

/** `sockets`: where docker's service listens, unless DOCKER_HOST says so. */
export async function lookAtDocker(sockets: readonly string[], ours: Ours, options: ToolOptions): Promise<Look> {
  const host = options.environment.DOCKER_HOST;
  const subject = { what: "containers", where: host ? `docker ps (DOCKER_HOST=${host})` : "docker ps" } as const;
  if (findTool("docker", options.environment) === null) return notCheckable(subject, "docker is not installed");
  if (!host && !sockets.some((socket) => existsSync(socket))) {
    return notCheckable(subject, `docker is installed, but there is no socket ${sockets.join(" or ")}`);
  }
  return lookAtContainers(subject, ours, options);
}

/** `storage`: where podman keeps containers; it has none where none of these is there. */
export async function lookAtPodman(storage: readonly string[], ours: Ours, options: ToolOptions): Promise<Look> {
  const subject = { what: "containers", where: "podman ps" } as const;
  if (findTool("podman", options.environment) === null) return notCheckable(subject, "podman is not installed");
  if (!storage.some((path) => existsSync(path))) return nothingThere(subject, "podman has no storage here");
  return lookAtContainers(subject, ours, options);
}

type Subject = { readonly what: "containers"; readonly where: string };

async function lookAtContainers(subject: Subject, ours: Ours, options: ToolOptions): Promise<Look> {
  const program = subject.where.startsWith("docker") ? "docker" : "podman";
  const answer = await askTool([program, ...WORDS], options);
  if ("reason" in answer) return notCheckable(subject, answer.reason);
  const lines = answer.output.split("\n").filter((line) => line !== "");
  const containers = lines.map(parseContainer);
  const unread = containers.filter((container) => container === null).length;
  if (unread > 0) return notCheckable(subject, `${program} answered in another form`);
  const found = containers.flatMap((container) => (container === null ? [] : judgeContainer(container, ours)));
  return { ...subject, state: "looked", detail: `${lines.length} containers`, found };
}

type Container = {
  readonly id: string;
  readonly image: string;
  readonly names: readonly string[];
  readonly command: string;
};

/** Null where it is not what was asked for. */
function parseContainer(line: string): Container | null {
  const fields = line.split("\t");
  if (fields.length !== 4) return null;
  try {
    const [id, image, names, command] = fields.map((field): unknown => JSON.parse(field));
    // docker joins names by commas and quotes the command; podman gives both as lists.
    const quoted = textOf(command, " ");
    const bare = quoted.startsWith('"') ? textOf(JSON.parse(quoted), " ") : quoted;
    return { id: textOf(id, ""), image: textOf(image, ""), names: textOf(names, ",").split(","), command: bare };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function textOf(value: unknown, separator: string): string {
  if (Array.isArray(value)) return value.map(String).join(separator);
  return typeof value === "string" ? value : "";
}

function judgeContainer({ id, image, names, command }: Container, ours: Ours): readonly Finding[] {
  const where = `container ${names[0] || id.slice(0, 12)}`;
  const finding = (match: Finding["match"], text: string): Finding[] => [
    { where, line: null, match, text: evidenceLine(text) },
  ];
  if (ours.names.includes(imageName(image))) return finding("command", `image ${image}`);
  if (names.some((name) => ours.names.includes(name))) return finding("command", `name ${names.join(", ")}`);
  const found = [...matches(command, "systemd", ours), ...matches(command, "shell", ours)];
  if (found.length === 0) return [];
  return finding(found.some(({ match }) => match === "command") ? "command" : "mentioned", `command ${command}`);
}

/** `registry.example:5000/team/cutter:1.2@sha256:…` → `cutter`. */
function imageName(image: string): string {
  return (image.split("/").at(-1) ?? "").replace(/[:@].*$/, "");
}
