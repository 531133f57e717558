import { expect, test } from "bun:test";
import { PassThrough } from "node:stream";
import type { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { Channel } from "./channel.ts";
import { encode, MessageReader } from "./messages.ts";
import { Wire } from "./wire.ts";

function wireWithFailures(): { wire: Wire; failures: Failure[] } {
  const failures: Failure[] = [];
  const channel = new Channel(new PassThrough(), "nowhere");
  const wire = new Wire(channel, { failed: (failure) => failures.push(failure), lastWords: () => {} });
  return { wire, failures };
}

test("a reply with more rows than memory should hold ends the session before the driver sees them", () => {
  const { wire, failures } = wireWithFailures();
  let forwarded = 0;
  wire.on("data", (bytes: Buffer) => {
    forwarded += bytes.length;
  });
  wire.begin();
  const frame = Buffer.alloc(limits.replyBytes / 4);
  const rows = Array.from({ length: 5 }, () => ({ type: "D", body: frame, frame }));
  wire.receive(rows);
  expect([forwarded, failures.map(({ code }) => code)]).toEqual([0, ["SESSION_PROTOCOL"]]);
});

test("the driver gets no second connection", () => {
  const { wire } = wireWithFailures();
  wire.attach();
  expect(() => wire.attach()).toThrow("second connection");
});

test("messages are cut at their bounds, however the bytes arrive", () => {
  const sent = [encode("Z", Buffer.from("I")), encode("1"), encode("C", Buffer.from("SELECT 1\0"))];
  const bytes = Buffer.concat(sent);
  for (let size = 1; size <= bytes.length; size++) {
    const reader = new MessageReader();
    const frames: Buffer[] = [];
    for (let start = 0; start < bytes.length; start += size) {
      const messages = reader.push(bytes.subarray(start, start + size));
      if (!("length" in messages)) throw new Error(messages.message);
      frames.push(...messages.map(({ frame }) => frame));
    }
    expect(frames).toEqual(sent);
  }
});
