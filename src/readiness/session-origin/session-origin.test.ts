/** Tests of how a process was started, on real processes under a process of that name, and on written-out /proc. */
import { afterAll, expect, test } from "bun:test";
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep } from "../../kernel/clock.ts";
import type { Facts } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { errnoOf } from "../../kernel/private-files/errno.ts";
import { readSessionOrigin, type SessionOrigin } from "../session-origin.ts";

const root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "cutter-origin-")));
const started: ChildProcess[] = [];
const sleepers: number[] = [];
afterAll(() => {
  for (const pid of [...sleepers, ...started.flatMap(({ pid }) => (pid === undefined ? [] : [-pid]))]) end(pid);
  fs.rmSync(root, { recursive: true, force: true });
});

/** What had ended by itself is not there any more. */
function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (errnoOf(error) !== "ESRCH") throw error;
  }
}

let made = 0;
const SHELL = fs.realpathSync("/bin/sh");

/** A copy of the shell under this name that starts `words`; the process id that the last of them writes. */
async function below(name: string, words: (idFile: string) => readonly string[]): Promise<number> {
  const folder = join(root, `real-${++made}`);
  fs.mkdirSync(folder);
  const program = join(folder, name);
  fs.copyFileSync(SHELL, program);
  const idFile = join(folder, "pid");
  // The last command of a shell would take its place: it waits instead.
  const script = '"$@" & wait';
  const child = spawn(program, ["-c", script, name, ...words(idFile)], { detached: true, stdio: "ignore" });
  started.push(child);
  return idIn(idFile);
}

async function idIn(idFile: string): Promise<number> {
  for (let tries = 0; tries < 500 && !written(idFile); tries++) await sleep(10);
  const pid = Number(fs.readFileSync(idFile, "utf8"));
  sleepers.push(pid);
  return pid;
}

function written(path: string): boolean {
  return fs.existsSync(path) && fs.readFileSync(path, "utf8").endsWith("\n");
}

/** Writes its own id and sleeps: what stands in for our program. */
function sleeper(idFile: string): string[] {
  return ["/bin/sh", "-c", `echo $$ > '${idFile}'; exec sleep 60`];
}

function origin(pid: number): SessionOrigin {
  return readSessionOrigin({ pid, containerMarks: [] });
}

test("a real process below one called cron is cron's, through shells and another session in between", async () => {
  const direct = origin(await below("cron", sleeper));
  const pid = await below("crond", (file) => [
    "/bin/sh",
    "-c",
    `setsid sh -c '"$@"; true' x "$@"`,
    "x",
    ...sleeper(file),
  ]);
  const deep = origin(pid);
  expect([direct, deep].map(({ verdict, name }) => `${verdict} ${name}`)).toEqual(["cron cron", "cron crond"]);
  expect(deep.terminal).toBeNull();
  expect(deep.evidence).toContainEqual(expect.stringMatching(/^process \d+ above it is crond \(.*\/crond\)$/));
  expect(direct.ancestors[0]).toMatchObject({ comm: "cron" });
});

test("a real process below one called cronjob, cookie-cron or Cron (x) is not cron's", async () => {
  for (const name of ["cronjob", "cookie-cron", "a) S 1 (cron"]) {
    const { name: decidedBy, ancestors } = origin(await below(name, sleeper));
    expect({ name: ancestors[0]?.comm, decides: decidedBy === name }).toEqual({ name, decides: false });
  }
});

test("a real script called atd is known by its name, though a shell runs it", async () => {
  const script = join(root, "atd");
  const idFile = join(root, "atd.pid");
  fs.writeFileSync(script, `#!/bin/sh\nsh -c 'echo $$ > "${idFile}"; exec sleep 60' &\nwait\n`, { mode: 0o755 });
  started.push(spawn(script, [], { detached: true, stdio: "ignore" }));
  const { verdict, name } = origin(await idIn(idFile));
  expect({ verdict, name }).toEqual({ verdict: "cron", name: "atd" });
});

test("a real process below sshd is interactive without a terminal, which is said", async () => {
  const { verdict, name, terminal, evidence } = origin(await below("sshd", sleeper));
  expect({ verdict, name, terminal }).toEqual({ verdict: "interactive", name: "sshd", terminal: null });
  expect(evidence[0]).toBe("it has no controlling terminal");
});

test("the nearest of cron and sshd decides", async () => {
  const nested = (inner: string) => async (outer: string) => {
    const copy = join(root, inner);
    fs.copyFileSync(SHELL, copy);
    return origin(await below(outer, (file) => [copy, "-c", '"$@" & wait', inner, ...sleeper(file)])).verdict;
  };
  expect([await nested("sshd")("cron"), await nested("cron")("sshd")]).toEqual(["interactive", "cron"]);
});

test("a real process on a terminal has it by name", async () => {
  const idFile = join(root, "pty.pid");
  const words = ["-qec", `echo $$ > '${idFile}'; tty > '${idFile}.tty'; exec sleep 60`, join(root, "typescript")];
  started.push(spawn("script", words, { detached: true, stdio: "ignore" }));
  for (let tries = 0; tries < 500 && !written(`${idFile}.tty`); tries++) await sleep(10);
  const { terminal } = origin(await idIn(idFile));
  expect(`/dev/${terminal}\n`).toBe(fs.readFileSync(`${idFile}.tty`, "utf8"));
});

test("this process itself is judged, with a process above it and facts that are JSON", () => {
  const facts: Facts = readSessionOrigin();
  expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
  expect(readSessionOrigin().ancestors[0]?.pid).toBe(process.ppid);
});

type Written = { readonly comm?: string; readonly argv?: string; readonly parent?: number; readonly tty?: number };

/** A folder that looks like /proc, from process id to what stands there; 9 is our process. */
function proc(processes: Readonly<Record<number, Written>>, cgroup = "0::/\n"): string {
  const path = join(root, `proc-${++made}`);
  for (const [pid, { comm = "sh", argv = comm, parent = 1, tty = 0 }] of Object.entries(processes)) {
    fs.mkdirSync(join(path, pid), { recursive: true });
    fs.writeFileSync(join(path, pid, "stat"), `${pid} (${comm}) S ${parent} ${pid} ${pid} ${tty} -1 0 0\n`);
    fs.writeFileSync(join(path, pid, "cmdline"), argv === "" ? "" : `${argv}\0--password=canary\0`);
    fs.writeFileSync(join(path, pid, "cgroup"), cgroup);
  }
  return path;
}

const INIT = { comm: "systemd", parent: 0 };

function verdictIn(folder: string, containerMarks: readonly string[] = []): string {
  const { verdict, name } = readSessionOrigin({ pid: 9, proc: folder, containerMarks });
  return name === null ? verdict : `${verdict} ${name}`;
}

const PTS_3 = (136 << 8) + 3;

test("a unit is known by its control group, in the one hierarchy and in systemd's own", () => {
  const groups: readonly (readonly [string, string])[] = [
    ["0::/system.slice/nightly.service\n", "systemd unit nightly.service"],
    ["0::/system.slice/nightly.service/worker\n", "systemd unit nightly.service"],
    ["4:memory:/x\n1:name=systemd:/system.slice/run-u7.service\n0::/\n", "systemd unit run-u7.service"],
    ["0::/user.slice/user-7.slice/user@7.service/app.slice/job.service\n", "systemd unit job.service"],
    ["0::/system.slice/system-job.slice/job@a:b.service\n", "systemd unit job@a:b.service"],
    ["0::/system.slice/cron.service\n", "cron cron.service"],
    ["0::/system.slice/atd.service\n", "cron atd.service"],
    ["0::/system.slice/ssh.service\n", "not known here"],
    ["0::/system.slice/system-sshd.slice/sshd@3-1.2.3.4:22.service\n", "not known here"],
    ["0::/user.slice/user-7.slice/session-3.scope\n", "not known here"],
    ["0::/user.slice/user-7.slice/user@7.service/tmux-spawn-1.scope\n", "not known here"],
    ["0::/system.slice/getty@tty1.service\n", "not known here"],
    ["3:cpu:/system.slice/nightly.service\n0::/\n", "not known here"],
    ["", "not known here"],
  ];
  const got = groups.map(([cgroup]) => [cgroup, verdictIn(proc({ 1: INIT, 9: {} }, cgroup))]);
  expect(got).toEqual(groups.map((pair) => [...pair]));
});

test("a unit with a terminal, tmux or a login shell in it is a unit; below sshd it is a person's", () => {
  const unit = "0::/system.slice/own-sshd.service\n";
  const tree = (comm: string) => proc({ 1: INIT, 5: { comm, argv: "-bash" }, 9: { parent: 5, tty: PTS_3 } }, unit);
  expect(verdictIn(tree("tmux: server"))).toBe("systemd unit own-sshd.service");
  expect(verdictIn(tree("sshd-session"))).toBe("interactive sshd-session");
});

test("tmux, screen, a terminal and a login shell are a person's, in this order", () => {
  const tree = (comm: string, rest: Written = {}) => proc({ 1: INIT, 5: { comm, ...rest }, 9: { parent: 5 } });
  expect(verdictIn(tree("tmux: server"))).toBe("interactive tmux: server");
  expect(verdictIn(tree("screen", { argv: "SCREEN" }))).toBe("interactive screen");
  expect(verdictIn(tree("bash", { argv: "-bash" }))).toBe("interactive -bash");
  expect(verdictIn(tree("bash", { argv: "bash" }))).toBe("not known here");
  expect(verdictIn(tree("tmuxinator"))).toBe("not known here");
  expect(verdictIn(proc({ 1: INIT, 9: { tty: PTS_3 } }))).toBe("interactive pts/3");
});

test("a terminal below cron, as script makes one, is still cron's", () => {
  const tree = proc({ 1: INIT, 4: { comm: "CRON" }, 5: { comm: "script", parent: 4 }, 9: { parent: 5, tty: PTS_3 } });
  expect(verdictIn(tree)).toBe("cron CRON");
  expect(verdictIn(proc({ 1: { comm: "cron", parent: 0 }, 9: {} }))).toBe("cron cron");
});

test("a container is said, and is the verdict only where nothing else is known", () => {
  const mark = join(root, "dockerenv");
  fs.writeFileSync(mark, "");
  expect(verdictIn(proc({ 1: {}, 9: {} }), [mark])).toBe(`container ${mark}`);
  expect(verdictIn(proc({ 9: { parent: 0 } }, "0::/docker/0a1b\n"))).toBe("container 0::/docker/0a1b");
  const withTerminal = readSessionOrigin({
    pid: 9,
    proc: proc({ 9: { parent: 0, tty: PTS_3 } }),
    containerMarks: [mark],
  });
  expect({ verdict: withTerminal.verdict, container: withTerminal.container }).toEqual({
    verdict: "interactive",
    container: mark,
  });
});

test("terminals are named as their devices are", () => {
  const name = (tty: number) => readSessionOrigin({ pid: 9, proc: proc({ 1: INIT, 9: { tty } }) }).terminal;
  const devices = [0, PTS_3, (136 << 8) + 0x5 + (0x1 << 20), (4 << 8) + 1, (4 << 8) + 64, (5 << 8) + 1, -1];
  expect(devices.map(name)).toEqual([null, "pts/3", "pts/261", "tty1", "ttyS0", "device 5:1", "device 255:1048575"]);
});

test("without /proc nothing is known, and where it hides an ancestor that is said", () => {
  const without = readSessionOrigin({ pid: 9, proc: join(root, "no-proc"), containerMarks: [] });
  expect({ verdict: without.verdict, evidence: without.evidence }).toEqual({
    verdict: "not known here",
    evidence: ["process 9 cannot be read: ENOENT"],
  });
  const hidden = readSessionOrigin({ pid: 9, proc: proc({ 9: { parent: 7 } }), containerMarks: [] });
  expect(hidden.evidence.at(-1)).toBe("the list of its ancestors ends early: process 7 cannot be read: ENOENT");
});

test("a circle of parents ends, a stat of another form is said, and no argument is kept", () => {
  const circle = readSessionOrigin({ pid: 9, proc: proc({ 5: { parent: 9 }, 9: { parent: 5 } }), containerMarks: [] });
  expect({ count: circle.ancestors.length, last: circle.evidence.at(-1) }).toEqual({
    count: limits.ancestors,
    last: `the list of its ancestors ends early: more than ${limits.ancestors} ancestors`,
  });
  const broken = proc({ 9: {} });
  fs.writeFileSync(join(broken, "9", "stat"), "9 sh S");
  expect(readSessionOrigin({ pid: 9, proc: broken }).evidence).toEqual([
    "process 9 cannot be read: its stat has another form",
  ]);
  expect(JSON.stringify(circle)).not.toContain("canary");
});
