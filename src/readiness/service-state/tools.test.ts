/** Tests of what other programs are asked: systemctl, crontab, docker, podman, as scripts of these names. */
import { afterAll, expect, test } from "bun:test";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep } from "../../kernel/clock.ts";
import type { Facts } from "../../kernel/failure.ts";
import { lookForServices, ourPrograms, type ServicePlaces, usualPlaces } from "../service-state.ts";
import type { Ours } from "./command.ts";
import { lookAtDocker, lookAtPodman } from "./containers.ts";
import { lookAtLoadedUnits } from "./loaded-units.ts";
import { askTool } from "./tool.ts";

const root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "cutter-tools-")));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const OURS: Ours = { names: ["cutter"], files: [] };

let made = 0;
/** A folder of programs, each a script of these lines; the environment in which only they are found. */
function tools(scripts: Readonly<Record<string, string>>) {
  const path = join(root, `case-${++made}`);
  fs.mkdirSync(path);
  for (const [name, script] of Object.entries(scripts)) {
    fs.writeFileSync(join(path, name), `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`, { mode: 0o755 });
  }
  return { path, environment: { PATH: path } };
}

function summary({ state, detail, found }: Awaited<ReturnType<typeof lookAtDocker>>) {
  return { state, detail, found: found.map(({ where, match, text }) => `${where} ${match}: ${text}`) };
}

test("a program that is not installed is said, by its name", async () => {
  const { environment } = tools({});
  const looks = [
    await lookAtLoadedUnits("system", OURS, { environment }),
    await lookAtDocker([root], OURS, { environment }),
    await lookAtPodman([root], OURS, { environment }),
  ];
  expect(looks.map(({ state, detail }) => `${state}: ${detail}`)).toEqual([
    "not checkable here: systemctl is not installed",
    "not checkable here: docker is not installed",
    "not checkable here: podman is not installed",
  ]);
});

test("a program gets its words as they are, no input, and of the environment only what it needs", async () => {
  const { environment } = tools({ ask: 'for word; do echo "[$word]"; done; cat; env | sort' });
  const secret = {
    PGPASSWORD: "canary",
    BUN_OPTIONS: "x",
    NODE_OPTIONS: "x",
    LD_PRELOAD: "",
    DATABASE_URL: "x",
    HOME: "/h",
  };
  const answer = await askTool(["ask", "a b", "$(id)", ";"], { environment: { ...environment, ...secret } });
  const lines = "output" in answer ? answer.output.trim().split("\n") : [answer.reason];
  const shell = /^(PWD|SHLVL|_|OLDPWD)=/;
  expect(lines.filter((line) => !shell.test(line))).toEqual([
    ...["[a b]", "[$(id)]", "[;]"],
    ...["HOME=/h", "LC_ALL=C", "PATH=/usr/bin:/bin", "TZ=UTC"],
  ]);
});

test("a program that fails is quoted by its first line, without a password", async () => {
  const { environment } = tools({
    fails: "echo >&2; echo 'no postgres://u:canary@h/d' >&2; echo second >&2; exit 3",
    mute: "exit 4",
    broken: "",
  });
  fs.writeFileSync(join(environment.PATH, "broken"), "#!/no/such/interpreter\n");
  const reasons = [];
  for (const name of ["fails", "mute", "broken"]) reasons.push(await askTool([name], { environment }));
  expect(reasons).toEqual([
    { reason: "fails: no postgres://u:[redacted]@h/d" },
    { reason: "mute: ended with 4" },
    { reason: "broken cannot be started: ENOENT" },
  ]);
});

test("a program that does not end is killed with what it started, within its time", async () => {
  const { path, environment } = tools({ hangs: `sleep 60 & echo $! > "$0.child"; sleep 60` });
  const start = performance.now();
  const answer = await askTool(["hangs"], { environment, timeoutMs: 300 });
  expect({ answer, soon: performance.now() - start < 3000 }).toEqual({
    answer: { reason: "hangs did not answer in 300 ms" },
    soon: true,
  });
  const child = Number(fs.readFileSync(join(path, "hangs.child"), "utf8"));
  for (let tries = 0; tries < 100 && isRunning(child); tries++) await sleep(20);
  expect(isRunning(child)).toBe(false);
});

function isRunning(pid: number): boolean {
  const status = fs.existsSync(`/proc/${pid}/stat`) ? fs.readFileSync(`/proc/${pid}/stat`, "utf8") : ") Z";
  return !/\) [ZX]/.test(status);
}

test("a program that floods is cut off", async () => {
  const { environment } = tools({ flood: "yes" });
  expect(await askTool(["flood"], { environment, outputBytes: 100_000 })).toEqual({
    reason: "flood answered with more than 100000 bytes",
  });
});

const SHOWN = `Id=cron.service
ExecStart={ path=/usr/sbin/cron ; argv[]=/usr/sbin/cron -f $EXTRA_OPTS ; ignore_errors=no ; pid=0 ; status=0/0 }

Id=night.service
ExecStartPre={ path=/bin/true ; argv[]=/bin/true ; ignore_errors=no ; pid=0 ; status=0/0 }
ExecStart={ path=/bin/sh ; argv[]=/bin/sh -c cd / && cutter dryrun ; ignore_errors=no ; pid=0 ; status=0/0 }

Id=run-u7.service
ExecStart={ path=/usr/local/bin/cutter ; argv[]=renamed resume ; flags= ; pid=0 ; status=0/0 }

Id=cookie-cutter.service
ExecStart={ path=/usr/bin/cookie-cutter ; argv[]=cookie-cutter ; ignore_errors=no ; pid=0 ; status=0/0 }

Id=night.timer
Unit=night.service

Id=cookie-cutter.timer
Unit=cookie-cutter.service
`;

test("a loaded unit is judged by its commands, a transient one too, and a timer by what it starts", async () => {
  const { path, environment } = tools({ systemctl: 'cat "$0.shown"; echo "$@" > "$0.asked"' });
  fs.writeFileSync(join(path, "systemctl.shown"), SHOWN);
  const look = await lookAtLoadedUnits("user", OURS, { environment });
  expect(summary(look)).toEqual({
    state: "looked",
    detail: "6 units",
    found: [
      "night.service command: /bin/sh -c cd / && cutter dryrun",
      "run-u7.service command: /usr/local/bin/cutter",
      "night.timer command: starts night.service",
    ],
  });
  expect(fs.readFileSync(join(path, "systemctl.asked"), "utf8")).toStartWith("--no-pager --user show --property=Id ");
});

test("a systemctl that knows no unit, or runs without systemd, has not looked", async () => {
  const empty = await lookAtLoadedUnits("system", OURS, tools({ systemctl: "true" }));
  const words = "System has not been booted with systemd as init system (PID 1). Can't operate.";
  const without = await lookAtLoadedUnits("system", OURS, tools({ systemctl: `echo "${words}" >&2; exit 1` }));
  expect([summary(empty), summary(without)]).toEqual([
    { state: "not checkable here", detail: "systemctl listed no unit", found: [] },
    { state: "not checkable here", detail: `systemctl: ${words}`, found: [] },
  ]);
});

const CONTAINERS = [
  ["a1", "registry.example:5000/team/cutter:1.2", "busy_cat", '"/entry"'],
  ["a2", "postgres:15", "cutter", '"docker-entrypoint.sh postgres"'],
  ["a3", "debian", "job", "\"/bin/sh -c 'cutter dryrun'\""],
  ["a4", "cookie-cutter", "cookie-cutter", '"cookie-cutter"'],
  ["a5", "debian", "retry", '"/opt/retry cutter"'],
  ["a6", "cutter/postgres", "cutter-db", '"postgres"'],
];

/** As docker writes them: each field JSON, the command quoted inside. */
const asDocker = CONTAINERS.map((fields) => fields.map((field) => JSON.stringify(field)).join("\t")).join("\n");

test("a container is ours by its image, its name or its command, running or not", async () => {
  const { path, environment } = tools({ docker: 'cat "$0.shown"; echo "$1 $2 $3" > "$0.asked"' });
  fs.writeFileSync(join(path, "docker.shown"), `${asDocker}\n`);
  expect(summary(await lookAtDocker([path], OURS, { environment }))).toEqual({
    state: "looked",
    detail: "6 containers",
    found: [
      "container busy_cat command: image registry.example:5000/team/cutter:1.2",
      "container cutter command: name cutter",
      "container job command: command /bin/sh -c 'cutter dryrun'",
      "container retry mentioned: command /opt/retry cutter",
    ],
  });
  expect(fs.readFileSync(join(path, "docker.asked"), "utf8")).toBe("ps --all --no-trunc\n");
});

test("podman's lists are read as well, and podman without storage is not started, which would make it", async () => {
  const fields = [JSON.stringify("b1"), JSON.stringify("debian"), '["job"]', '["cutter","dryrun"]'].join("\\t");
  const { path, environment } = tools({ podman: `touch "$0.started"; printf '${fields}\\n'` });
  const without = await lookAtPodman([join(path, "none")], OURS, { environment });
  expect({ ...summary(without), started: fs.existsSync(join(path, "podman.started")) }).toEqual({
    ...{ state: "nothing there", detail: "podman has no storage here", found: [] },
    started: false,
  });
  const found = ["container job command: command cutter dryrun"];
  expect(summary(await lookAtPodman([path], OURS, { environment }))).toMatchObject({ detail: "1 containers", found });
});

test("docker without a socket is not asked unless DOCKER_HOST is set; another form is not understood", async () => {
  const { path, environment } = tools({ docker: 'touch "$0.started"; echo CONTAINER' });
  const without = await lookAtDocker([join(path, "none")], OURS, { environment });
  expect({ detail: without.detail, started: fs.existsSync(join(path, "docker.started")) }).toEqual({
    detail: `docker is installed, but there is no socket ${join(path, "none")}`,
    started: false,
  });
  const asked = await lookAtDocker([], OURS, { environment: { ...environment, DOCKER_HOST: "unix:///x" } });
  expect({ where: asked.where, ...summary(asked) }).toEqual({
    where: "docker ps (DOCKER_HOST=unix:///x)",
    ...{ state: "not checkable here", detail: "docker answered in another form", found: [] },
  });
});

const NOWHERE: ServicePlaces = {
  ...{ unitDirectories: [], crontabFiles: [], crontabDirectories: [], scriptDirectories: [] },
  ...{ dockerSockets: [], podmanStorage: [] },
};

test("the verdict is that of the worst place, and counts those that were not looked at", async () => {
  const { path, environment } = tools({});
  const verdict = async (text: string): Promise<string> => {
    fs.writeFileSync(join(path, "tab"), text);
    const places: ServicePlaces = { ...NOWHERE, crontabFiles: [{ path: join(path, "tab"), form: "with user" }] };
    const state = await lookForServices(places, OURS, { environment });
    const facts: Facts = state;
    expect(JSON.parse(JSON.stringify(facts))).toEqual(state);
    return `${state.verdict}, ${state.notCheckable} of ${state.looks.length}`;
  };
  expect(await verdict("# cutter\n")).toBe("none found, 5 of 6");
  expect(await verdict("0 1 * * * root rm cutter\n")).toBe("mentioned, 5 of 6");
  expect(await verdict("0 1 * * * root cutter\n0 1 * * * root rm cutter\n")).toBe("found, 5 of 6");
});

test("where nothing could be looked at, nothing is known", async () => {
  const state = await lookForServices(NOWHERE, OURS, tools({}));
  expect({ verdict: state.verdict, looks: state.looks.length, notCheckable: state.notCheckable }).toEqual({
    ...{ verdict: "not checkable", looks: 5, notCheckable: 5 },
  });
});

test("one's own crontab is asked for, since its owner may not read the file", async () => {
  const own = await lookForServices(
    NOWHERE,
    OURS,
    tools({ crontab: 'test "$*" = -l && echo "@reboot cutter resume"' }),
  );
  expect(own.verdict).toBe("found");
  const none = await lookForServices(NOWHERE, OURS, tools({ crontab: "echo 'no crontab for app' >&2; exit 1" }));
  expect(none.looks.find(({ where }) => where === "crontab -l")).toEqual({
    ...{ what: "crontabs", where: "crontab -l", state: "nothing there" },
    ...{ detail: "crontab: no crontab for app", found: [] },
  });
});

test("the usual places of this machine are looked at in little time, each said once", async () => {
  const ours = ourPrograms([process.execPath]);
  const state = await lookForServices(usualPlaces({}, [root]), ours, { environment: { PATH: "" } });
  const places = state.looks.map(({ what, where }) => `${what} ${where}`);
  expect(new Set(places).size).toBe(places.length);
  expect(places).toContain(`unit files ${root}/.config/systemd/user`);
  expect(ours.names).toContain("cutter-linux-arm64");
});
