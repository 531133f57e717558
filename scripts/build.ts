/**
 * build: makes dist/cutter and dist/cutter-proof for this machine, the same for the other kind, the manual page, the
 * completion scripts, and SHA256SUMS over all.
 *
 * The same sources give the same bytes, in any directory and on either machine: no path, time or name of the machine
 * goes in. The programs read no .env, bunfig.toml, tsconfig.json or package.json where they are run. Never strip the
 * files: the program stands behind the end of what ELF knows. Run by hand, by scripts/demo, scripts/suite.ts and
 * scripts/release.ts; `perform` has the words.
 */
import { chmod, copyFile, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { bashScript } from "../src/cli/command/completion/bash.ts";
import { fishScript } from "../src/cli/command/completion/fish.ts";
import { placesOf } from "../src/cli/command/completion/places.ts";
import { zshScript } from "../src/cli/command/completion/zsh.ts";
import { renderManual } from "../src/cli/command/manual.ts";
import { CUTTER } from "../src/cli/commands.ts";
import { sha256 } from "../src/kernel/digest.ts";
import { VERSION } from "../src/kernel/version.ts";
import { ownPathIn } from "./delivery/own-path.ts";
import { assetDigests, sealProgram } from "./delivery/seal.ts";
import { embeddedParser } from "./embedded-parser.ts";
import { ensureSnapshot, sqlDigest } from "./snapshot.ts";

const ROOT = join(import.meta.dir, "..");
const DIST = join(ROOT, "dist");
const WORKSHOP = join(ROOT, ".cache/build");
const TEST_WORKSHOP = join(ROOT, ".cache/build-crash-points");

const TARGETS = ["linux-x64", "linux-arm64"] as const;
/** Approvers may have a Mac. */
const RELEASE_TARGETS = [...TARGETS, "darwin-x64", "darwin-arm64"] as const;
type Target = (typeof RELEASE_TARGETS)[number];

/** A program for macOS is signed when it is linked, and changes no more. */
const SEAL = "src/kernel/version/seal.txt";

type Program = { readonly name: string; readonly entrypoints: readonly string[]; readonly engine: "inside" | "none" };

/** The engine's thread is a second entry point; its name must not depend on where the first one stands. */
const PROGRAMS: readonly Program[] = [
  { name: "cutter", entrypoints: ["src/main.ts", "src/kernel/embedded/worker.ts"], engine: "inside" },
  { name: "cutter-proof", entrypoints: ["proofs/main.ts"], engine: "none" },
];

/** Builds all programs for these targets; the paths of the files in dist/. */
async function build(targets: readonly Target[]): Promise<readonly string[]> {
  const stamps: Readonly<Record<string, string>> = { ...(await stampsOf()), CUTTER_TEST_BUILD: "none" };
  await rm(WORKSHOP, { recursive: true, force: true });
  const names: string[] = [];
  for (const target of targets) {
    for (const program of PROGRAMS) names.push(await compile(program, { target, stamps, workshop: WORKSHOP }));
  }
  for (const [name, text] of await documents(stamps.CUTTER_COMMIT_DATE ?? "unknown")) {
    await Bun.write(join(WORKSHOP, name), text);
    names.push(name);
  }
  await publish(names);
  return [...names, "SHA256SUMS"].map((name) => join(DIST, name));
}

/** Builds cutter for this machine with crash points (src/kernel/crash-point.ts) into a folder that is not dist/. */
async function buildWithCrashPoints({ target, folder }: TestOrder): Promise<readonly string[]> {
  if (resolve(folder) === DIST) throw new Error("dist/ holds released programs only");
  const stamps = { ...(await stampsOf()), CUTTER_TEST_BUILD: "crash-points" };
  await rm(TEST_WORKSHOP, { recursive: true, force: true });
  const names: string[] = [];
  for (const program of PROGRAMS.filter(({ name }) => name === "cutter")) {
    names.push(await compile(program, { target, stamps, workshop: TEST_WORKSHOP }));
  }
  await mkdir(folder, { recursive: true });
  // Another file system may be meant, where a rename does not lead.
  for (const name of names) await copyFile(join(TEST_WORKSHOP, name), join(folder, name));
  return names.map((name) => join(folder, name));
}

async function stampsOf(): Promise<Readonly<Record<string, string>>> {
  await ensureSnapshot();
  return {
    CUTTER_COMMIT: await commit(),
    CUTTER_COMMIT_DATE: (await git("log", "-1", "--format=%cs")) ?? "unknown",
    CUTTER_SQL_DIGEST: sqlDigest(),
    CUTTER_ASSETS: JSON.stringify(await assetDigests(ROOT)),
  };
}

type TestOrder = { readonly target: Target; readonly folder: string };

type Order = {
  readonly target: Target;
  readonly stamps: Readonly<Record<string, string>>;
  readonly workshop: string;
};

/** The file's own name goes into the program, so it is the same for each target until the file is in place. */
async function compile({ name, entrypoints, engine }: Program, { target, stamps, workshop }: Order): Promise<string> {
  const folder = join(workshop, target);
  await mkdir(folder, { recursive: true });
  await Bun.build({
    entrypoints: entrypoints.map((path) => join(ROOT, path)),
    root: ROOT,
    plugins: [embeddedParser],
    naming: { entry: "[name].[ext]" },
    define: stampedIn({ ...stamps, CUTTER_ENGINE: engine }),
    format: "esm",
    splitting: true,
    bytecode: true,
    sourcemap: "none",
    // Names stay, so that the stack trace in a bug report can be read.
    minify: { whitespace: true, syntax: true, identifiers: false },
    compile: {
      target: `bun-${target}`,
      outfile: join(folder, name),
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
    },
  });
  await refusePaths(join(folder, name));
  if (engine === "inside" && !target.startsWith("darwin"))
    await sealProgram(join(folder, name), await Bun.file(join(ROOT, SEAL)).text());
  const published = target === hostTarget() ? name : `${name}-${target}`;
  await chmod(join(folder, name), 0o755);
  await rename(join(folder, name), join(workshop, published));
  return published;
}

async function refusePaths(program: string): Promise<void> {
  const path = ownPathIn(await Bun.file(program).bytes(), ROOT);
  if (path !== null) throw new Error(`${program} holds a path: ${path}`);
}

function stampedIn(stamps: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(stamps).map(([name, value]) => [name, JSON.stringify(value)]));
}

/** Name → text of what is not a program. What the programs print themselves is the same: a test compares it. */
async function documents(date: string): Promise<readonly (readonly [string, string])[]> {
  const places = await placesOf(CUTTER);
  return [
    ["cutter.1", renderManual(CUTTER, { version: VERSION, date })],
    ["cutter.bash", bashScript(CUTTER.name, places)],
    ["cutter.fish", fishScript(CUTTER.name, places)],
    ["cutter.zsh", zshScript(CUTTER.name, places)],
  ];
}

/** What was there before goes, so that dist/ never holds programs of two builds. */
async function publish(names: readonly string[]): Promise<void> {
  const lines: string[] = [];
  for (const name of [...names].sort()) {
    lines.push(`${sha256(await Bun.file(join(WORKSHOP, name)).bytes())}  ${name}\n`);
  }
  await Bun.write(join(WORKSHOP, "SHA256SUMS"), lines.join(""));
  await mkdir(DIST, { recursive: true });
  for (const old of await readdir(DIST))
    if (old.startsWith("cutter") || old.startsWith("SHA256SUMS")) await rm(join(DIST, old));
  for (const name of [...names, "SHA256SUMS"]) await rename(join(WORKSHOP, name), join(DIST, name));
}

/** What a program is made of. */
const SOURCES = ["src", "proofs", "sql", "scripts", "package.json", "bun.lock", "tsconfig.json"];

/** The commit's hash; `+changes` where the sources are not those of the commit, `unknown` outside a repository. */
async function commit(): Promise<string> {
  const [head, changes] = await Promise.all([git("rev-parse", "HEAD"), git("status", "--porcelain", "--", ...SOURCES)]);
  if (head === null || changes === null) return "unknown";
  return changes === "" ? head : `${head}+changes`;
}

async function git(...words: readonly string[]): Promise<string | null> {
  try {
    const asked = Bun.spawn(["git", ...words], { cwd: ROOT, stdio: ["ignore", "pipe", "ignore"] });
    const said = await asked.stdout.text();
    return (await asked.exited) === 0 ? said.trim() : null;
  } catch {
    return null;
  }
}

function hostTarget(): Target | null {
  return RELEASE_TARGETS.find((target) => target === `${process.platform}-${process.arch}`) ?? null;
}

/** What the command line asks for; the paths of what was built. */
async function perform(words: readonly string[]): Promise<readonly string[]> {
  if (words.length === 0) return build(TARGETS);
  const host = hostTarget();
  const [first, second, folder] = words;
  if (words.length === 1 && first === "--host" && host !== null) return build([host]);
  if (words.length === 1 && first === "--release") return build(RELEASE_TARGETS);
  const isTest = words.length === 3 && first === "--crash-points" && second === "--outdir";
  if (isTest && folder && host !== null) return buildWithCrashPoints({ target: host, folder });
  throw new Error(`usage: scripts/build [--host | --release | --crash-points --outdir DIR]`);
}

if (import.meta.main) {
  for (const path of await perform(process.argv.slice(2))) process.stdout.write(`${relative(ROOT, path)}\n`);
}
