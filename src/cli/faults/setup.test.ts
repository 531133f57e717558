/** Tests of the verbs that make ready: init writes once, doctor comes from not ready to ready, target suggest ranks. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { makeLiveDesk } from "../../../scripts/faults/live-desk.ts";
import { cutter } from "../../../scripts/faults/program.ts";
import { HANDBOOK, makeReference, surveying } from "../../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await makeReference(await anyServer());
});
afterAll(() => database.drop());

test("init makes the folders and a commented configuration once, private, and never replaces one", async () => {
  const folder = temporaryFolder();
  const [state, config] = [join(folder, "state"), join(folder, "etc", "cutter.toml")];
  const first = await cutter(["init", "--config", config], { stateDirectory: state });
  expect([first.code, statSync(config).mode & 0o777, existsSync(join(state, "backups"))]).toEqual([0, 0o600, true]);
  expect((await cutter(["runs", "--config", config], { stateDirectory: state })).code).toBe(0);
  writeFileSync(config, 'document = "MINE"\n');
  const second = await cutter(["init", "--config", config], { stateDirectory: state });
  expect([second.code, second.stdout]).toEqual([0, expect.stringContaining("stays as it is")]);
  expect(readFileSync(config, "utf8")).toBe('document = "MINE"\n');
});

test("init takes a configuration directory that others may read, and none that they may write", async () => {
  for (const [mode, code] of [
    [0o755, 0],
    [0o775, 2],
    [0o757, 2],
  ] as const) {
    const folder = join(temporaryFolder(), "etc");
    mkdirSync(folder);
    chmodSync(folder, mode);
    const config = join(folder, "cutter.toml");
    const ended = await cutter(["init", "--config", config], { stateDirectory: join(temporaryFolder(), "state") });
    expect([mode, ended.code, existsSync(config)]).toEqual([mode, code, code === 0]);
    if (code === 0) expect([statSync(config).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, mode]);
    else expect(ended.stderr).toContain("FILE_NOT_PRIVATE");
  }
});

type Items = { readonly items: readonly { readonly id: string; readonly state: string }[] };

test("doctor: not ready without a run, and ready but for the revert once one is planned and rehearsed", async () => {
  const desk = makeLiveDesk(database);
  const ask = async () => {
    const ended = await desk.run(["doctor", "--config", desk.configuration, "--json"]);
    const open = (JSON.parse(ended.stdout) as Items).items.filter(({ state }) => state !== "CLOSED");
    return [ended.code, ...open.map(({ id }) => id)];
  };
  expect(await ask()).toEqual([3, "F1", "F3", "GAP6", "GAP8"]);
  const source = join(temporaryFolder(), "handbook.md");
  writeFileSync(source, HANDBOOK);
  const run = await desk.begin("HANDBOOK", source);
  const owner = ["--rehearse-url", database.socketUrl()];
  expect((await desk.run(["rehearse", run, "--config", desk.configuration])).code).toBe(0);
  expect(await ask()).toEqual([3, "GAP6"]);
  expect((await desk.run(["rehearse", run, "--config", desk.configuration, ...owner])).code).toBe(0);
  expect(await ask()).toEqual([0]);
});

test("doctor shows each setting and where it came from, and no password", async () => {
  const desk = makeLiveDesk(database);
  const shown = await desk.run(["doctor", "--show-config", "--config", desk.configuration]);
  expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining(desk.configuration)]);
  expect(shown.stdout).not.toContain("postgres://");
});

test("target suggest ranks what has least at stake first", async () => {
  const [, ...url] = surveying(database);
  const ended = await cutter(["target", "suggest", ...url, "--json"]);
  const { documents } = JSON.parse(ended.stdout) as { documents: { document_id: string; enacted: number }[] };
  expect([ended.code, documents.at(0)?.document_id, documents.at(-1)?.document_id]).toEqual([
    ...[0, "ICX-NOTICE", "ICX-CONST"],
  ]);
});
