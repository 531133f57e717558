/** Tests of units, timers, crontabs and scripts as files: what starts ours is found, what cannot be read is said. */
import { afterAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { limits } from "../../kernel/limits.ts";
import type { Ours } from "./command.ts";
import { lookAtCrontab, lookAtCrontabs, lookAtScripts } from "./crontabs.ts";
import type { Look } from "./look.ts";
import { lookAtUnitFiles } from "./unit-files.ts";

const root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "cutter-services-")));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const OURS: Ours = { names: ["cutter"], files: [] };

let made = 0;
function folder(files: Readonly<Record<string, string>>): string {
  const path = join(root, `case-${++made}`);
  fs.mkdirSync(path);
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(join(path, name, ".."), { recursive: true });
    fs.writeFileSync(join(path, name), content);
  }
  return path;
}

/** `where:line match`, paths below the folder. */
function findings(looks: readonly Look[], path: string): string[] {
  const all = looks.flatMap(({ found }) => found);
  return all.map(({ where, line, match }) => `${where.replace(`${path}/`, "")}:${line} ${match}`).sort();
}

/** `where: state, detail`, paths below the folder. */
function states(looks: readonly Look[], path: string): string[] {
  return looks.map(({ where, state, detail }) => `${where.replace(path, "")}: ${state}, ${detail}`);
}

const UNITS = {
  "a.service": "[Service]\nExecStart=/usr/local/bin/cutter dryrun\n",
  "b.service": "[Service]\nExecStartPre=-/bin/true\nExecStart = !!/opt/cutter/cutter resume\n",
  "c.service": "[Service]\nExecStart=/bin/sh -c \\\n# in between\n  'cd / && cutter dryrun'\n",
  "d@.service": "[Service]\nExecStop=@/usr/bin/env env A=b cutter hold\n",
  "none.service": "[Unit]\nDescription=cutter\n[Service]\n# ExecStart=cutter\n;ExecStart=cutter\nUser=cutter\n",
  "cookie-cutter.service": "[Service]\nExecStart=/usr/bin/cookie-cutter serve\nExecStop=/opt/cutter/stop\n",
  "mention.service": "[Service]\nExecStart=/opt/retry 3 cutter resume\n",
  "other.service": "[Service]\nExecStart=/usr/bin/other\n",
  "other.service.d/override.conf": "[Service]\nExecStart=\nExecStart=cutter dryrun\n",
  "a.timer": "[Timer]\nOnCalendar=daily\n",
  "nightly.timer": "[Timer]\nOnCalendar=daily\nUnit=d@x.service\n",
  "cookie-cutter.timer": "[Timer]\nOnCalendar=daily\n",
  "override.path": "[Path]\nPathChanged=/x\nUnit=other.service\n",
  "listen.socket": "[Socket]\nExecStartPost=cutter dryrun\nService=b.service\n",
  "cutter.txt": "ExecStart=cutter\n",
};

test("a unit that starts ours is found by its Exec lines, and so is the timer that starts the unit", () => {
  const path = folder(UNITS);
  const looks = lookAtUnitFiles([path], OURS);
  expect(findings(looks, path)).toEqual([
    "a.service:2 command",
    "a.timer:null command",
    "b.service:3 command",
    "c.service:2 command",
    "d@.service:2 command",
    "listen.socket:2 command",
    "listen.socket:null command",
    "mention.service:2 mentioned",
    "nightly.timer:null command",
    "other.service.d/override.conf:3 command",
    "override.path:null command",
  ]);
  expect(states(looks, path)).toEqual([
    ": looked, 14 files",
    "/other.service.d: looked, 1 file",
    "the same directories: looked, 5 timers, sockets and paths",
  ]);
});

test("a unit that is a link is read where it leads; a masked one is none, and a missing folder is said", () => {
  const elsewhere = folder({ "x.service": "[Service]\nExecStart=cutter\n" });
  const path = folder({});
  fs.symlinkSync(join(elsewhere, "x.service"), join(path, "x.service"));
  fs.symlinkSync("/dev/null", join(path, "masked.service"));
  fs.symlinkSync("gone.service", join(path, "dangling.service"));
  const looks = lookAtUnitFiles([path, join(path, "none")], OURS);
  expect(findings(looks, path)).toEqual(["x.service:2 command"]);
  expect(states(looks, path).slice(0, 2)).toEqual([": looked, 1 file", "/none: nothing there, does not exist"]);
});

test("evidence of a line holds no password and has an end", () => {
  const path = folder({
    "p.service": `[Service]\nExecStart=/usr/bin/env PGPASSWORD=canary-7Qx cutter --url postgres://a:canary-7Qx@h/d\n`,
    "long.service": `[Service]\nExecStart=cutter ${"x".repeat(10_000)}\n`,
  });
  const [look] = lookAtUnitFiles([path], OURS);
  const texts = look?.found.map(({ text }) => text) ?? [];
  expect(texts.join()).not.toContain("canary");
  expect(texts.map((text) => text.length < limits.evidenceLineCharacters + 60)).toEqual([true, true]);
});

const CRON_D = [
  "# m h dom mon dow user command: cutter",
  "SHELL=/bin/sh",
  "CUTTER=cutter",
  "0 3 * * * root cutter dryrun",
  "*/5 * * * * postgres cd / && nice cutter runs",
  "@reboot root /usr/local/bin/cutter resume",
  "@daily cutter /usr/bin/true",
  "0 3 * * * root cookie-cutter",
  "0 3 * * * root /opt/retry cutter",
  "0 3 * * * root mail -s x root%cutter dryrun",
  "0 3 * * * root date +\\%F; cutter dryrun",
  "\t-0 3 * * * root cutter dryrun",
  "broken cutter",
].join("\n");

test("an entry of a system crontab is judged by its command, not by its user, input, variable or comment", () => {
  const path = folder({ "cron.d/app": CRON_D });
  const looks = lookAtCrontabs(join(path, "cron.d"), "with user", OURS);
  const lines = [4, 5, 6, 11, 12].map((line) => `app:${line} command`);
  expect(findings(looks, join(path, "cron.d"))).toEqual([...lines, "app:9 mentioned"].sort());
});

test("an account's crontab has no user, and anacron's has a delay and a name", () => {
  const path = folder({
    "tabs/app": "0 3 * * * cutter dryrun\n@hourly cutter runs\n0 3 * * * true cutter\n",
    anacrontab: "START_HOURS_RANGE=3-22\n1 5 cutter true\n7 25 weekly nice cutter dryrun\n@monthly 45 m cutter runs\n",
  });
  expect(findings(lookAtCrontabs(join(path, "tabs"), "without user", OURS), join(path, "tabs"))).toEqual([
    "app:1 command",
    "app:2 command",
    "app:3 mentioned",
  ]);
  const anacron = lookAtCrontab(join(path, "anacrontab"), "anacrontab", OURS);
  expect(findings([anacron], path)).toEqual(["anacrontab:3 command", "anacrontab:4 command"]);
});

test("a script of cron is judged by what is in it and by its own name", () => {
  const program = join(root, "deployed-copy");
  fs.writeFileSync(program, "\x7fELF\0cutter");
  const path = folder({
    shell: "#!/bin/sh\n# cutter\nset -e\ncutter dryrun\n",
    bare: "cutter dryrun\n",
    python: '#!/usr/bin/env python3\nsubprocess.run(["cutter", "dryrun"])\n',
    "cookie-cutter": "#!/bin/bash\necho cutters\n",
    cutter: "#!/bin/sh\ntrue\n",
    binary: "\x7fELF\0\ncutter dryrun\n",
  });
  fs.symlinkSync(program, join(path, "nightly"));
  const looks = lookAtScripts(path, { names: ["cutter"], files: [program] });
  expect(findings(looks, path)).toEqual([
    "bare:1 command",
    "cutter:null command",
    "nightly:null command",
    "python:2 mentioned",
    "shell:4 command",
  ]);
});

test("a FIFO among crontabs is no file and holds nothing up; a file that is too large is not checkable", () => {
  const path = folder({ large: "#".repeat(limits.serviceFileBytes + 1) });
  spawnSync("mkfifo", [join(path, "pipe")]);
  expect(states(lookAtCrontabs(path, "with user", OURS), path)).toEqual([
    ": looked, 0 files",
    expect.stringMatching(/^\/large: not checkable here, .*larger than 1048576 bytes$/),
  ]);
});

/** What somebody who is not root sees. */
function asNobody(path: string): Look[] {
  const module = JSON.stringify(join(import.meta.dirname, "crontabs.ts"));
  const program = `import { lookAtCrontabs, lookAtCrontab } from ${module};
    const ours = { names: ["cutter"], files: [] };
    const looks = [...lookAtCrontabs(process.argv[1], "with user", ours),
      ...lookAtCrontabs(process.argv[1] + "/closed", "with user", ours),
      lookAtCrontab(process.argv[1] + "/secret", "with user", ours)];
    process.stdout.write(JSON.stringify(looks));`;
  const user = process.geteuid?.() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
  const [command = "", ...words] = [...user, process.execPath, "-e", program, path];
  const run = spawnSync(command, words, { cwd: "/", env: { PATH: process.env.PATH ?? "", HOME: "/" } });
  if (run.status !== 0) throw new Error(run.stderr.toString());
  return JSON.parse(run.stdout.toString()) as Look[];
}

test("what may not be read is not checkable here, never nothing", () => {
  const path = folder({ open: "0 3 * * * root cutter\n", secret: "0 3 * * * root cutter\n", "closed/x": "" });
  fs.chmodSync(root, 0o755);
  fs.chmodSync(join(path, "secret"), 0o000);
  fs.chmodSync(join(path, "closed"), 0o000);
  const looks = asNobody(path);
  fs.chmodSync(join(path, "closed"), 0o755);
  expect(states(looks, path)).toEqual([
    ": looked, 1 file",
    "/secret: not checkable here, EACCES",
    "/closed: not checkable here, EACCES",
    "/secret: not checkable here, EACCES",
  ]);
});
