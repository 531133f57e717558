/** Tests of what the gates are fed with: a server's log, instances and the host. */
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { limits } from "../../kernel/limits.ts";
import { judge } from "../../report/judgement.ts";
import { G11 } from "../gates/server.ts";
import { identifyProcess } from "../leftovers/process-identity.ts";
import type { Resource } from "../leftovers/resource.ts";
import { scanContainers } from "./containers.ts";
import { type HostState, parseUnits, readHostState } from "./host-state.ts";
import { type ProcessTable, scanInstances } from "./instances.ts";
import { loginsIn, parseLog, peakSessions, readLog } from "./server-log.ts";

const folder = mkdtempSync(join(tmpdir(), "cutter-measure-"));
afterAll(() => rmSync(folder, { recursive: true }));

const line = (pid: number, role: string, text: string): string =>
  `2026-01-01 00:00:00.000 UTC|${pid}|${role}|a name|00000|LOG:  ${text}`;
const login = (pid: number, role: string, name = "x"): string =>
  line(pid, role, `connection authorized: user=${role} database=d application_name=${name}`);
const logout = (pid: number, role: string): string =>
  line(pid, role, `disconnection: session time: 0:00:00.1 user=${role} database=d host=[local]`);

test("an entry of a server's log goes on in lines that begin with a tab, and has its time in UTC", () => {
  const log = `${line(7, "r", "statement: SELECT 1")}\n\tFROM x\n${line(8, "", "connection received")}\n`;
  expect(parseLog(log)).toEqual([
    {
      ...{ at: "2026-01-01T00:00:00.000Z", pid: 7, role: "r", application: "a name", sqlstate: "00000" },
      ...{ level: "LOG", text: "statement: SELECT 1\n\tFROM x" },
    },
    {
      ...{ at: "2026-01-01T00:00:00.000Z", pid: 8, role: "", application: "a name", sqlstate: "00000" },
      ...{ level: "LOG", text: "connection received" },
    },
  ]);
});

test("who logged in is told by the name that it gave, also one with spaces and with TLS behind it", () => {
  const tls = `${login(7, "r", "a b")} SSL enabled (protocol=TLSv1.3)`;
  expect(loginsIn(parseLog([login(6, "q", "cutter/1 exec"), tls].join("\n")))).toEqual([
    { role: "q", application: "cutter/1 exec" },
    { role: "r", application: "a b" },
  ]);
});

test("sessions at a time are counted by role; one that was refused at the door was none", () => {
  const refused = "2026-01-01 00:00:00.000 UTC|9|r|[unknown]|53300|FATAL:  too many connections for role";
  const log = [login(1, "r"), login(2, "r"), login(9, "r"), refused, logout(1, "r"), login(3, "r"), login(4, "q")];
  expect(peaks(log)).toEqual({ r: 2, q: 1 });
  expect(peaks([login(1, "r"), login(2, "r"), login(3, "r")])).toEqual({ r: 3 });
  // The number of one that was refused is given to another later.
  expect(peaks([login(9, "r"), refused, login(9, "r"), login(1, "r"), login(2, "r")])).toEqual({ r: 3 });
});

test("sessions at a time are counted to the end of the log, over every piece in which it is read", () => {
  const said = line(7, "r", `statement: ${"x".repeat(limits.digestChunkBytes / 3)}`);
  const early = Array.from({ length: 7 }, () => said);
  expect(peaks([...early, login(1, "r"), said, login(2, "r"), ...early, login(3, "r"), said])).toEqual({ r: 3 });
});

function peaks(lines: readonly string[]): Readonly<Record<string, number>> {
  const path = join(folder, "peaks.log");
  writeFileSync(path, lines.join("\n"));
  return Object.fromEntries(peakSessions(path));
}

test("a part of a log is read from one place to another", () => {
  const path = join(folder, "log");
  writeFileSync(path, "first\nsecond\nthird\n");
  expect([readLog(path, 6, 13), readLog(path, 13), readLog(path, 99)]).toEqual(["second\n", "third\n", ""]);
});

function table(
  own: Readonly<Record<number, readonly string[]>>,
  directories: Record<number, string> = {},
): ProcessTable {
  return {
    pids: Object.keys(own).map(Number),
    words: (pid) => own[pid] ?? null,
    parent: () => null,
    root: () => "ours",
    directory: (pid) => directories[pid] ?? null,
  };
}

test("servers are protected, wherever they lie; a backend, and what initdb runs, are not", () => {
  const own = process.pid;
  const scan = (words: readonly string[], directory?: string) => {
    const directories = directory === undefined ? {} : { [own]: directory };
    return scanInstances([], table({ [own]: words }, directories)).instances.map((one) => one.directory);
  };
  expect(scan(["/usr/lib/postgresql/15/bin/postgres", "-D", "/var/lib/pg"])).toEqual(["/var/lib/pg"]);
  expect(scan(["postgres"], "/data")).toEqual(["/data"]);
  const temporary = join(tmpdir(), "x");
  expect(scan(["postgres", "-D", temporary], "/")).toEqual([temporary]);
  expect(scan(["postgres", "-D", "x"], "/srv/x")).toEqual(["/srv/x"]);
  expect(scan(["postgres"])).toEqual(["an unknown place"]);
  expect(scan(["postgres: checkpointer"], "/data")).toEqual([]);
  expect(scan(["/usr/bin/postgres", "--boot", "-F"], "/data")).toEqual([]);
});

test("what a server has just forked, which has its words still, is no server; one that another started is", () => {
  const [ours, parent] = [process.pid, process.ppid];
  const seen = (words: readonly string[], forked: readonly string[]) => {
    const both = {
      ...table({ [parent]: words, [ours]: forked }),
      parent: (pid: number) => (pid === ours ? parent : 1),
    };
    return scanInstances([], both).instances.map(({ pid }) => pid);
  };
  const server = ["postgres", "-D", "/data"];
  expect(seen(server, server)).toEqual([parent]);
  expect(seen(server, ["postgres", "-D", "/other"]).sort()).toEqual([ours, parent].sort());
});

test("of servers only what stands on the sandbox's own record is left out, by number and start time", () => {
  const own = identifyProcess(process.pid);
  if (own === null) throw new Error("the system does not tell which process this is");
  const server = table({ [process.pid]: ["postgres", "-D", "/data"] });
  const seen = (record: readonly Resource[]) => scanInstances(record, server).instances.length;
  const another = { ...own, startTime: `${Number(own.startTime) - 1}` };
  expect([seen([own]), seen([]), seen([another]), seen([{ kind: "directory", path: "/data" }])]).toEqual([0, 1, 1, 1]);
});

test("the server of another sandbox is told and not protected; a name alone, or a marker alone, is no sandbox", () => {
  const scan = (name: string, marker: string | null) => {
    const home = join(mkdtempSync(join(folder, "sandboxes-")), name);
    mkdirSync(home, { mode: 0o700 });
    if (marker !== null) writeFileSync(join(home, ".cutter-sandbox"), marker, { mode: 0o600 });
    const { instances, throwaway } = scanInstances(
      [],
      table({ [process.pid]: ["postgres", "-D", join(home, "data")] }),
    );
    return [instances.length, throwaway.length];
  };
  const token = "0".repeat(32);
  expect([scan("cutter-sandbox-x", token), scan("cutter-sandbox-x", null)]).toEqual([
    [0, 1],
    [1, 0],
  ]);
  expect([scan("production", token), scan("cutter-sandbox-x", "mine")]).toEqual([
    [1, 0],
    [1, 0],
  ]);
});

test("a server with another root than ours lies in a container, and is the engine's to tell of", () => {
  const own = table({ [process.pid]: ["postgres", "-D", "/data"] });
  expect(scanInstances([], { ...own, root: () => "its own" }).instances).toEqual([]);
});

test("containers that run are told with the moment they were begun, but for the sandbox's own", async () => {
  const tools = mkdtempSync(join(folder, "tools-"));
  const answers = `case "$1" in
    ps) printf 'a1\\tdb\\t\\nb2\\tcutter-sandbox-x\\t\\nc3\\tcutter-sandbox-y\\t${"0".repeat(32)}\\n' ;;
    container) shift 4; for id in "$@"; do echo "container /db $id, begun t"; done ;;
  esac`;
  writeFileSync(join(tools, "docker"), `#!/bin/sh\n${answers}\n`, { mode: 0o755 });
  const environment = { PATH: `${tools}:/usr/bin:/bin`, DOCKER_HOST: "unix:///nowhere" };
  const own = { kind: "container", name: "cutter-sandbox-x", command: ["docker"] } as const;
  const { lines, throwaway } = await scanContainers(environment, [own]);
  const ofAnother = ["container /cutter-sandbox-y c3, of another sandbox"];
  expect({ lines, throwaway }).toEqual({ lines: ["container /db a1, begun t"], throwaway: ofAnother });
  const all = ["container /db a1, begun t", "container /db b2, begun t"];
  expect((await scanContainers(environment, [])).lines).toEqual(all);
});

test("where docker is not there it is told that nobody was asked; where it is silent, nothing is known", async () => {
  const tools = mkdtempSync(join(folder, "silent-"));
  writeFileSync(join(tools, "docker"), "#!/bin/sh\necho no daemon >&2\nexit 1\n", { mode: 0o755 });
  const quiet = await scanContainers({ PATH: tools }, [], []);
  expect(quiet.how).toBe("containers were not asked for: docker has no service here");
  expect((await scanContainers({ PATH: "/nowhere" }, [])).how).toContain("docker is not installed");
  const environment = { PATH: `${tools}:/usr/bin:/bin`, DOCKER_HOST: "unix:///nowhere" };
  const unknown = [expect.stringContaining("docker did not answer: docker: no daemon")];
  expect(await scanContainers(environment, [])).toEqual({ lines: [], throwaway: [], how: expect.any(String), unknown });
});

test("a server that ends while it is looked at, and waits to be asked for, is no unknown one", () => {
  const gone = 2 ** 22 + 1;
  let looks = 0;
  const ending = table({ [gone]: ["postgres"] });
  const words = () => (looks++ === 0 ? ["postgres"] : [""]);
  expect(scanInstances([], { ...ending, words }).unknown).toEqual([]);
});

test("a server that cannot be identified is told, and not left out", () => {
  const gone = 2 ** 22 + 1;
  expect(scanInstances([], table({ [gone]: ["postgres", "-D", "/data"] })).unknown).toEqual([`process ${gone}`]);
});

test("what systemctl shows of a unit becomes its name, and with what it was begun", () => {
  const shown = "Id=a.service\nMainPID=7\nNRestarts=0\n\nId=b.service\nMainPID=8\nNRestarts=1\n";
  expect(parseUnits(shown)).toEqual([
    { name: "a.service", begun: "MainPID=7 NRestarts=0" },
    { name: "b.service", begun: "MainPID=8 NRestarts=1" },
  ]);
});

test("a program that comes into a directory of PATH, or is replaced there or where a link leads, is seen", async () => {
  const scan = { instances: [], containers: [], throwaway: [], host: "h", unknown: [], how: "" };
  const [tools, elsewhere] = ["tools-", "elsewhere-"].map((name) => mkdtempSync(join(folder, name))) as [
    string,
    string,
  ];
  for (const path of [join(tools, "program"), join(elsewhere, "target")]) writeFileSync(path, "sound");
  symlinkSync(join(elsewhere, "target"), join(tools, "link"));
  mkdirSync(join(tools, "folder"));
  const look = async () => (await readHostState(scan, { PATH: tools })).installed;
  const changed = async (change: () => void) => {
    const before = await look();
    change();
    const found = judge(G11.judge({ before: stateWith(before), after: stateWith(await look()) }));
    return found.mismatches.map(({ seen }) => seen.split(" ").slice(0, 2).join(" "));
  };
  expect(await changed(() => writeFileSync(join(tools, "folder", "x"), ""))).toEqual([]);
  expect(await changed(() => writeFileSync(join(tools, "new"), ""))).toEqual([`${tools}: new`]);
  expect(await changed(() => writeFileSync(join(tools, "program"), "other"))).toEqual(["missing", `${tools}: program`]);
  expect(await changed(() => writeFileSync(join(elsewhere, "target"), "s"))).toEqual(["missing", `${tools}: link`]);
  const replace = () => {
    writeFileSync(join(tools, "copy"), "other");
    utimesSync(join(tools, "copy"), LONG_AGO, LONG_AGO);
    renameSync(join(tools, "copy"), join(tools, "program"));
  };
  utimesSync(join(tools, "program"), LONG_AGO, LONG_AGO);
  expect(await changed(replace)).toEqual(["missing", `${tools}: program`]);
});

const LONG_AGO = new Date(0);

function stateWith(installed: HostState["installed"]): HostState {
  return { boot: "b", installed, services: [], protected: [], servicesHow: "" };
}
