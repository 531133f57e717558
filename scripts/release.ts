/**
 * release: the files of a release in dist/: programs for Linux and macOS, manual page, completion scripts, SHA256SUMS,
 * and with a key its signature.
 *
 * From a commit without changes only, and built twice: a release that is not the same the second time is none. Fetches
 * nothing but what a build does, and publishes nothing: the files are left in dist/. Run by hand, by scripts/release.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SIGNATURE_FILE, SUMS_FILE } from "../src/kernel/evidence/sums.ts";
import { Failure } from "../src/kernel/failure.ts";
import { signerLine, signRelease, verifyingLines } from "./delivery/release-signature.ts";

const ROOT = join(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");
const USAGE = "usage: scripts/release [--key FILE]   an SSH key, private, or the .pub of one that an agent holds";

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function stop(reason: string, code: number): never {
  process.stderr.write(`${reason}\n`);
  process.exit(code);
}

function keyOf(words: readonly string[]): string | null {
  const [first, path, ...more] = words;
  if (first === undefined) return null;
  if (first !== "--key" || path === undefined || more.length > 0) stop(USAGE, 2);
  if (!existsSync(path)) stop(`there is no key ${path}`, 2);
  return path;
}

/** What the sources differ from the commit in; null outside a repository. */
function changes(): string | null {
  const asked = Bun.spawnSync(["git", "status", "--porcelain"], { cwd: ROOT });
  return asked.exitCode === 0 ? `${asked.stdout}`.trim() : null;
}

function build(): string {
  const run = Bun.spawnSync([process.execPath, "scripts/build.ts", "--release"], { cwd: ROOT, stderr: "inherit" });
  if (run.exitCode !== 0) stop("the build failed; nothing was released", 1);
  return readFileSync(join(DIST, SUMS_FILE), "utf8");
}

const key = keyOf(process.argv.slice(2));
const changed = changes();
if (changed === null) stop("this is no repository: a release says which commit it was built from", 2);
if (changed !== "") stop(`the sources are not those of a commit; commit or take back:\n${changed}`, 2);

const first = build();
const second = build();
if (first !== second) {
  // Nobody may take for a release what lies there.
  rmSync(join(DIST, SUMS_FILE));
  stop(`the second build is another one; there is no release:\n${first}\n${second}`, 3);
}
say(`built twice, the same ${first.trimEnd().split("\n").length} files:`);
say(first.trimEnd());

if (key === null) {
  say("");
  say(`not signed: give --key FILE. To check the files: ${verifyingLines().at(-1)}`);
} else {
  const lines = await signRelease(DIST, { path: key, talk: "show" });
  if (lines instanceof Failure) {
    rmSync(join(DIST, SIGNATURE_FILE), { force: true });
    stop(`${lines.code}: ${lines.message}`, 5);
  }
  const half = key.endsWith(".pub") ? key : `${key}.pub`;
  say("");
  say(`signed: ${SIGNATURE_FILE}. To verify, with this line in a file allowed_signers that came another way:`);
  say(
    existsSync(half) ? signerLine(readFileSync(half, "utf8")) : `(the line is made from ${half}, which is not there)`,
  );
  for (const line of lines) say(`  ${line}`);
}
