/** Tests of what counts as starting a program of ours, and of what only looks like it. */
import { afterAll, expect, test } from "bun:test";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isOurs, matches, mentions, type Ours } from "./command.ts";
import { simpleCommands } from "./command-words.ts";

const root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "cutter-command-")));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const OURS: Ours = { names: ["cutter", "cutter-proof"], files: [] };

function judge(line: string, syntax: "shell" | "systemd" = "shell"): string {
  return (
    matches(line, syntax, OURS)
      .map(({ match }) => match)
      .join() || "nothing"
  );
}

const STARTED = [
  "cutter",
  "cutter dryrun --survey",
  "/usr/local/bin/cutter dryrun",
  "$HOME/bin/cutter-proof counts",
  "'/opt/my tools/cutter' dryrun",
  "cu'tt'er dryrun",
  "cd /srv && cutter dryrun",
  "cd /srv; PGHOST=db LC_ALL=C cutter dryrun >> /var/log/cutter.log 2>&1",
  "true || cutter dryrun &",
  "echo yes | cutter resume",
  "if test -x /bin/true; then cutter dryrun; fi",
  "while ! cutter doctor; do sleep 1; done",
  "{ cutter dryrun; }",
  "(cutter dryrun)",
  "out=$(cutter runs)",
  'echo "state: $(cutter runs)"',
  "x=`cutter runs`",
  "cat <(cutter runs)",
  "> /tmp/out cutter dryrun",
  "2>&- cutter dryrun",
  "exec cutter dryrun",
  "exec -a other cutter dryrun",
  "nohup cutter dryrun",
  "nice -n 10 cutter dryrun",
  "nice -n10 cutter dryrun",
  "ionice -c 3 nice -19 cutter dryrun",
  "timeout -k 5 -s KILL 60 cutter dryrun",
  "flock -n /run/lock/x cutter dryrun",
  "flock -n /run/lock/x -c 'cutter dryrun'",
  "env -i -u FOO PATH=/bin A=b cutter dryrun",
  "env -S 'cutter dryrun'",
  "sudo -u postgres -- cutter dryrun",
  "sudo -nu postgres cutter dryrun",
  "sudo --user postgres cutter dryrun",
  "sudo --user=postgres cutter dryrun",
  "su - postgres -c 'cutter dryrun'",
  'su -c "cd / && cutter dryrun" postgres',
  "runuser -u postgres -- cutter dryrun",
  "runuser --user=postgres cutter dryrun",
  "runuser -l postgres -c 'cutter dryrun'",
  "setpriv --reuid 70 --clear-groups cutter dryrun",
  "sh -c 'cutter dryrun'",
  "bash -lc 'cd /srv && cutter dryrun'",
  "bash -o pipefail -ec 'cutter runs | tail'",
  "bash -c \"sh -c 'cutter dryrun'\"",
  "sh /usr/local/bin/cutter",
  "systemd-run --unit x --on-calendar=daily cutter dryrun",
  "tmux new-session -d -s work 'cutter dryrun'",
  "screen -dmS work cutter dryrun",
  "script -qc 'cutter dryrun' /tmp/out",
  "xargs -n 1 cutter show",
  "stdbuf -oL cutter dryrun",
  "chroot /srv/root cutter dryrun",
  "taskset -c 0 cutter dryrun",
  "cat <<EOF\nnothing\nEOF\ncutter dryrun",
  "echo a \\\n  b\ncutter dryrun",
];

const NOT_STARTED = [
  "",
  "cookie-cutter new",
  "/usr/bin/cookie-cutter",
  "cutter.sh",
  "cutters",
  "paper_cutter --now",
  "# cutter dryrun",
  "true # cutter dryrun",
  "/opt/cutter/bin/other",
  "/opt/cutter/",
  "cookiecutter gh:x/cutter-template",
  "echo 'run cutter dryrun by hand'",
  'mail -s "cutter dryrun" root',
  "cat <<EOF\ncutter dryrun\nEOF",
  "cat <<-'EOF'\n\tcutter dryrun\n\tEOF\ntrue",
  "echo x > /var/log/cutter",
  "case $1 in\ncutter) true ;;\nesac",
  "cutter() { true; }",
  "NAME=cutter other",
];

const MENTIONED = [
  "apt-get install cutter",
  "rm -f /usr/local/bin/cutter",
  "rsync -a /var/lib/cutter backup:",
  "/opt/bin/retry 3 cutter resume",
  "docker exec postgres cutter dryrun",
  "sudo -u cutter true",
  "nice -n 10 ls /var/lib/cutter",
  "pgrep cutter && other",
  "runuser -u postgres -- psql -c cutter",
  "su postgres cutter",
];

test("a command that is ours is found, whatever stands before it", () => {
  expect(STARTED.filter((line) => judge(line) !== "command").map((line) => [line, judge(line)])).toEqual([]);
});

test("a word that only contains the name, a comment, a folder, a text is not ours", () => {
  expect(NOT_STARTED.filter((line) => judge(line) !== "nothing").map((line) => [line, judge(line)])).toEqual([]);
});

test("our name among the arguments of another program is a mention", () => {
  expect(MENTIONED.filter((line) => judge(line) !== "mentioned").map((line) => [line, judge(line)])).toEqual([]);
});

test("systemd splits a line only at a semicolon that stands alone, and knows no comment in it", () => {
  expect(judge("/bin/true ; /opt/cutter dryrun", "systemd")).toBe("command");
  expect(judge("/bin/echo a && /opt/cutter dryrun", "systemd")).toBe("mentioned");
  expect(judge("/bin/sh -c 'cd / && cutter dryrun'", "systemd")).toBe("command");
  expect(judge("/usr/bin/cookie-cutter # cutter", "systemd")).toBe("mentioned");
  expect(judge("/bin/sh -c 'true' \\\n  ; /opt/cutter", "systemd")).toBe("command");
});

test("the line of a command is where it begins", () => {
  const script =
    "#!/bin/sh\n# cutter\n\necho 'a\nb'\nif true\nthen\n  sudo \\\n    cutter dryrun\nfi\ncat <<X\nc\nX\ncutter\n";
  expect(matches(script, "shell", OURS)).toEqual([
    { line: 8, match: "command" },
    { line: 14, match: "command" },
  ]);
});

test("a link or another name of our file is ours, a file of another content is not", () => {
  const file = join(root, "deployed");
  const [link, other] = [join(root, "alias"), join(root, "other")];
  fs.writeFileSync(file, "");
  fs.writeFileSync(other, "");
  fs.symlinkSync("deployed", link);
  const ours: Ours = { names: [], files: [file] };
  const got = [file, link, other, join(root, "none"), "deployed", "", "/\0"].map((word) => isOurs(word, ours));
  expect(got).toEqual([true, true, false, false, false, false, false]);
});

test("in another language our name as a word of its own is a mention, by its line", () => {
  const python = '#!/usr/bin/python3\n# cutter\nimport cutters\nsubprocess.run(["/usr/local/bin/cutter", "dryrun"])\n';
  expect(mentions(python, OURS)).toEqual([{ line: 4, match: "mentioned" }]);
});

test("text that is no shell at all ends, and a thousand commands inside each other do not overflow", () => {
  const hostile = ["'", '"', '"$(', "$(", "`", "<<", "<<EOF", ">", "\\", "((((", "))))", '"\\', "<<<", ">&", "a=$("];
  for (const text of hostile) expect(judge(text)).toBe("nothing");
  expect(simpleCommands("nohup ".repeat(100_000), "shell")[0]?.words.length).toBe(100_000);
  expect(judge(`${"nohup ".repeat(1000)}cutter`)).toBe("mentioned");
});
