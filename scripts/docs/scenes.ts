/**
 * scenes: what happens behind the reader's back in a block: the faults of docs/what-if.md.
 *
 * Each is what it is called, done to the real server, to files of the reader or to a real process of the program. What
 * has to be undone or waited for when the block has ended is the answer. Used by play.ts.
 */
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { psqlOn, type TestDatabase } from "../database/database.ts";
import { SUPERUSER, startStandby } from "../database/server.ts";
import { lastCommitTo, orphanedCommitTo } from "../faults/commit-relay.ts";
import { failingDisk } from "../faults/failing-disk.ts";
import { pauseAt, SECOND_UNIT } from "../faults/live-stage.ts";
import { holdOn } from "../faults/stock.ts";
import { programOf } from "./reader.ts";
import { openShell } from "./shell.ts";
import type { Stage } from "./stages.ts";

type End = () => Promise<void>;
type Scene = (stage: Stage) => Promise<End>;

const NOTHING: End = async () => {};
const ADDRESS = "HANDBOOK/heading-handbook/heading-one";
/** In which write the disk gets full: leg A is under way. */
const FULL_AT = 130;

const SCENES: Readonly<Record<string, Scene>> = {
  "the program is killed in leg A": (stage) => inLegA(stage, () => signal(stage, "SIGKILL")),
  "the terminal goes away in leg A": (stage) => inLegA(stage, () => signal(stage, "SIGHUP")),
  "the connection breaks in leg A": (stage) =>
    inLegA(stage, (backend) => void psqlOn(stage.server, "icx", `SELECT pg_terminate_backend(${backend})`)),
  "the answer to the COMMIT of leg A is lost, and nobody gets through": async (stage) => {
    // The run's row, the backup's record, and leg A.
    const relay = await lastCommitTo(stage.server, 3);
    stage.places.push(["5432", `${relay.port}`]);
    setService(stage, "icx_exec", { port: `${relay.port}` });
    return async () => {
      relay.stop();
      setService(stage, "icx_exec", { port: `${stage.server.port}` });
    };
  },
  "the answer to the COMMIT of leg A is lost": async (stage) => {
    const relay = await orphanedCommitTo(stage.server, 3);
    stage.places.push(["5432", `${relay.port}`]);
    setService(stage, "icx_exec", { port: `${relay.port}` });
    // The server meets the end of the connection as soon as it has committed.
    void relay.swallowed.then(() => relay.letGo());
    return async () => {
      relay.stop();
      setService(stage, "icx_exec", { port: `${stage.server.port}` });
    };
  },
  "another operator is in leg A": async (stage) => {
    const pause = await pauseAt(icx(stage), SECOND_UNIT);
    const shell = openShell(stage.reader);
    const running = shell.run(`${resumeWords(stage)} >/dev/null 2>&1`);
    await pause.reached();
    return async () => {
      await pause.release();
      await running;
      await shell.close();
      dropPause(stage);
    };
  },
  "somebody else writes one of the units": async (stage) => {
    const values = `'${ADDRESS}', 't', 'b', 'a', 'law_unit', 'article', 'law'`;
    psqlOn(stage.server, "icx", `SELECT public.fn_iu_create(${values})`);
    return NOTHING;
  },
  "a sandbox is killed": async ({ reader }) => {
    const shell = openShell(reader);
    const run = "cutter sandbox run --provider local --name cutter-sandbox-night";
    await shell.run(`${run} >/dev/null 2>&1 & sleep 6; kill -9 %1; sleep 2`);
    await shell.close();
    return NOTHING;
  },
  "somebody else holds a lock": (stage) => holdOn(icx(stage), "LOCK TABLE public.information_unit IN SHARE MODE"),
  "the approval is a day old": async (stage) => {
    const file = join(stage.reader.home, `${stage.run}.SG1.json`);
    const approval = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    const [issued, expires] = [Date.now() - 90_000_000, Date.now() - 3_600_000].map((at) => new Date(at).toISOString());
    const changed = JSON.stringify({ ...approval, issued_at: issued, expires_at: expires });
    const shell = openShell(stage.reader);
    const sign = `ssh-keygen -q -Y sign -f ~/.ssh/id_ed25519 -n sg1@cutter ${file}`;
    const { exit, lines } = await shell.run(`rm ${file}.sig; printf '%s' '${changed}' > ${file}; ${sign}`);
    await shell.close();
    if (exit !== 0) throw new Error(`the approval could not be made older: ${lines.join("\n")}`);
    return NOTHING;
  },
  "the disk gets full": async ({ reader }) => {
    const [program, real] = [programOf(reader.home), `${programOf(reader.home)}-real`];
    const { script } = failingDisk({ calls: "write,pwrite64", error: "ENOSPC", lasts: "on", number: FULL_AT });
    renameSync(program, real);
    writeFileSync(program, `#!/bin/sh\nset -- '${real}' "$@"\n${script.replace(/'-o' '[^']*'/, "-o /dev/null")}\n`, {
      mode: 0o755,
    });
    return async () => renameSync(real, program);
  },
  "the standby is promoted": async (stage) => {
    const standby = await startStandby(stage.server);
    psqlOn(standby, "postgres", "SELECT pg_promote(true, 30)");
    return moveTo(stage, standby);
  },
  "the services lead to the standby": async (stage) => moveTo(stage, await startStandby(stage.server)),
  "the services lead to another database": async (stage) => {
    psqlOn(stage.server, SUPERUSER, "DROP DATABASE IF EXISTS icx_test");
    psqlOn(stage.server, SUPERUSER, "CREATE DATABASE icx_test TEMPLATE icx");
    for (const name of ["icx_exec", "icx_verify"]) setService(stage, name, { dbname: "icx_test" });
    return async () => {
      for (const name of ["icx_exec", "icx_verify"]) setService(stage, name, { dbname: "icx" });
    };
  },
};

export async function makeScene(name: string, stage: Stage): Promise<End> {
  const scene = SCENES[name];
  if (scene === undefined) throw new Error(`there is no scene of the name: ${name}`);
  return scene(stage);
}

/** While the reader's command is in leg A, this happens. */
async function inLegA(stage: Stage, fault: (backend: number) => void): Promise<End> {
  const pause = await pauseAt(icx(stage), SECOND_UNIT);
  const happened = pause.reached().then(async (backend) => {
    fault(backend);
    await pause.release();
  });
  return async () => {
    await happened;
    dropPause(stage);
  };
}

function dropPause({ server }: Stage): void {
  psqlOn(server, "icx", "DROP FUNCTION public.test_pause() CASCADE");
}

function icx({ server }: Stage): TestDatabase {
  const socket = encodeURIComponent(server.socketDirectory);
  return {
    ...{ server, name: "icx", drop: () => {} },
    url: (role) => `postgres://${role}@127.0.0.1:${server.port}/icx`,
    socketUrl: (role = SUPERUSER) => `postgres://${role}@${socket}:${server.port}/icx`,
    psql: (sql) => psqlOn(server, "icx", sql),
  };
}

/** The one process of the reader's that resumes a run, found by its home. */
function signal({ reader }: Stage, name: NodeJS.Signals): void {
  const pids = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  const resuming = pids.filter((pid) => ofProcess(pid, "cmdline").startsWith("cutter\0resume"));
  const own = resuming.filter((pid) => ofProcess(pid, "environ").includes(`HOME=${reader.home}\0`));
  if (own.length !== 1) throw new Error(`${own.length} processes of the reader resume a run`);
  process.kill(Number(own[0]), name);
}

/** Empty where the process is gone. */
function ofProcess(pid: string, file: "cmdline" | "environ"): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

function resumeWords({ run }: Stage): string {
  const digest = `$(cutter show ${run} --json | grep -o '"cutplanSha256": *"[0-9a-f]*"' | grep -o '[0-9a-f]\\{64\\}')`;
  return `cutter resume ${run} --approval ${run}.SG1.json --live --confirm ${digest}`;
}

/** All services of the reader on another server, which is 5433 on the page. */
function moveTo(stage: Stage, other: { readonly port: number; stop(): Promise<void> }): End {
  stage.places.push(["5433", `${other.port}`]);
  const names = ["icx_survey", "icx_exec", "icx_verify"];
  for (const name of names) setService(stage, name, { port: `${other.port}` });
  return async () => {
    for (const name of names) setService(stage, name, { port: `${stage.server.port}` });
    await other.stop();
  };
}

/** Changes settings of a section of pg_service.conf. */
function setService({ reader }: Stage, name: string, settings: Readonly<Record<string, string>>): void {
  const file = join(reader.home, ".pg_service.conf");
  const sections = readFileSync(file, "utf8").split(/^(?=\[)/m);
  const changed = sections.map((section) => {
    if (!section.startsWith(`[${name}]`)) return section;
    return Object.entries(settings).reduce(
      (text, [key, value]) => text.replace(new RegExp(`^${key}=.*$`, "m"), `${key}=${value}`),
      section,
    );
  });
  writeFileSync(file, changed.join(""));
}
