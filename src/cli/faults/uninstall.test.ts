/**
 * Tests of `cutter uninstall --plan`: what it prints, run by a shell, leaves nothing of cutter, and all that is not.
 *
 * The built program, in a home of its own. As root it runs as nobody: what this machine itself has of cutter is out of
 * its reach, and no command is run that names a path outside the home.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { removeFiles, temporaryFolder } from "../../../scripts/database/files.ts";

const ROOT = join(import.meta.dirname, "../../..");
const CUTTER = process.env.CUTTER_BINARY ?? join(ROOT, "dist/cutter");
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

beforeAll(() => {
  if (!fs.existsSync(CUTTER))
    Bun.spawnSync([process.execPath, join(ROOT, "scripts/build.ts"), "--host"], { cwd: ROOT });
}, 60_000);
afterAll(removeFiles);

function run(home: string, words: readonly string[]) {
  const as = isRoot ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"] : [];
  const env = { PATH: "/usr/bin:/bin", HOME: home, TMPDIR: join(home, "tmp") };
  const ended = Bun.spawnSync([...as, ...words], { cwd: home, env, stdin: "ignore" });
  return { code: ended.exitCode, out: `${ended.stdout}`, said: `${ended.stderr}` };
}

function isClosedHere(): boolean {
  const mode = fs.statSync("/var/lib/cutter", { throwIfNoEntry: false })?.mode ?? 0o777;
  return (mode & 0o005) !== 0o005;
}

function files(folder: string): string[] {
  const names = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => !fs.statSync(join(folder, name)).isDirectory()).sort();
}

/** A home in which cutter was installed and used, beside things that are not its own. */
function usedHome(): string {
  const home = temporaryFolder();
  for (const path of [home, join(home, "..")]) fs.chmodSync(path, 0o755);
  const folders = ["bin", "tmp", ".local/share/man/man1", ".config/fish/completions", "documents"];
  for (const folder of folders) fs.mkdirSync(join(home, folder), { recursive: true });
  fs.copyFileSync(CUTTER, join(home, "bin/cutter"));
  fs.writeFileSync(join(home, "bin/cutter.previous"), "a program");
  for (const name of ["bin/other", "documents/law.md", "tmp/other", ".config/other"]) {
    fs.writeFileSync(join(home, name), "mine");
  }
  if (isRoot) Bun.spawnSync(["chown", "-R", `${NOBODY}:${NOBODY}`, home]);
  const cutter = join(home, "bin/cutter");
  const script = [
    `${cutter} init && ${cutter} dryrun >/dev/null`,
    `${cutter} help --man > .local/share/man/man1/cutter.1`,
    `${cutter} completion fish > .config/fish/completions/cutter.fish`,
    `mkdir tmp/cutter-approval-a1b2c3`,
  ];
  expect(run(home, ["/bin/sh", "-c", script.join(" && ")])).toMatchObject({ code: 0 });
  return home;
}

test("the whole output, pasted into a shell, leaves all that is not cutter's and nothing that is", () => {
  const home = usedHome();
  const before = files(home);
  expect(before.filter((name) => name.startsWith(".local/state/cutter/runs/")).length).toBeGreaterThan(5);
  const plan = run(home, [join(home, "bin/cutter"), "uninstall", "--plan"]);
  expect(files(home)).toEqual(before);
  const commands = plan.out.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const outside = commands
    .flatMap((line) => line.replace(/ &&$/, "").split(" ").slice(3))
    .filter((word) => {
      return !word.startsWith(`${home}/`);
    });
  // Nothing is run that would reach beyond this home.
  expect({ outside, removals: commands.every((line) => line.startsWith("rm -rf -- ")) }).toEqual({
    ...{ outside: [], removals: true },
  });
  expect(plan.out.replaceAll(/\n#\s+/g, " ")).toContain("LOST: the evidence of 1 run ");
  expect(run(home, ["/bin/sh", "-c", plan.out])).toEqual({ code: 0, out: "", said: "" });
  expect(files(home)).toEqual([".config/other", "bin/other", "documents/law.md", "tmp/other"]);
  const folders = fs.readdirSync(home, { recursive: true, encoding: "utf8" }).filter((name) => name.includes("cutter"));
  expect(folders).toEqual([]);
});

test("what the plan has to leave is said, with an exit code that is not 0", () => {
  const home = temporaryFolder();
  const state = join(home, ".local/state/cutter");
  fs.mkdirSync(state, { recursive: true });
  for (const path of [home, join(home, ".."), join(home, ".local"), join(home, ".local/state")])
    fs.chmodSync(path, 0o755);
  const clean = run(home, [CUTTER, "uninstall", "--plan"]);
  // That of this machine, if it has one, is root's: it is told of, and is no failure of this user's plan.
  expect([clean.code, clean.out.includes("/var/lib/cutter is closed to you")]).toEqual([0, isClosedHere()]);
  fs.writeFileSync(join(state, "letter.txt"), "");
  const { code, out, said } = run(home, [CUTTER, "uninstall", "--plan", "--json"]);
  const { leaves, commands } = JSON.parse(out) as { leaves: string[]; commands: string[] };
  expect({ code, removesState: commands.some((command) => command.includes(state)) }).toEqual({
    ...{ code: 3, removesState: false },
  });
  expect(leaves[0]).toContain("holds what is not cutter's: letter.txt");
  expect(said).toContain("error UNINSTALL_INCOMPLETE: the plan leaves something: ");
});

test("without --plan nothing is printed, and it is said that nothing is removed", () => {
  const home = temporaryFolder();
  fs.chmodSync(home, 0o755);
  const { code, out, said } = run(home, [CUTTER, "uninstall"]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(said).toContain("data: Nothing was removed.");
});
