/**
 * main.test: the program as a process: exit codes, what goes to which stream, colour, slow and closed pipes, signals.
 *
 * Runs the source with bun; the built binary is smoke-tested by scripts/test. No database.
 */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";

const MAIN = join(import.meta.dir, "main.ts");
const CLI = join(import.meta.dir, "cli");
const NOTHING = "data: No connection was made; nothing was read or written.\n";

type Ended = { code: number; stdout: string; stderr: string };
type Environment = Record<string, string>;

async function run(command: readonly string[], environment: Environment = {}): Promise<Ended> {
  const child = Bun.spawn([...command], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { PATH: process.env.PATH ?? "", ...environment },
  });
  const [code, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
  return { code, stdout, stderr };
}

const cutter = (...argv: string[]): Promise<Ended> => run([process.execPath, MAIN, ...argv]);
const shell = (script: string, environment: Environment = {}): Promise<Ended> =>
  run(["/bin/sh", "-c", script], { BUN: process.execPath, MAIN, ...environment });

/** A program of one command, `act`, whose run function is the given source. */
function sample(act: string): string {
  return `
    import { runProgram } from "${CLI}/command/program.ts";
    import { onSignal } from "${CLI}/exit.ts";
    import { paint } from "${CLI}/terminal.ts";
    import { registerSecret } from "${import.meta.dir}/kernel/evidence/redaction.ts";
    const act = { name: "act", summary: "Acts.", examples: [], positionals: [], flags: [],
      run: async ({ globals }, terminal) => { ${act} } };
    const root = { name: "sample", summary: "A sample.", examples: [], commands: [act] };
    await runProgram({ root, argv: process.argv.slice(1), exit: (code) => process.exit(code) });`;
}
const program = (act: string, ...argv: string[]): Promise<Ended> =>
  run([process.execPath, "-e", sample(act), "act", ...argv]);

describe("exit codes and streams", () => {
  test("an unknown flag exits 2 on stderr and nothing runs", async () => {
    const hint = "hint: See cutter explain --help.\n";
    expect(await cutter("explain", "--dry-rnu")).toEqual({
      code: 2,
      stdout: "",
      stderr: `error USAGE: unknown option: --dry-rnu\n${NOTHING}${hint}`,
    });
  });

  test("each line that citty would run exits 2 with an empty stdout", async () => {
    const lines = ["explain USAGE stray", "explain --no-quiet", "explain --quiet=maybe", "explain --quiet --quiet"];
    const ended = await Promise.all(lines.map((line) => cutter(...line.split(" "))));
    expect(ended.map(({ code, stdout }) => ({ code, stdout }))).toEqual(lines.map(() => ({ code: 2, stdout: "" })));
  });

  test("under --json a failure is one document on stdout, also when the line does not parse", async () => {
    const { code, stdout, stderr } = await cutter("explain", "--json", "USAGEE");
    const unparsed = await cutter("explain", "--json", "--bogus");
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: "USAGE", schema: "cutter.failure/v1", exit_code: 2 });
    expect(stderr).toContain("did you mean USAGE?");
    expect(JSON.parse(unparsed.stdout)).toMatchObject({ code: "USAGE", message: "unknown option: --bogus" });
  });

  test("help that was asked for is a result; a missing command shows it and exits 2", async () => {
    const [asked, missing] = await Promise.all([cutter("help"), cutter()]);
    expect(asked).toMatchObject({ code: 0, stderr: "" });
    expect(missing).toMatchObject({ code: 2, stdout: "" });
    expect(missing.stderr).toStartWith(asked.stdout);
  });

  test("explain shows an entry, or all of them", async () => {
    const [one, all] = await Promise.all([cutter("explain", "kill_switch_off"), cutter("explain", "--json")]);
    expect(one.stdout).toStartWith("KILL_SWITCH_OFF (exit 4)\ncause:  Execution is off.");
    const codes = (JSON.parse(all.stdout) as { failures: { code: string }[] }).failures.map(({ code }) => code);
    expect(codes).toContain("NO_DATABASE_NAMED");
    expect(new Set(codes).size).toBe(codes.length);
  });

  test("a bug exits 1, says what to send, and holds no secret", async () => {
    const act = `registerSecret("hunter22"); throw new TypeError("lost hunter22");`;
    const late = `setTimeout(() => { throw new Error("later") }, 1); await new Promise(() => {});`;
    const [thrown, uncaught] = await Promise.all([program(act, "--json"), program(late)]);
    expect(thrown.code).toBe(1);
    expect(thrown.stderr).toContain("error BUG: a mistake in cutter itself: lost [redacted]");
    expect(thrown.stderr).toContain("Please send the lines from here on");
    expect(JSON.parse(thrown.stdout)).toMatchObject({ code: "BUG", exit_code: 1 });
    expect(thrown.stdout + thrown.stderr).not.toContain("hunter22");
    expect(uncaught.code).toBe(1);
    expect(uncaught.stderr).toContain("later");
  });

  test("JSON stays JSON when strings in it are redacted", async () => {
    const act = `registerSecret('quo"ted'); await terminal.document({ a: 'a quo"ted b', u: "pg://u:p@h" }); return 0;`;
    const { stdout } = await program(act);
    expect(JSON.parse(stdout)).toEqual({ a: "a [redacted] b", u: "pg://u:[redacted]@h" });
  });

  test("--quiet leaves the result and failures, --verbose adds detail", async () => {
    const act = `for (const say of ["talk", "detail", "alarm"]) await terminal[say](say); return 3;`;
    const [normal, quiet, verbose] = await Promise.all([
      program(act),
      program(act, "--quiet"),
      program(act, "--verbose"),
    ]);
    expect(normal).toEqual({ code: 3, stdout: "", stderr: "talk\nalarm\n" });
    expect(quiet.stderr).toBe("alarm\n");
    expect(verbose.stderr).toBe("talk\ndetail\nalarm\n");
  });
});

describe("colour", () => {
  const code = sample(
    `await terminal.result(paint("x", "red", terminal.colour.stdout) + terminal.progress); return 0;`,
  );
  /** util-linux `script` gives the child a terminal. */
  const onTerminal = (argv: string, environment: Environment): Promise<Ended> =>
    shell(`script -qec '"$BUN" -e "$CODE" act ${argv}' /dev/null`, { CODE: code, TERM: "xterm", ...environment });
  const red = "\u001b[31mx\u001b[39m";

  test("is on for a terminal, and off in a pipe unless asked for", async () => {
    expect((await onTerminal("", {})).stdout).toBe(`${red}drawn`);
    expect((await run([process.execPath, "-e", code, "act"])).stdout).toBe("xlines");
    expect((await run([process.execPath, "-e", code, "act", "--color=always"])).stdout).toBe(`${red}lines`);
  });

  test("is off with any NO_COLOR that is not empty, TERM=dumb or --color never", async () => {
    const off = await Promise.all([
      onTerminal("", { NO_COLOR: "yes" }),
      onTerminal("", { TERM: "dumb" }),
      onTerminal("--color never", {}),
    ]);
    expect(off.map(({ stdout }) => stdout)).toEqual(["xdrawn", "xlines", "xdrawn"]);
    expect((await onTerminal("", { NO_COLOR: "" })).stdout).toBe(`${red}drawn`);
    expect((await onTerminal("--color always", { NO_COLOR: "1" })).stdout).toBe(`${red}drawn`);
  });
});

describe("what is said on stderr", () => {
  const long = `${"word ".repeat(20)}end`;
  const act = sample(`terminal.draw(() => "working"); await terminal.alarm("${long}"); return 0;`);
  const environment = { CODE: act, TERM: "xterm" };

  test("on a terminal: progress gives way to it, and it is folded at spaces", async () => {
    const { stdout } = await shell(`script -qec '"$BUN" -e "$CODE" act' /dev/null`, environment);
    const wipe = "\r\u001b[2K";
    const folded = `${"word ".repeat(16).trimEnd()}\r\n  ${"word ".repeat(4)}end\r\n`;
    expect(stdout).toBe(`${wipe}working${wipe}${folded}`);
  });

  test("what comes from a database can neither steer the terminal nor draw a line of its own", async () => {
    const act = `const { Failure } = await import("${import.meta.dir}/kernel/failure.ts");
      const evil = "\\u001b[2J boom\\nSAMPLE 7/7 ALL_PASS";
      await terminal.talk(evil);
      return new Failure("NOT_PROVEN", evil, { hint: evil, data: evil, facts: { evil }, cause: new Error(evil) });`;
    for (const colour of ["--color=always", "--color=never"]) {
      const { stderr } = await program(act, "--verbose", colour);
      expect(stderr.replaceAll("\u001b[31m", "").replaceAll("\u001b[39m", "")).not.toContain("\u001b");
      expect(stderr).not.toMatch(/^SAMPLE/m);
      expect(stderr.match(/boom\\n/g)).toHaveLength(6);
    }
  });

  test("in a pipe: no progress is drawn, and a line stays a line", async () => {
    expect(await run([process.execPath, "-e", act, "act"])).toMatchObject({ stderr: `${long}\n` });
  });
});

describe("pipes", () => {
  const large = sample(`await terminal.result("x".repeat(5_000_000)); return 3;`);

  test("a large result into a slow pipe is whole", async () => {
    const ended = await shell(`{ "$BUN" -e "$CODE" act; echo "exit $?" >&2; } | { sleep 1; wc -c; }`, { CODE: large });
    expect(ended).toEqual({ code: 0, stdout: "5000000\n", stderr: "exit 3\n" });
  });

  test("a reader that goes away ends the program quietly, and the verdict stands", async () => {
    const ended = await shell(`{ "$BUN" -e "$CODE" act; echo "exit $?" >&2; } | head -c 10`, { CODE: large });
    expect(ended).toEqual({ code: 0, stdout: "xxxxxxxxxx", stderr: "exit 3\n" });
  });

  test("a full disk under stdout is a failure, since the result is lost", async () => {
    const ended = await shell(`"$BUN" "$MAIN" explain > /dev/full`);
    expect(ended.code).toBe(5);
    expect(ended.stderr).toContain("error FILE_WRITE_FAILED: the result could not be written to stdout: ENOSPC");
  });
});

describe("signals", () => {
  const waiting = `
    onSignal(async () => { await new Promise((done) => setTimeout(done, 50)); await terminal.alarm("cleaned up"); });
    await terminal.alarm("ready");
    await new Promise((done) => setTimeout(done, 10_000));
    return 0;`;

  async function signalled(
    act: string,
    signals: readonly NodeJS.Signals[],
  ): Promise<Ended & { signal: Bun.Subprocess["signalCode"] }> {
    const child = Bun.spawn([process.execPath, "-e", sample(act), "act"], { stdout: "pipe", stderr: "pipe" });
    const reader = child.stderr.getReader();
    let stderr = "";
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      if (stderr === "") for (const signal of signals) child.kill(signal);
      stderr += new TextDecoder().decode(chunk.value);
    }
    return { code: await child.exited, stdout: await child.stdout.text(), stderr, signal: child.signalCode };
  }

  test("each ends the program with its code, after cleaning up", async () => {
    const ended = await Promise.all(
      (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((name) => signalled(waiting, [name])),
    );
    expect(ended.map(({ code }) => code)).toEqual([130, 143, 129]);
    for (const { stderr, signal } of ended) {
      expect(stderr).toMatch(/^ready\ncleaned up\nerror (INTERRUPTED|TERMINATED|HUNG_UP): /);
      expect(signal).toBeNull();
    }
  });

  test("the command that ends because of the clean-up does not overtake the signal's exit code", async () => {
    const act = `
      const ended = Promise.withResolvers();
      onSignal(async () => { ended.resolve(5); await new Promise((done) => setTimeout(done, 100)); });
      await terminal.alarm("ready");
      setTimeout(() => {}, 10_000);
      return ended.promise;`;
    expect(await signalled(act, ["SIGTERM"])).toMatchObject({ code: 143 });
  });

  test("a second signal ends a clean-up that hangs", async () => {
    const act = `
      onSignal(async () => { await terminal.alarm("hanging"); await new Promise(() => {}); });
      setInterval(() => {}, 1000);
      await terminal.alarm("ready");
      setTimeout(() => process.kill(process.pid, "SIGTERM"), 20);
      setTimeout(() => process.kill(process.pid, "SIGINT"), 120);
      await new Promise(() => {});`;
    const ended = await program(act);
    expect(ended).toEqual({ code: 130, stdout: "", stderr: "ready\nhanging\n" });
  });
});
