import { afterAll, expect, test } from "bun:test";
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Arming, type ArmingScope, arm, currentArming, disarm } from "./kill-switch/arming.ts";
import { executionEnabled, type KillSwitchReading, readKillSwitch, refusal, switchMismatches } from "./kill-switch.ts";

const root = fs.mkdtempSync(join(tmpdir(), "kill-switch-"));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));
let made = 0;

function places() {
  const stateDirectory = join(root, `state-${++made}`);
  fs.mkdirSync(join(stateDirectory, "locks"), { recursive: true, mode: 0o700 });
  return {
    stateDirectory,
    operatorFile: join(stateDirectory, "DISABLED"),
    hold: join(stateDirectory, "locks", "HOLD"),
  };
}

function says(reading: KillSwitchReading): string[] {
  return reading.sources.map((source) => `${source.name} ${source.says}`);
}

const QUIET = ["EXECUTION_ENABLED off", "HOLD nothing", "DISABLED nothing", "arming nothing"];

const SCOPE: ArmingScope = { runId: "r", cutplanDigest: "d", target: "t", gate: "SG1" };

/** A reading as it would be in a live run: the only way in a test to see execution on. */
function armedReading(changes: Partial<Arming> = {}): KillSwitchReading {
  const expiresAt = "2999-01-01T00:00:00.000Z";
  const arming: Arming = { ...SCOPE, expiresAt, ...changes };
  return { ...readKillSwitch(places()), armed: arming };
}

test("out of the box execution is off, nothing is armed, and every source was read", () => {
  const reading = readKillSwitch(places());
  expect(says(reading)).toEqual(QUIET);
  expect(executionEnabled(reading)).toBe(false);
  expect(reading.armed).toBeNull();
  expect(switchMismatches(reading)).toEqual([]);
  expect(refusal(reading, SCOPE)?.code).toBe("KILL_SWITCH_OFF");
});

test("a state directory that was never made is no reason and no failure", () => {
  const reading = readKillSwitch({ stateDirectory: join(root, "never"), operatorFile: join(root, "never", "D") });
  expect(says(reading)).toEqual(QUIET);
});

test("no variable turns it on", () => {
  const module = join(import.meta.dir, "kill-switch.ts");
  const script = `const k = await import(${JSON.stringify(module)});
    process.stdout.write(String(k.executionEnabled(k.readKillSwitch({ stateDirectory: "/nowhere" }))));`;
  const on = { EXECUTION_ENABLED: "true", CUTTER_EXECUTION_ENABLED: "1", KILL_SWITCH: "off", CUTTER_ARMED: "1" };
  const child = spawnSync(process.execPath, ["-e", script], { env: { ...process.env, ...on }, encoding: "utf8" });
  expect(child.stdout).toBe("false");
});

test("HOLD and DISABLED each say off, and a reading shows their first line", () => {
  const where = places();
  fs.writeFileSync(where.hold, "run r1: leg_b failed\nmore\n");
  fs.writeFileSync(where.operatorFile, "");
  const reading = readKillSwitch(where);
  expect(reading.sources.slice(1, 3)).toEqual([
    { name: "HOLD", where: where.hold, says: "off", detail: "run r1: leg_b failed" },
    { name: "DISABLED", where: where.operatorFile, says: "off", detail: "exists, empty" },
  ]);
  expect(switchMismatches(reading)).toEqual([]);
  expect(refusal(reading, SCOPE)?.message).toContain("leg_b failed");
});

const unreadable: Record<string, (path: string) => void> = {
  "a directory": (path) => fs.mkdirSync(path),
  "a link to nowhere": (path) => fs.symlinkSync("/nowhere/at/all", path),
  "a link to a file": (path) => fs.symlinkSync("/etc/hostname", path),
  "a FIFO": (path) => execFileSync("mkfifo", [path]),
  "larger than its bound": (path) => fs.writeFileSync(path, "x".repeat(70_000)),
};

for (const [kind, make] of Object.entries(unreadable)) {
  for (const file of ["hold", "operatorFile"] as const) {
    test(`a source that exists and cannot be read is off and a mismatch: ${file} is ${kind}`, () => {
      const where = places();
      make(where[file]);
      const reading = readKillSwitch(where);
      expect(says(reading)).toContain(`${file === "hold" ? "HOLD" : "DISABLED"} unreadable`);
      expect(switchMismatches(reading)).toHaveLength(1);
      expect(refusal(reading, SCOPE)?.code).toBe("KILL_SWITCH_UNREADABLE");
      expect(executionEnabled({ ...armedReading(), sources: reading.sources })).toBe(false);
    });
  }
}

test("a place that cannot even be looked at is unreadable, not absent", () => {
  const where = places();
  fs.rmdirSync(join(where.stateDirectory, "locks"));
  fs.writeFileSync(join(where.stateDirectory, "locks"), "a file where the folder should be");
  expect(says(readKillSwitch(where))).toContain("HOLD unreadable");
});

const untrusted: Record<string, (where: ReturnType<typeof places>) => void> = {
  "the state directory may be written by all": ({ stateDirectory }) => fs.chmodSync(stateDirectory, 0o777),
  "locks may be written by its group": ({ stateDirectory }) => fs.chmodSync(join(stateDirectory, "locks"), 0o770),
  "the state directory is a link": ({ stateDirectory }) => {
    fs.renameSync(stateDirectory, `${stateDirectory}-aim`);
    fs.symlinkSync(`${stateDirectory}-aim`, stateDirectory);
  },
  "locks is a link": ({ stateDirectory }) => {
    fs.rmdirSync(join(stateDirectory, "locks"));
    fs.symlinkSync(root, join(stateDirectory, "locks"));
  },
};
if (process.geteuid?.() === 0) {
  untrusted["the state directory is another user's"] = ({ stateDirectory }) =>
    fs.chownSync(stateDirectory, 12345, 12345);
}

for (const [kind, make] of Object.entries(untrusted)) {
  test(`a place from which somebody else may take HOLD is unreadable: ${kind}`, () => {
    const where = places();
    make(where);
    const reading = readKillSwitch(where);
    expect(says(reading)).toContain("HOLD unreadable");
    expect(switchMismatches(reading)).toHaveLength(1);
    expect(refusal(reading, SCOPE)?.code).toBe("KILL_SWITCH_UNREADABLE");
    expect(executionEnabled({ ...armedReading(), sources: reading.sources })).toBe(false);
  });
}

test("execution is on only with an arming in time and both files silent", () => {
  expect(executionEnabled(armedReading())).toBe(true);
  expect(refusal(armedReading(), SCOPE)).toBeNull();
  expect(executionEnabled(armedReading({ expiresAt: "2001-01-01T00:00:00.000Z" }))).toBe(false);
  expect(executionEnabled(armedReading({ expiresAt: "not a time" }))).toBe(false);
  const reading = armedReading();
  for (const name of ["HOLD", "DISABLED"] as const) {
    const off = reading.sources.map((one) => (one.name === name ? { ...one, says: "off" as const } : one));
    expect(executionEnabled({ ...reading, sources: off })).toBe(false);
    expect(executionEnabled({ ...reading, sources: reading.sources.filter((one) => one.name !== name) })).toBe(false);
  }
});

test("an arming is for one run, plan, target and gate, and for nothing else", () => {
  for (const [what, other] of [
    ["run", { runId: "another" }],
    ["plan", { cutplanDigest: "another" }],
    ["target", { target: "another" }],
    ["gate", { gate: "SG2" }],
  ] as const) {
    const refused = refusal(armedReading(), { ...SCOPE, ...other });
    expect([refused?.code, refused?.message]).toEqual([
      "KILL_SWITCH_OFF",
      `execution is off; what is armed is for another ${what}`,
    ]);
  }
  expect(refusal(armedReading(), null)?.code).toBe("KILL_SWITCH_OFF");
});

test("one run is armed at a time, every reading shows it, and disarmed it is gone", () => {
  const arming: Arming = { ...SCOPE, expiresAt: "2999-01-01T00:00:00.000Z" };
  const where = places();
  try {
    expect(arm(arming)).toBeNull();
    expect(arm(arming)).toBeNull();
    expect(arm({ ...arming, runId: "another" })?.code).toBe("KILL_SWITCH_OFF");
    expect(currentArming()).toEqual(arming);
    expect(says(readKillSwitch(where))).toContain("arming on");
    expect(refusal(readKillSwitch(where), SCOPE)).toBeNull();
    fs.writeFileSync(where.hold, "stop\n");
    expect(refusal(readKillSwitch(where), SCOPE)?.code).toBe("KILL_SWITCH_OFF");
  } finally {
    disarm();
  }
  expect(currentArming()).toBeNull();
  expect(refusal(readKillSwitch(places()), SCOPE)?.message).toBe("execution is off; nothing is armed");
});

test("sabotage: a switch that is on in the source, an arming, or a source not read, is a mismatch", () => {
  const reading = readKillSwitch(places());
  const [constant, ...files] = reading.sources;
  if (constant === undefined) throw new Error("no sources");
  const on = { ...reading, sources: [{ ...constant, says: "on" as const, detail: "true" }, ...files] };
  expect(switchMismatches(on).map((one) => one.what)).toEqual(["EXECUTION_ENABLED (in the source)"]);
  expect(switchMismatches(armedReading()).map((one) => one.what)).toEqual(["executionEnabled()", "armed"]);
  expect(switchMismatches({ ...reading, sources: [] }).map((one) => one.what)).toEqual(["sources read"]);
});
