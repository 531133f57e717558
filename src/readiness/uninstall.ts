/**
 * uninstall: everything that cutter has put, or may have put, on this machine, and the commands that remove it.
 *
 * Removes nothing and runs nothing. A file is named only where it is there and known for ours by its place and name; a
 * directory that holds anything else is left out, and that is said. What lies in databases is told of, never removed by
 * these commands. Called by `cutter uninstall --plan`.
 */
import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { backupDirectory } from "../execution/backup/settings.ts";
import type { Configuration } from "../kernel/conninfo/configuration.ts";
import { printable } from "../kernel/evidence/printable.ts";
import { parseSums, SUMS_FILE } from "../kernel/evidence/sums.ts";
import { errnoOf } from "../kernel/private-files/errno.ts";
import { documentation } from "./documentation-places.ts";
import { describeRemoval, quote } from "./removal.ts";

export type UninstallPlaces = {
  /** The program; null where it runs from source. */
  readonly program: string | null;
  /** Of this user, and the machine's; the first is the one that is meant. */
  readonly stateDirectories: readonly string[];
  /** The files that may be there. */
  readonly configurations: readonly string[];
  readonly configuration: Configuration;
  readonly temporary: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

export type UninstallItem = {
  readonly what: "program" | "state" | "configuration" | "backup" | "documentation" | "leftover";
  readonly path: string;
  /** What goes with it for good; null where it can be had again. */
  readonly loses: string | null;
};

export type UninstallPlan = {
  /** In the order of the commands: the program last. */
  readonly items: readonly UninstallItem[];
  /** What a person has to look at before. */
  readonly before: readonly string[];
  /** What stays, and why. */
  readonly leaves: readonly string[];
  /** For a POSIX shell, to be run in this order, each only after the one before succeeded. */
  readonly commands: readonly string[];
};

/** What a person could not read before running it. */
const HIDDEN = /\p{C}/u;

type Found = { readonly items: readonly UninstallItem[]; readonly leaves: readonly string[] };

export function planUninstall(places: UninstallPlaces): UninstallPlan {
  const [meant, ...usual] = new Set(places.stateDirectories);
  const states = [
    ...(meant === undefined ? [] : [stateOf(meant)]),
    ...usual.map((path) => closed(path) ?? stateOf(path)),
  ];
  const found: readonly Found[] = [
    ...[...new Set(places.configurations)].map(configurationOf),
    { items: backupsOf(places), leaves: [] },
    ...states,
    { items: leftoversIn(places.temporary), leaves: [] },
    documentationOf(places),
    { items: places.program === null ? [] : programsBeside(places.program), leaves: [] },
  ];
  const all = found.flatMap((one) => one.items);
  const items = all.filter(({ path }) => !HIDDEN.test(path));
  const hidden = all.filter(({ path }) => HIDDEN.test(path));
  const removals = [...Map.groupBy(items, ({ what }) => what).values()].map((alike) => {
    return `rm -rf -- ${alike.map(({ path }) => quote(path)).join(" ")}`;
  });
  return {
    items,
    before: [...states.flatMap((state) => state.before), ...runningElsewhere(places.program)],
    leaves: [
      ...found.flatMap((one) => one.leaves),
      ...hidden.map(({ path }) => `${printable(path)} holds characters that cannot be shown`),
      ...keysElsewhere(places),
    ],
    commands: [...states.flatMap((state) => sweepOf(state, places.program)), ...removals],
  };
}

type State = Found & {
  readonly directory: string;
  readonly before: readonly string[];
  /** Sandboxes whose containers and processes only `sandbox sweep` knows. */
  readonly sandboxes: number;
};

function stateOf(directory: string): State {
  const none = { directory, before: [], sandboxes: 0, items: [], leaves: [] };
  if (!fs.existsSync(directory)) return none;
  const { refused } = describeRemoval({ binary: null, configuration: null, stateDirectory: directory });
  if (refused !== null) return { ...none, leaves: [refused] };
  const runs = namesIn(join(directory, "runs")).filter((name) => !name.startsWith("."));
  const backups = namesIn(join(directory, "backups")).filter((name) => name.endsWith(".gpg"));
  const hold = join(directory, "locks", "HOLD");
  const loses = [
    `the evidence of ${count(runs.length, "run")}`,
    ...(backups.length === 0 ? [] : [count(backups.length, "backup")]),
    ...(fs.existsSync(hold) ? ["the HOLD that stands"] : []),
  ];
  return {
    directory,
    sandboxes: namesIn(join(directory, "sandbox")).filter((name) => name.endsWith(".json")).length,
    before: [
      ...(fs.existsSync(hold) ? [`${hold} stands: somebody has to look at the database first (cutter hold show)`] : []),
      ...(runs.length === 0 ? [] : [`keep the evidence: ${keepCommand(directory)}`]),
    ],
    items: [{ what: "state", path: directory, loses: loses.join(", ") }],
    leaves: [],
  };
}

/** One of another account, which its own plan names; null where it is not closed to us. */
function closed(directory: string): State | null {
  const owner = fs.lstatSync(directory, { throwIfNoEntry: false })?.uid;
  if (owner === undefined || owner === process.geteuid?.() || isReadable(directory)) return null;
  const told = `${directory} is closed to you: its owner has a plan of their own, and it is not yours`;
  return { directory, before: [], sandboxes: 0, items: [], leaves: [told] };
}

function isReadable(directory: string): boolean {
  try {
    fs.accessSync(directory, fs.constants.R_OK | fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function keepCommand(directory: string): string {
  return `tar -C ${quote(directory)} -czf cutter-evidence.tar.gz runs`;
}

function sweepOf({ sandboxes, directory }: State, program: string | null): readonly string[] {
  if (sandboxes === 0 || program === null) return [];
  return [`${quote(program)} sandbox sweep --state-dir ${quote(directory)}`];
}

/** cutter.toml in a folder called cutter goes with the folder: what belongs to it lies there too. */
function configurationOf(path: string): Found {
  if (!fs.existsSync(path) && !isOwnFolder(dirname(path), path)) return { items: [], leaves: [] };
  const stateDirectory = join(dirname(path), "nothing");
  const { paths, refused } = describeRemoval({ binary: null, configuration: path, stateDirectory });
  const own = paths.find(({ what }) => what === "configuration");
  if (own === undefined || refused !== null) return { items: [], leaves: refused === null ? [] : [refused] };
  const others = own.path === path ? [] : namesIn(own.path).filter((name) => name !== basename(path));
  const loses = others.length === 0 ? "what is set in it" : `what is set in it, and ${others.join(", ")}`;
  return { items: [{ what: "configuration", path: own.path, loses }], leaves: [] };
}

/** The folder alone may be there: with DISABLED in it, say. */
function isOwnFolder(folder: string, path: string): boolean {
  return basename(folder) === "cutter" && basename(path) === "cutter.toml" && fs.existsSync(folder);
}

const BACKUP = /^(?:cutter-\d{8}T\d{6}Z-[0-9a-f]{8}\.dump\.gpg(?:\.json|\..*partial)?|\.cutter-[\w.-]+)$/;

/** In a directory of the operator's, which stays. */
function backupsOf({ configuration, stateDirectories }: UninstallPlaces): readonly UninstallItem[] {
  const directory = backupDirectory(configuration, stateDirectories[0] ?? "/nonexistent");
  if (stateDirectories.some((state) => directory === join(state, "backups"))) return [];
  const names = namesIn(directory).filter((name) => BACKUP.test(name));
  return names.map((name) => ({ what: "backup", path: join(directory, name), loses: "a backup, or what tells of it" }));
}

function documentationOf({ environment }: UninstallPlaces): Found {
  const { ours, others } = documentation(environment);
  return {
    items: ours.map((path) => ({ what: "documentation", path, loses: null })),
    leaves: others.map((path) => `${path} was not made by cutter`),
  };
}

const TEMPORARY = /^cutter-(?:approval|gnupg)-[A-Za-z0-9]{6}$/;

/** Of processes that were killed: one that ends by itself takes its own along. */
function leftoversIn(temporary: string): readonly UninstallItem[] {
  return namesIn(temporary)
    .filter((name) => TEMPORARY.test(name))
    .map((name) => join(temporary, name))
    .filter((path) => fs.lstatSync(path, { throwIfNoEntry: false })?.uid === process.geteuid?.())
    .map((path) => ({ what: "leftover", path, loses: null }));
}

const SIBLINGS = /^(?:cutter\.previous|cutter-proof|\.cutter\.deploy\.[\w.]+)$/;

/** What scripts/deploy leaves beside a program, and the files of the release that it lies in. */
function programsBeside(program: string): readonly UninstallItem[] {
  const folder = dirname(program);
  const beside = namesIn(folder).filter((name) => SIBLINGS.test(name));
  const names = new Set([...releaseOf(folder, basename(program)), ...beside]);
  names.delete(basename(program));
  const paths = [...[...names].sort().map((name) => join(folder, name)), program];
  return paths.filter((path) => fs.existsSync(path)).map((path) => ({ what: "program", path, loses: null }));
}

/** Only of a list that names the program. */
function releaseOf(folder: string, program: string): readonly string[] {
  const list = join(folder, SUMS_FILE);
  if (!fs.existsSync(list)) return [];
  const sums = parseSums(fs.readFileSync(list, "utf8"));
  if (typeof sums === "string" || !sums.has(program)) return [];
  return [...sums.keys(), SUMS_FILE, `${SUMS_FILE}.sig`].filter((name) => /^(?:cutter|SHA256SUMS)/.test(name));
}

/** The operator's own, wherever they lie: a key may have other uses. */
function keysElsewhere({ configuration, configurations }: UninstallPlaces): readonly string[] {
  const { signing, approvals, backup } = configuration;
  const named = [signing.execKey, signing.verifyKey, signing.attestKey, signing.sshKey, approvals.allowedSigners];
  const folders = configurations.map((path) => `${dirname(path)}/`).filter((folder) => folder.endsWith("/cutter/"));
  return [...named, backup?.keyFile ?? null, backup?.gnupgHome ?? null]
    .filter((path) => path !== null)
    .filter((path) => fs.existsSync(path) && !folders.some((folder) => path.startsWith(folder)))
    .map((path) => `${path} is named in the configuration, and yours`);
}

/** Another process of the same program would go on without its files. */
function runningElsewhere(program: string | null): readonly string[] {
  if (program === null) return [];
  return namesIn("/proc")
    .filter((name) => /^\d+$/.test(name) && name !== `${process.pid}`)
    .filter((pid) => linkOf(`/proc/${pid}/exe`) === program)
    .map((pid) => `process ${pid} is running ${program}: let it end first`);
}

function linkOf(path: string): string | null {
  try {
    return fs.readlinkSync(path);
  } catch (error) {
    // Another user's, or one that has just ended.
    errnoOf(error);
    return null;
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return fs.readdirSync(directory).sort();
  } catch (error) {
    errnoOf(error);
    return [];
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
