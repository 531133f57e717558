/**
 * Tests of scripts/deploy on a real sshd: what is in place afterwards, in every case, and that nothing else is left.
 *
 * The programs are scripts that say of themselves what a selftest would, but for one, which is the built one, spoilt.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../src/kernel/digest.ts";
import { removeFiles, temporaryFolder } from "../database/files.ts";
import { type SshServer, startSshServer } from "../faults/sshd.ts";
import { build, contents, emptied, standIn } from "./stand-in.ts";

const ROOT = join(import.meta.dirname, "../..");
const AGAIN = 'eval "$SSH_ORIGINAL_COMMAND"';

let server: SshServer | { readonly skipped: string };

beforeAll(async () => {
  const isBuilt = fs.existsSync(join(ROOT, "dist/cutter"));
  if (!isBuilt) Bun.spawnSync([process.execPath, join(ROOT, "scripts/build.ts"), "--host"], { cwd: ROOT });
  const odd = temporaryFolder();
  fs.chmodSync(odd, 0o755);
  fs.mkdirSync(join(odd, "riscv"));
  fs.writeFileSync(join(odd, "riscv/uname"), '#!/bin/sh\n[ "$1" = -s ] && echo Linux || echo riscv64\n', {
    mode: 0o755,
  });
  const stuck = 'case "$*" in *kept*/cutter) exit 1 ;; esac; exec /bin/mv "$@"';
  fs.writeFileSync(join(odd, "mv"), `#!/bin/sh\n${stuck}\n`, { mode: 0o755 });
  server = await startSshServer({
    stuck: `PATH=${odd}:$PATH; ${AGAIN}`,
    full: `ulimit -f 2000; ${AGAIN}`,
    noisy: `echo welcome; stdbuf -o0 tr P Q | ${AGAIN}`,
    riscv: `PATH=${odd}/riscv:$PATH; ${AGAIN}`,
  });
}, 60_000);
afterAll(() => {
  if ("remove" in server) server.remove();
  removeFiles();
});

type Case = {
  readonly host?: string;
  readonly from: string;
  /** Made with a program in it, unless it is named. */
  readonly to?: string;
  readonly words?: readonly string[];
};

type Ended = { readonly exit: number; readonly said: string; readonly there: Readonly<Record<string, string>> };

const OLD = standIn({ name: "old" });

/** The folder on the host, with the old program in it. */
function target({ home, uid }: SshServer): string {
  const folder = fs.mkdtempSync(join(home, "bin-"));
  fs.writeFileSync(join(folder, "cutter"), OLD, { mode: 0o755 });
  for (const path of [folder, join(folder, "cutter")]) fs.chownSync(path, uid, -1);
  return folder;
}

function start(
  { configuration }: Pick<SshServer, "configuration">,
  { host = "plain", from, to = "", words = [] }: Case,
) {
  const script = join(ROOT, "scripts/deploy.ts");
  const argv = [process.execPath, script, host, "--to", to, "--from", from, "-F", configuration, ...words];
  // In a group of its own: Ctrl-C reaches ssh as well.
  return Bun.spawn(argv, { stdin: "ignore", stdout: "pipe", stderr: "pipe", detached: true });
}

async function ended(child: ReturnType<typeof start>, to: string): Promise<Ended> {
  const [exit, out, talk] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
  return { exit, said: `${talk}${out}`, there: contents(to) };
}

/** Nothing where there is no sshd, which was said. */
async function deployed(change: Omit<Case, "from"> & { readonly from?: string }): Promise<Ended | null> {
  if ("skipped" in server) return null;
  const to = change.to ?? target(server);
  return ended(start(server, { from: build(standIn({ name: "new" })), ...change, to }), to);
}

function expectEnd(got: Ended | null, want: Omit<Ended, "said">, ...says: readonly string[]): void {
  if (got === null) return;
  expect({ exit: got.exit, there: got.there, said: got.said }).toEqual({ ...want, said: expect.any(String) });
  for (const text of says) expect(got.said).toContain(text);
}

const STAYS = { cutter: "old" };
const UNTOUCHED = "On the host, what was in place before is in place.";

async function until(holds: () => boolean): Promise<void> {
  for (let look = 0; look < 2_000 && !holds(); look++) await Bun.sleep(5);
  if (!holds()) throw new Error("what was waited for did not happen");
}

describe("a program that is sound", () => {
  test("is in place, and the one before is kept", async () => {
    const got = await deployed({});
    expectEnd(got, { exit: 0, there: { cutter: "new", "cutter.previous": "old" } }, "in place: ", "is cutter new");
  });

  test("is in place where there was none, and is not brought again where it is already", async () => {
    if ("skipped" in server) return;
    const to = emptied(target(server));
    const from = build(standIn({ name: "new" }));
    expectEnd(await deployed({ to, from }), { exit: 0, there: { cutter: "new" } });
    expectEnd(await deployed({ to, from }), { exit: 0, there: { cutter: "new" } }, "it is there already");
  });

  test("goes back, and back again", async () => {
    if ("skipped" in server) return;
    const to = target(server);
    await deployed({ to });
    const back = await deployed({ to, words: ["--back"] });
    expectEnd(back, { exit: 0, there: { cutter: "old", "cutter.previous": "new" } }, "is cutter old");
    expectEnd(await deployed({ to, words: ["--back"] }), {
      exit: 0,
      there: { cutter: "new", "cutter.previous": "old" },
    });
    const none = await deployed({ words: ["--back"] });
    expectEnd(none, { exit: 2, there: STAYS }, "there is nothing to go back to", UNTOUCHED);
  });
});

describe("what goes wrong leaves the program that was there", () => {
  test("its selftest fails aside, or only in place", async () => {
    const [aside = null, inPlace = null, unfit = null] = await Promise.all([
      deployed({ from: build(standIn({ name: "bad", aside: 3 })) }),
      deployed({ from: build(standIn({ name: "bad", inPlace: 3 })) }),
      deployed({ from: build("\u007fELF of another machine") }),
    ]);
    const says = "its selftest failed there, with exit code: 3 before";
    expectEnd(aside, { exit: 3, there: STAYS }, says, "CUTTER_SELFTEST 3");
    expectEnd(inPlace, { exit: 3, there: STAYS }, "3 in place; what was there before is back");
    expectEnd(unfit, { exit: 3, there: STAYS }, "its selftest failed there");
  });

  test("where it cannot be put back, it is said where the one before is, and it is there", async () => {
    const got = await deployed({ host: "stuck", from: build(standIn({ name: "bad", inPlace: 3 })) });
    if (got === null) return;
    const kept = Object.keys(got.there).find((name) => name.startsWith(".cutter.deploy.kept.")) ?? "";
    expectEnd(got, { exit: 7, there: { cutter: "bad", [kept]: "old" } }, `${kept}.`, "could not be put back");
  });

  test("a previous one that is not sound is not put back, nor left in place", async () => {
    if ("skipped" in server) return;
    const there = { cutter: "old", "cutter.previous": "bad" };
    const cases = [
      [{ aside: 0, inPlace: 3, takes: "case $0 in *previous) code=3 ;; esac" }, "before it was put back"],
      [{ inPlace: 3, takes: "case $0 in *previous) code=0 ;; esac" }, "in place; it was taken back"],
    ] as const;
    const { uid } = server;
    const folders = cases.map(([bad]) => {
      const to = target(server as SshServer);
      fs.writeFileSync(join(to, "cutter.previous"), standIn({ name: "bad", ...bad }), { mode: 0o755 });
      fs.chownSync(join(to, "cutter.previous"), uid, -1);
      return to;
    });
    const got = await Promise.all(folders.map((to) => deployed({ to, words: ["--back"] })));
    for (const [index, [, says]] of cases.entries()) expectEnd(got[index] ?? null, { exit: 3, there }, says);
  });

  test("the file here is not the listed one, or was changed on its way", async () => {
    const program = standIn({ name: "new" });
    const [here = null, onTheWay = null] = await Promise.all([
      deployed({ from: build(program, sha256("another")) }),
      deployed({ host: "noisy", from: build(`${program}# P${"x".repeat(10_000)}`) }),
    ]);
    expectEnd(here, { exit: 3, there: STAYS }, "is not the one in", UNTOUCHED);
    expectEnd(onTheWay, { exit: 3, there: STAYS }, "what arrived has another digest", UNTOUCHED);
  });

  test("there is no program for the host, or no build at all", async () => {
    const [riscv = null, unbuilt = null] = await Promise.all([
      deployed({ host: "riscv" }),
      deployed({ from: temporaryFolder() }),
    ]);
    expectEnd(riscv, { exit: 2, there: STAYS }, "the host is Linux riscv64, and there is no cutter for it", UNTOUCHED);
    expectEnd(unbuilt, { exit: 2, there: STAYS }, "there is no build", "next: scripts/build");
  });

  test("the directory is missing, may not be written, or has something else under the name", async () => {
    if ("skipped" in server) return;
    const [closed, taken] = [target(server), emptied(target(server))];
    fs.chmodSync(closed, 0o555);
    fs.mkdirSync(join(taken, "cutter"));
    const [forth = null, back = null, got = null, folder = null] = await Promise.all([
      deployed({ to: closed }),
      deployed({ to: closed, words: ["--back"] }),
      ended(start(server, { from: build(OLD), to: join(taken, "no") }), temporaryFolder()),
      ended(start(server, { from: build(OLD), to: taken }), temporaryFolder()),
    ]);
    expectEnd(forth, { exit: 5, there: STAYS }, "the directory there may not be written");
    expectEnd(back, { exit: 5, there: STAYS }, "the directory there may not be written", UNTOUCHED);
    expectEnd(got, { exit: 5, there: {} }, "there is no such directory there");
    expectEnd(folder, { exit: 5, there: {} }, "what lies there under that name is no file");
  });

  test("the host has no room, or runs out of it", async () => {
    if ("skipped" in server) return;
    const large = `${standIn({ name: "new" })}${"x".repeat(3_000_000)}`;
    const full = await deployed({ host: "full", from: build(large) });
    expectEnd(full, { exit: 5, there: STAYS }, "the host could not write it", UNTOUCHED);
    if (process.getuid?.() !== 0) return;
    const to = target(server);
    const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", `size=1m,uid=${server.uid}`, "tmpfs", to]);
    if (mounted.exitCode !== 0)
      return void process.stderr.write("SKIPPED: a full disk: no tmpfs can be mounted here\n");
    try {
      expectEnd(await deployed({ to, from: build(large) }), { exit: 5, there: {} }, "no space: ", UNTOUCHED);
    } finally {
      Bun.spawnSync(["umount", to]);
    }
  });

  test("the host cannot be reached", async () => {
    const got = await deployed({ host: "plain", words: ["-o", "HostName=127.0.0.1", "-o", "Port=1"] });
    expectEnd(got, { exit: 5, there: STAYS }, "plain cannot be reached", UNTOUCHED, "-o Port=1 plain true");
  });
});

describe("an end in the middle", () => {
  const large = (): string => build(`${standIn({ name: "new" })}${"x".repeat(60_000_000)}`);
  const isArriving = (to: string) => (): boolean =>
    fs.readdirSync(to).some((name) => name.startsWith(".cutter.deploy."));

  test("the server is gone while it is copied: the old program stays, and nothing of the new one", async () => {
    if ("skipped" in server) return;
    const to = target(server);
    const child = start(server, { from: large(), to });
    await until(isArriving(to));
    server.kill();
    const got = await ended(child, to);
    await until(() => !isArriving(to)());
    await server.start();
    expectEnd({ ...got, there: contents(to) }, { exit: 5, there: STAYS }, "the connection to plain ended", UNTOUCHED);
  });

  test("the server is gone while it is put in place: nobody says which is there, the host ends it well", async () => {
    if ("skipped" in server) return;
    const to = target(server);
    const takes = "case $0 in */.cutter.deploy.*) ;; *) sleep 0.7 ;; esac";
    const child = start(server, { from: build(standIn({ name: "new", takes })), to });
    await until(() => contents(to).cutter === "new");
    server.kill();
    const got = await ended(child, to);
    await until(() => contents(to)["cutter.previous"] === "old" && !isArriving(to)());
    await server.start();
    const want = { exit: 7, there: { cutter: "new", "cutter.previous": "old" } };
    expectEnd({ ...got, there: contents(to) }, want, "One of both is there, whole");
  });

  test("Ctrl-C while it is copied, or tried aside", async () => {
    if ("skipped" in server) return;
    const { configuration } = server;
    const interrupt = async (from: string): Promise<Ended> => {
      const to = target(server as SshServer);
      const child = start({ configuration }, { from, to });
      await until(isArriving(to));
      process.kill(-child.pid, "SIGINT");
      return ended(child, to);
    };
    const trying = build(standIn({ name: "new", takes: "sleep 0.7" }));
    for (const got of await Promise.all([interrupt(large()), interrupt(trying)])) {
      expectEnd(got, { exit: 130, there: STAYS }, "interrupted", "is as it was before");
    }
  });

  test("Ctrl-C while it is tried in place: the host goes on by itself, and the end is told", async () => {
    if ("skipped" in server) return;
    const takes = "case $0 in */.cutter.deploy.*) ;; *) sleep 0.7 ;; esac";
    const [good, bad] = [standIn({ name: "new", takes }), standIn({ name: "bad", takes, inPlace: 3 })];
    const cases = [
      [good, target(server), { cutter: "new", "cutter.previous": "old" }, "by then the new program was in place"],
      [bad, target(server), STAYS, "is as it was before"],
      [bad, emptied(target(server)), {}, "is as it was before"],
    ] as const;
    const got = await Promise.all(
      cases.map(async ([program, to]) => {
        const child = start(server as SshServer, { from: build(program), to });
        await until(() => contents(to).cutter === (program === good ? "new" : "bad"));
        process.kill(-child.pid, "SIGINT");
        return ended(child, to);
      }),
    );
    for (const [at, [, , there, says]] of cases.entries()) expectEnd(got[at] ?? null, { exit: 130, there }, says);
  });
});

test("the built program, with one bit of it flipped before its digest was taken, gives itself away there", async () => {
  const program = fs.readFileSync(join(ROOT, "dist/cutter"));
  const at = Math.floor(program.length / 3);
  program[at] = (program[at] ?? 0) ^ 1;
  const got = await deployed({ from: build(program) });
  const says = ["CUTTER_SELFTEST", "error SELFTEST_FAILED: not as it should be: seal (", UNTOUCHED];
  expectEnd(got, { exit: 3, there: STAYS }, ...says);
});
