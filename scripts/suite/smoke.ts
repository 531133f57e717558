/**
 * smoke: the built binary, from an empty folder, as an operator meets it first.
 *
 * Runs it with an environment that names no database, so it can reach none. Each line of the table is one check.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { print, type Stage, type Tally } from "./stage.ts";

type Check = {
  readonly program: "cutter" | "cutter-proof";
  readonly argv: readonly string[];
  readonly exit: number;
  /** Text that stdout or stderr must hold. */
  readonly says: string;
};

const VERDICT = "CUTTER_ROLLBACK_PROOF 7/7 ALL_PROOFS_PASS";

const CHECKS: readonly Check[] = [
  { program: "cutter", argv: ["--version"], exit: 0, says: "cutter 0.1.0 (commit " },
  { program: "cutter", argv: ["--help"], exit: 0, says: "proof rollback" },
  { program: "cutter", argv: ["plan", "absent.md", "--document", "DOC"], exit: 2, says: "FILE_UNREADABLE" },
  { program: "cutter", argv: ["explain", "KILL_SWITCH_OFF"], exit: 0, says: "Execution is off." },
  { program: "cutter", argv: ["proof", "rollback"], exit: 2, says: "--embedded" },
  { program: "cutter", argv: ["proof", "rollback", "--embeded"], exit: 2, says: "did you mean --embedded?" },
  { program: "cutter", argv: ["proof", "killswitch"], exit: 0, says: "off" },
  { program: "cutter", argv: ["proof", "rollback", "--embedded"], exit: 0, says: VERDICT },
  { program: "cutter", argv: ["dryrun"], exit: 0, says: "CUTTER_DRYRUN 7/7 ALL_GATES_PASS" },
  { program: "cutter", argv: ["runs"], exit: 0, says: "2 runs" },
  { program: "cutter", argv: ["selftest"], exit: 0, says: " AS_BUILT_AND_PROVEN" },
  { program: "cutter", argv: ["help", "--man"], exit: 0, says: ".TH CUTTER 1 " },
  { program: "cutter", argv: ["completion", "bash"], exit: 0, says: "complete -F _cutter cutter" },
  { program: "cutter", argv: ["uninstall"], exit: 2, says: "Nothing was removed." },
  { program: "cutter-proof", argv: ["--version"], exit: 0, says: "cutter-proof 0.1.0 (commit " },
  { program: "cutter-proof", argv: ["rollback"], exit: 2, says: "NO_DATABASE_NAMED" },
  { program: "cutter-proof", argv: ["rollback", "--embedded"], exit: 2, says: "cutter proof rollback --embedded" },
  { program: "cutter-proof", argv: ["killswitch"], exit: 0, says: "off" },
];

export function smokeStage(project: string): Stage {
  return { name: "the built binaries", run: async () => smoke(project) };
}

function smoke(project: string): Tally {
  const folder = mkdtempSync(join(tmpdir(), "cutter-smoke-"));
  const home = mkdtempSync(join(tmpdir(), "cutter-home-"));
  const failed = CHECKS.filter(({ program, argv, exit, says }) => {
    const env = { PATH: "/usr/bin:/bin", HOME: home, CUTTER_STATE_DIR: home };
    const run = Bun.spawnSync([join(project, "dist", program), ...argv], { cwd: folder, env, stdin: "ignore" });
    const said = `${run.stdout}${run.stderr}`;
    const holds = run.exitCode === exit && said.includes(says);
    print(`${holds ? "ok  " : "FAIL"} ${program} ${argv.join(" ")} → exit ${run.exitCode}`);
    if (!holds) print(`expected exit ${exit} and ${JSON.stringify(says)}; got:\n${said}`);
    return !holds;
  });
  const left = readdirSync(folder);
  print(`${left.length === 0 ? "ok  " : "FAIL"} nothing was left in the folder ${left.join(" ")}`);
  for (const path of [folder, home]) rmSync(path, { recursive: true });
  const wrong = failed.length + (left.length === 0 ? 0 : 1);
  return { passed: CHECKS.length + 1 - wrong, failed: wrong };
}
