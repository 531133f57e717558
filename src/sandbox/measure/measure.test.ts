/** Tests of what the gates are fed with: a server's log, secrets, instances and the host. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { limits } from "../../kernel/limits.ts";
import { scanContainers } from "./containers.ts";
import { parseUnits, readHostState } from "./host-state.ts";
import { type ProcessTable, scanInstances } from "./instances.ts";
import { Secrets, searchTree } from "./secrets.ts";
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
  expect(Object.fromEntries(peakSessions(parseLog(log.join("\n"))))).toEqual({ r: 2, q: 1 });
  const third = [login(1, "r"), login(2, "r"), login(3, "r")];
  expect(Object.fromEntries(peakSessions(parseLog(third.join("\n"))))).toEqual({ r: 3 });
});

test("a part of a log is read from one place to another", () => {
  const path = join(folder, "log");
  writeFileSync(path, "first\nsecond\nthird\n");
  expect([readLog(path, 6, 13), readLog(path, 13), readLog(path, 99)]).toEqual(["second\n", "third\n", ""]);
});

test("a secret is found as it is and in base64, by its name, in every file but its own", () => {
  const secrets = new Secrets();
  secrets.add("password of r", "Nobody-knows-this");
  const home = join(folder, "pgpass");
  writeFileSync(home, "*:*:*:r:Nobody-knows-this\n");
  writeFileSync(join(folder, "clean"), "nothing");
  const homes = new Set([home]);
  expect(searchTree(folder, secrets, homes).found).toEqual([]);
  writeFileSync(join(folder, "leak"), Buffer.from([0, 255, ...Buffer.from("Nobody-knows-this"), 0]));
  writeFileSync(join(folder, "encoded"), Buffer.from("Nobody-knows-this").toString("base64"));
  const { found } = searchTree(folder, secrets, homes);
  expect(found.toSorted()).toEqual([
    `password of r in ${join(folder, "encoded")}`,
    `password of r in ${join(folder, "leak")}`,
  ]);
  expect(JSON.stringify(found)).not.toContain("Nobody-knows-this");
});

test("a secret that lies across two pieces of a large file is found", () => {
  const secrets = new Secrets();
  secrets.add("password of r", "Nobody-knows-this");
  const large = mkdtempSync(join(folder, "large-"));
  const before = Buffer.alloc(limits.digestChunkBytes - 5, "x");
  writeFileSync(join(large, "dump"), Buffer.concat([before, Buffer.from("Nobody-knows-this"), before]));
  expect(searchTree(large, secrets, new Set()).found).toEqual([`password of r in ${join(large, "dump")}`]);
});

test("a secret that is too short to be looked for is a bug, not a pass", () => {
  expect(() => new Secrets().add("x", "short")).toThrow("too short");
});

function table(
  own: Readonly<Record<number, readonly string[]>>,
  directories: Record<number, string> = {},
): ProcessTable {
  return {
    pids: Object.keys(own).map(Number),
    words: (pid) => own[pid] ?? null,
    root: () => "ours",
    directory: (pid) => directories[pid] ?? null,
  };
}

test("servers are protected; a backend, what initdb runs, and what lies in the temporary folder are not", () => {
  const own = process.pid;
  const scan = (words: readonly string[], directory?: string) => {
    const directories = directory === undefined ? {} : { [own]: directory };
    return scanInstances(table({ [own]: words }, directories), "/tmp").instances.map((one) => one.directory);
  };
  expect(scan(["/usr/lib/postgresql/15/bin/postgres", "-D", "/var/lib/pg"])).toEqual(["/var/lib/pg"]);
  expect(scan(["postgres"], "/data")).toEqual(["/data"]);
  expect(scan(["postgres", "-D", "/tmp/x"], "/")).toEqual([]);
  expect(scan(["postgres", "-D", "x"], "/srv/x")).toEqual(["/srv/x"]);
  expect(scan(["postgres"])).toEqual(["an unknown place"]);
  expect(scan(["postgres: checkpointer"], "/data")).toEqual([]);
  expect(scan(["/usr/bin/postgres", "--boot", "-F"], "/data")).toEqual([]);
  expect(scan(["postgres", "-D", "/tmp/x"], "/tmp/x")).toEqual([]);
});

test("a server with another root than ours lies in a container, and is the engine's to tell of", () => {
  const own = table({ [process.pid]: ["postgres", "-D", "/data"] });
  expect(scanInstances({ ...own, root: () => "its own" }, "/tmp").instances).toEqual([]);
});

test("containers that run are told with the moment they were begun, but for those of sandboxes", async () => {
  const tools = mkdtempSync(join(folder, "tools-"));
  const answers = `case "$1" in
    ps) printf 'a1\\tdb\\nb2\\tcutter-sandbox-x\\n' ;;
    container) shift 4; for id in "$@"; do echo "container /db $id, begun t"; done ;;
  esac`;
  writeFileSync(join(tools, "docker"), `#!/bin/sh\n${answers}\n`, { mode: 0o755 });
  const environment = { PATH: `${tools}:/usr/bin:/bin`, DOCKER_HOST: "unix:///nowhere" };
  expect((await scanContainers(environment)).lines).toEqual(["container /db a1, begun t"]);
  const quiet = await scanContainers({ PATH: tools }, []);
  expect(quiet).toEqual({ lines: [], how: "docker has no service here" });
});

test("a server that cannot be identified is told, and not left out", () => {
  const gone = 2 ** 22 + 1;
  expect(scanInstances(table({ [gone]: ["postgres", "-D", "/data"] }), "/tmp").unknown).toEqual([`process ${gone}`]);
});

test("what systemctl shows of a unit becomes its name, and with what it was begun", () => {
  const shown = "Id=a.service\nMainPID=7\nNRestarts=0\n\nId=b.service\nMainPID=8\nNRestarts=1\n";
  expect(parseUnits(shown)).toEqual([
    { name: "a.service", begun: "MainPID=7 NRestarts=0" },
    { name: "b.service", begun: "MainPID=8 NRestarts=1" },
  ]);
});

test("a program that comes into a directory of PATH changes the state of the host", async () => {
  const scan = { instances: [], containers: [], host: "h", unknown: [], how: "" };
  const look = () => readHostState(scan, { PATH: folder });
  const before = await look();
  expect((await look()).installed).toEqual(before.installed);
  writeFileSync(join(folder, "new-program"), "");
  expect((await look()).installed).not.toEqual(before.installed);
});
