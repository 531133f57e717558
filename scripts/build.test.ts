import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../src/kernel/digest.ts";
import { embeddedParser } from "./embedded-parser.ts";

const ROOT = join(import.meta.dir, "..");
const CUTTER = join(ROOT, "dist/cutter");
const folder = mkdtempSync(join(tmpdir(), "cutter-build-"));

beforeAll(() => {
  if (!existsSync(CUTTER)) Bun.spawnSync([process.execPath, join(ROOT, "scripts/build.ts"), "--host"]);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

test("SHA256SUMS names every file in dist, and each fits", async () => {
  const lines = (await Bun.file(join(ROOT, "dist/SHA256SUMS")).text()).trimEnd().split("\n");
  const got = lines.map((line) => line.split("  ")[1] ?? "").filter((name) => !/linux|darwin/.test(name));
  expect(got).toEqual(["cutter", "cutter-proof", "cutter.1", "cutter.bash", "cutter.fish", "cutter.zsh"]);
  const there = readdirSync(join(ROOT, "dist")).filter((name) => !/^(SHA256SUMS|\.)/.test(name));
  expect(lines.map((line) => line.split("  ")[1] ?? "")).toEqual(there.sort());
  for (const line of lines) {
    const [digest, name = ""] = line.split("  ");
    expect(sha256(await Bun.file(join(ROOT, "dist", name)).bytes())).toBe(digest ?? "");
  }
});

test("the manual page and the completion scripts are those that the program prints", async () => {
  for (const [name, words] of [
    ["cutter.1", ["help", "--man"]],
    ["cutter.bash", ["completion", "bash"]],
    ["cutter.fish", ["completion", "fish"]],
    ["cutter.zsh", ["completion", "zsh"]],
  ] as const) {
    const printed = `${Bun.spawnSync([CUTTER, ...words]).stdout}`;
    expect({ name, text: printed }).toEqual({ name, text: await Bun.file(join(ROOT, "dist", name)).text() });
  }
});

describe("the folder in which a program is started", () => {
  const said = (program: readonly string[]): string => {
    const env = { PATH: "/usr/bin:/bin", HOME: folder };
    const run = Bun.spawnSync([...program], { cwd: folder, env });
    return `${run.stdout}${run.stderr}`;
  };

  test("says nothing to it: no preload, no variable, no path", () => {
    writeFileSync(join(folder, "preload.ts"), 'console.log("PRELOADED");');
    writeFileSync(join(folder, "bunfig.toml"), 'preload = ["./preload.ts"]');
    for (const name of [".env", ".env.local", ".env.production"]) {
      writeFileSync(join(folder, name), "DATABASE_URL=postgres://nobody@nowhere.invalid/nothing\n");
    }
    const hazard = said([process.execPath, "-e", "console.log(process.env.DATABASE_URL)"]);
    expect(hazard).toContain("PRELOADED");
    expect(hazard).toContain("nowhere.invalid");
    const got = said([CUTTER, "proof", "rollback"]);
    expect(got).toContain("NO_DATABASE_NAMED");
    expect(got).not.toContain("PRELOADED");
  });
});

test("the parser is inside a program, and without our help its path on this machine would be", async () => {
  const entry = join(folder, "parse.ts");
  const parser = join(ROOT, "node_modules/libpg-query/wasm/index.js");
  writeFileSync(
    entry,
    `import { parse } from ${JSON.stringify(parser)}; await parse("SELECT 1"); console.log("parsed");`,
  );
  const pathOf = async (plugins: Bun.BunPlugin[]): Promise<boolean> => {
    const { outputs } = await Bun.build({ entrypoints: [entry], target: "bun", plugins });
    const scripts = outputs.filter(({ path }) => path.endsWith(".js"));
    return (await Promise.all(scripts.map((output) => output.text()))).join("").includes(`${ROOT}/node_modules`);
  };
  expect([await pathOf([]), await pathOf([embeddedParser])]).toEqual([true, false]);
});
