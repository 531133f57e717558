/**
 * Tests of a directory with a marker, and of the names that its sandbox gives: it has all of its marker or none, keeps
 * it until it goes, and nothing brings it back without.
 */
import { afterEach, beforeEach, expect, spyOn, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import { ok, sampleFolder } from "../providers/sample-sandbox.ts";
import { makeFolder, makeMarkedDirectory, removeMarkedDirectory } from "./marked-directory.ts";
import { canNameSandbox, derivedNames, isSandboxName, type LeftoverRecord, openRecord } from "./record.ts";

let folder: string;
let record: LeftoverRecord;
beforeEach(() => {
  folder = sampleFolder();
  record = ok(openRecord(folder, "cutter-sandbox-t1"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const place = (): string => join(folder, "place");

test("a directory that has its marker has all of it: it comes by a rename", () => {
  ok(makeMarkedDirectory(record, place()));
  expect(fs.readdirSync(place())).toEqual([".cutter-sandbox"]);
  expect(fs.readFileSync(join(place(), ".cutter-sandbox"), "utf8")).toBe(record.token);
});

test("one into which something is put as often as it is emptied keeps its marker, and goes once it ends", async () => {
  ok(makeMarkedDirectory(record, place()));
  const busy = spyOn(fs, "rmdirSync").mockImplementation(() => {
    throw Object.assign(new Error("ENOTEMPTY: directory not empty"), { code: "ENOTEMPTY" });
  });
  const stays = await removeMarkedDirectory(place(), record.token);
  busy.mockRestore();
  expect(stays).toContain("as often as it is emptied");
  expect(fs.readFileSync(join(place(), ".cutter-sandbox"), "utf8")).toBe(record.token);
  expect(await removeMarkedDirectory(place(), record.token)).toBe(null);
});

test("somebody who still writes into a folder of it, for a moment, is waited for", async () => {
  ok(makeMarkedDirectory(record, place()));
  const deep = join(place(), "data", "log");
  fs.mkdirSync(deep, { recursive: true });
  const remove = fs.rmSync;
  const until = Date.now() + 200;
  const writer = spyOn(fs, "rmSync").mockImplementation((path, options) => {
    if (`${path}` === join(place(), "data") && Date.now() < until) {
      throw Object.assign(new Error("ENOTEMPTY: directory not empty"), { code: "ENOTEMPTY" });
    }
    remove(path, options);
  });
  const reason = await removeMarkedDirectory(place(), record.token);
  writer.mockRestore();
  expect([reason, fs.existsSync(place()), Date.now() >= until]).toEqual([null, false, true]);
});

test("where another sandbox stands it is told as such, and never to be moved away", () => {
  const of = (path: string) => makeMarkedDirectory(record, path);
  const running = join(folder, "cutter-sandbox-t2-t");
  ok(of(running));
  fs.mkdirSync(place());
  const [first, second] = [of(running), of(place())];
  expect([first?.code, second?.code]).toEqual(["FILE_EXISTS", "FILE_EXISTS"]);
  expect(first?.hint).toStartWith(
    "It is another sandbox's, which may be running: leave it there, and choose another --name.",
  );
  expect(second?.hint).toBe("Choose another --name: what stands there is not this sandbox's.");
});

test("a folder below one that was removed is not made again without it", () => {
  const failed = makeFolder(join(place(), "below"));
  expect([failed instanceof Failure && failed.code, fs.existsSync(place())]).toEqual(["FILE_WRITE_FAILED", false]);
});

test("a name is one of a sandbox only where what is derived from it has a name, too", () => {
  const of = (length: number) => canNameSandbox(`cutter-sandbox-${"x".repeat(length)}`);
  expect([1, 30, 31, 32].map(of)).toEqual([true, true, false, false]);
  expect(isSandboxName(derivedNames(`cutter-sandbox-${"x".repeat(30)}`).production)).toBe(true);
});
