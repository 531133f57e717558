/**
 * sandbox-order: the flags of `cutter sandbox` → what is to be made, from what, and by which provider.
 *
 * Everything that can be refused without making anything is refused here. Connects to nothing. Called by sandbox-run.ts
 * and sandbox-plan.ts.
 */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { type Configuration, readConfiguration } from "../kernel/conninfo/configuration.ts";
import { describeTarget } from "../kernel/conninfo/describe.ts";
import { resolveTarget } from "../kernel/conninfo/resolve.ts";
import type { Target } from "../kernel/conninfo/target.ts";
import { Failure } from "../kernel/failure.ts";
import { stateDirectory } from "../kernel/private-files/state-directory.ts";
import { canNameSandbox } from "../sandbox/leftovers/record.ts";
import { dockerProvider } from "../sandbox/providers/docker/docker.ts";
import { embeddedProvider } from "../sandbox/providers/embedded.ts";
import { localProvider } from "../sandbox/providers/local/local.ts";
import type { Provider } from "../sandbox/providers/provider.ts";
import type { SandboxOrder } from "../sandbox/sandbox.ts";
import type { Globals } from "./command/command.ts";
import { roleTarget } from "./live-connections.ts";
import { type EmbeddedQuestion, refuseEmbedded } from "./sandbox-embedded.ts";

export type SandboxFlags = {
  readonly reference: boolean;
  readonly "from-backup": string | undefined;
  readonly "from-live": boolean;
  readonly "gnupg-home": string | undefined;
  readonly provider: string;
  readonly image: string;
  readonly name: string | undefined;
  readonly "min-free-gb": number;
};

export type Ordered = Pick<SandboxOrder, "name" | "stateDirectory" | "provider" | "source" | "minFreeBytes"> & {
  /** Of the source, without a password. */
  readonly line: string;
  readonly configuration: Configuration;
};

const GIB = 1024 ** 3;

export async function orderOf(flags: SandboxFlags & EmbeddedQuestion, globals: Globals): Promise<Ordered | Failure> {
  const refused = refuseEmbedded(flags);
  if (refused !== null) return refused;
  const name = flags.name ?? `cutter-sandbox-${randomBytes(4).toString("hex")}`;
  if (!canNameSandbox(name)) {
    return new Failure("USAGE", `--name ${name} cannot be the name of a sandbox`, {
      hint: "cutter-sandbox- and up to 30 small letters, digits or hyphens.",
    });
  }
  const configuration = await readConfiguration(globals.config, process.env);
  if (configuration instanceof Failure) return configuration;
  const state = stateDirectory(process.env, { flag: globals.stateDir });
  if (state instanceof Failure) return state;
  const chosen = await sourceOf(flags, globals, configuration);
  if (chosen instanceof Failure) return chosen;
  const provider = await providerOf(flags, state);
  if (provider instanceof Failure) return provider;
  const minFreeBytes = flags["min-free-gb"] * GIB;
  return { name, stateDirectory: state, provider, minFreeBytes, configuration, ...chosen };
}

type Chosen = Pick<Ordered, "source" | "line">;

async function sourceOf(
  flags: SandboxFlags,
  globals: Globals,
  configuration: Configuration,
): Promise<Chosen | Failure> {
  const { "from-backup": file, "from-live": live, reference } = flags;
  const given = [
    ...(reference ? ["--reference"] : []),
    ...(live ? ["--from-live"] : []),
    ...(file === undefined ? [] : ["--from-backup"]),
  ];
  if (given.length > 1) return new Failure("USAGE", `${given.join(" and ")} exclude each other`);
  const named = globals.url !== undefined ? "--url" : globals.service !== undefined ? "--service" : null;
  if (named !== null && !live) {
    const hint = "Add --from-live to read it, or leave it out.";
    return new Failure("USAGE", `${named} names a database, and without --from-live none is read`, { hint });
  }
  if (live) return liveSourceOf(globals, configuration);
  if (file !== undefined) return backupSourceOf(file, flags, configuration);
  return { source: { kind: "reference" }, line: "the reference database" };
}

async function liveSourceOf(globals: Globals, configuration: Configuration): Promise<Chosen | Failure> {
  const target = await liveTarget(globals, configuration);
  if (target instanceof Failure) return target;
  if (target.kind === "embedded") return new Failure("USAGE", "--from-live needs a server, not the database inside");
  const { backup } = configuration;
  const [pgDump, pgRestore] = [backup?.pgDump ?? ["pg_dump"], backup?.pgRestore ?? ["pg_restore"]];
  return { source: { kind: "live", target, pgDump, pgRestore }, line: describeTarget(target) };
}

function liveTarget({ url, service }: Globals, configuration: Configuration): Promise<Target | Failure> {
  if (url === undefined && service === undefined) return roleTarget("backup", {}, configuration);
  return resolveTarget({
    environment: process.env,
    ...(url === undefined ? {} : { url }),
    ...(service === undefined ? {} : { service }),
  });
}

function backupSourceOf(file: string, flags: SandboxFlags, { backup }: Configuration): Chosen | Failure {
  const home = flags["gnupg-home"] ?? backup?.gnupgHome ?? null;
  if (home === null) {
    return new Failure("BACKUP_UNREADABLE", "it is not known where the secret key of the backup is", {
      hint: "Name GnuPG's directory with --gnupg-home.",
    });
  }
  const path = resolve(file);
  const programs = { gpg: backup?.gpg ?? ["gpg"], pgRestore: backup?.pgRestore ?? ["pg_restore"] };
  return { source: { kind: "backup", path, gnupgHome: resolve(home), ...programs }, line: path };
}

/** auto: local, else docker: the embedded engine carries a part, and is taken only by name. Where none can, why not. */
async function providerOf({ provider: wanted, image }: SandboxFlags, state: string): Promise<Provider | Failure> {
  const local = localProvider({ stateDirectory: state, binaries: null });
  const docker = dockerProvider({ command: ["docker"], image, environment: process.env });
  if (wanted !== "auto") {
    const found = [local, docker, embeddedProvider()].find(({ name }) => name === wanted);
    if (found === undefined) throw new Error(`${wanted} is no provider`);
    return found;
  }
  const first = await local.unavailable();
  if (first === null) return local;
  const second = await docker.unavailable();
  if (second === null) return docker;
  return new Failure(first.code, `${first.message}; and ${second.message}`, { hint: first.hint, cause: second });
}
