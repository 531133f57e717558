/** Tests of the plan that removes everything: what is ours is in it, what is not is left, and said. */
import { afterAll, expect, test } from "bun:test";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { removeFiles, temporaryFolder } from "../../scripts/database/files.ts";
import { NO_CONFIGURATION } from "../kernel/conninfo/configuration.ts";
import { sha256 } from "../kernel/digest.ts";
import { renderSums } from "../kernel/evidence/sums.ts";
import { planUninstall, type UninstallPlaces } from "./uninstall.ts";

afterAll(removeFiles);

/** A machine below a folder, with these files in it; a name that ends in a slash is a directory. */
function machine(...names: readonly string[]): { folder: string; places: UninstallPlaces } {
  const folder = temporaryFolder();
  for (const name of names) {
    fs.mkdirSync(name.endsWith("/") ? join(folder, name) : dirname(join(folder, name)), { recursive: true });
    if (!name.endsWith("/")) fs.writeFileSync(join(folder, name), "x");
  }
  const places: UninstallPlaces = {
    program: join(folder, "bin/cutter"),
    stateDirectories: [join(folder, "state")],
    configurations: [join(folder, "etc/cutter/cutter.toml")],
    configuration: NO_CONFIGURATION,
    temporary: join(folder, "tmp"),
    environment: { HOME: join(folder, "home") },
  };
  return { folder, places };
}

/** Without the folder, and without what this machine itself may have. */
function plan({ folder, places }: ReturnType<typeof machine>) {
  const { items, before, leaves, commands } = planUninstall(places);
  const short = (text: string): string => text.replaceAll(`${folder}/`, "");
  const own = (text: string): boolean => text.includes(folder);
  return {
    items: items.filter(({ path }) => own(path)).map(({ path, loses }) => [short(path), loses]),
    before: before.filter(own).map(short),
    leaves: leaves.filter(own).map(short),
    commands: commands.filter(own).map(short),
  };
}

test("on a machine without cutter there is nothing", () => {
  expect(plan(machine())).toEqual({ items: [], before: [], leaves: [], commands: [] });
});

test("all that it may have put there is named with what is lost, and the program goes last", () => {
  const files = [
    ...["bin/cutter", "bin/cutter.previous", "bin/cutter-proof", "bin/.cutter.deploy.a1b2c3", "bin/other"],
    ...["etc/cutter/cutter.toml", "etc/cutter/DISABLED", "etc/cutter/exec.pem"],
    ...["state/cutter.db", "state/runs/r1/evidence/facts.json", "state/runs/r2/x", "state/locks/HOLD"],
    ...["state/backups/a.dump.gpg", "state/cache/sandbox/template-1/data/x", "state/sandbox/cutter-sandbox-1.json"],
    ...["tmp/cutter-approval-a1b2c3/0", "tmp/cutter-gnupg-a1b2c3/x", "tmp/cutter-else/x", "tmp/other"],
  ];
  expect(plan(machine(...files))).toEqual({
    items: [
      ["etc/cutter", "what is set in it, and DISABLED, exec.pem"],
      ["state", "the evidence of 2 runs, 1 backup, the HOLD that stands"],
      ["tmp/cutter-approval-a1b2c3", null],
      ["tmp/cutter-gnupg-a1b2c3", null],
      ["bin/.cutter.deploy.a1b2c3", null],
      ["bin/cutter-proof", null],
      ["bin/cutter.previous", null],
      ["bin/cutter", null],
    ],
    before: [
      "state/locks/HOLD stands: somebody has to look at the database first (cutter hold show)",
      "keep the evidence: tar -C state -czf cutter-evidence.tar.gz runs",
    ],
    leaves: [],
    commands: [
      "bin/cutter sandbox sweep --state-dir state",
      "rm -rf -- etc/cutter",
      "rm -rf -- state",
      "rm -rf -- tmp/cutter-approval-a1b2c3 tmp/cutter-gnupg-a1b2c3",
      "rm -rf -- bin/.cutter.deploy.a1b2c3 bin/cutter-proof bin/cutter.previous bin/cutter",
    ],
  });
});

test("a directory that holds anything else is left whole, and that is said", () => {
  const spoilt = machine("state/cutter.db", "state/letter.txt", "bin/cutter");
  const { items, leaves } = plan(spoilt);
  expect({ items, leaves }).toEqual({
    items: [["bin/cutter", null]],
    leaves: [expect.stringContaining("holds what is not cutter's: letter.txt")],
  });
  for (const system of ["/", "/etc", "/var", "/usr", "/tmp"]) {
    const { places } = machine();
    const { commands } = planUninstall({ ...places, stateDirectories: [system] });
    expect(commands.filter((command) => command.endsWith(`-- ${system}`))).toEqual([]);
  }
});

test("a configuration of another name is one file; its folder stays", () => {
  const { folder, places } = machine("etc/other.toml", "etc/passwd");
  const configurations = [join(folder, "etc/other.toml")];
  expect(plan({ folder, places: { ...places, configurations } }).items).toEqual([
    ["etc/other.toml", "what is set in it"],
  ]);
});

test("backups and keys that lie elsewhere: the backups are named one by one, the keys are left", () => {
  const backup = "safe/cutter-20260521T042359Z-ad3d0b97.dump.gpg";
  const { folder, places } = machine(
    backup,
    `${backup}.json`,
    "safe/other.gpg",
    "keys/exec.pem",
    "etc/cutter/verify.pem",
  );
  const at = (name: string): string => join(folder, name);
  const configuration = {
    ...NO_CONFIGURATION,
    signing: { ...NO_CONFIGURATION.signing, execKey: at("keys/exec.pem"), verifyKey: at("etc/cutter/verify.pem") },
    backup: {
      ...{ key: "", keyFile: null, gnupgHome: null, directory: at("safe"), retentionDays: 1 },
      ...{ pgDump: [], pgRestore: [], gpg: [] },
    },
  };
  const { items, leaves } = plan({ folder, places: { ...places, configuration } });
  expect({ items: items.map(([path]) => path), leaves }).toEqual({
    items: ["etc/cutter", backup, `${backup}.json`],
    leaves: ["keys/exec.pem is named in the configuration, and yours"],
  });
});

test("the files of a release go with a program that its list names, and no others", () => {
  const release = machine("bin/cutter", "bin/cutter.1", "bin/other", "bin/SHA256SUMS.sig");
  const sums = new Map([
    ["cutter", sha256("x")],
    ["cutter.1", sha256("x")],
    ["other", sha256("x")],
  ] as const);
  fs.writeFileSync(join(release.folder, "bin/SHA256SUMS"), renderSums(sums));
  const names = plan(release).items.map(([path]) => path);
  expect(names).toEqual(["bin/SHA256SUMS", "bin/SHA256SUMS.sig", "bin/cutter.1", "bin/cutter"]);
  fs.writeFileSync(join(release.folder, "bin/SHA256SUMS"), renderSums(new Map([["another", sha256("x")]])));
  expect(plan(release).items.map(([path]) => path)).toEqual(["bin/cutter"]);
});

test("manual page and completion are known by what they say of themselves", () => {
  const names = ["home/.local/share/man/man1/cutter.1", "home/.config/fish/completions/cutter.fish"] as const;
  const documented = machine(...names, "home/.local/share/zsh/site-functions/_cutter");
  fs.writeFileSync(join(documented.folder, names[0]), '.\\" Made by: cutter help --man\n');
  fs.writeFileSync(
    join(documented.folder, names[1]),
    "# fish completion for cutter, made by: cutter completion fish\n",
  );
  const { items, leaves } = plan(documented);
  expect({ items: items.map(([path]) => path), leaves }).toEqual({
    items: [...names],
    leaves: ["home/.local/share/zsh/site-functions/_cutter was not made by cutter"],
  });
});

test("a process that still runs the program is named", () => {
  const { folder, places } = machine("bin/");
  const program = join(folder, "bin/cutter");
  fs.copyFileSync("/bin/sleep", program);
  const child = Bun.spawn([program, "60"]);
  const { before } = plan({ folder, places });
  child.kill();
  expect(before).toEqual([`process ${child.pid} is running bin/cutter: let it end first`]);
});

test("a path that cannot be shown gets no command", () => {
  const { folder, places } = machine("od\nd/cutter");
  const { commands, leaves } = planUninstall({ ...places, program: join(folder, "od\nd/cutter") });
  expect({ commands: commands.filter((text) => text.includes("od")), leaves: leaves.length > 0 }).toEqual({
    ...{ commands: [], leaves: true },
  });
});
