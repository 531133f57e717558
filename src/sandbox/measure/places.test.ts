/** Tests of where connections lead: every host of a URI counts, and one that names none is told. */
import { expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { fileWith } from "../../../scripts/database/files.ts";
import { Failure } from "../../kernel/failure.ts";
import { placesIn, placesOfConfiguration } from "./places.ts";

test("each host of a connection URI is a place, wherever it stands", () => {
  const text =
    "cutter cut --exec-url postgresql://a@/d?host=%2Fs%2Fx&port=5 PGHOST=/y postgres://h1:5,h2/d?hostaddr=1.2.3.4";
  expect(placesIn(text)).toEqual(["/s/x", "h1:5", "h2", "1.2.3.4"]);
  expect(placesIn("postgresql://a@/d?host=/s,/p")).toEqual(["/s", "/p"]);
  expect(placesIn("postgresql:///d")).toEqual(["nowhere, by postgresql:///d"]);
  expect(placesIn("cutter plan x.md")).toEqual([]);
});

test("a connection of a configuration leads where its URL says, and any other key leads elsewhere", () => {
  const file = (text: string) => {
    const path = fileWith("cutter.toml", text);
    chmodSync(path, 0o600);
    return placesOfConfiguration(path);
  };
  expect(file('[connections.exec]\nurl = "postgresql://a@/d?host=/s/x"\n')).toEqual(["/s/x"]);
  expect(file('[connections.exec]\nservice = "icx"\n')).toEqual([
    "connections.exec.service",
    "nowhere, by connections.exec",
  ]);
  expect(file("[connections")).toBeInstanceOf(Failure);
  expect(file("")).toBeInstanceOf(Failure);
});
