import { describe, expect, test } from "bun:test";
import { Failure } from "../failure.ts";
import { encode, encodeRequest, zeroTerminated } from "../session/messages.ts";
import { AnswerJudge, type Batch, BatchReader } from "./batches.ts";

const STARTUP = encodeRequest(
  196_608,
  Buffer.concat([zeroTerminated("user"), zeroTerminated("postgres"), Buffer.alloc(1)]),
);
const PARSE = encode("P", Buffer.concat([zeroTerminated(""), zeroTerminated("SELECT 1"), Buffer.alloc(2)]));
const [DESCRIBE, EXECUTE, SYNC, FLUSH] = [encode("D", zeroTerminated("S")), encode("E"), encode("S"), encode("H")];

function read(chunks: readonly Buffer[]): { batches: Batch[]; terminate: string[] } {
  const reader = new BatchReader();
  const taken = chunks.map((chunk) => reader.push(chunk));
  return taken.reduce<{ batches: Batch[]; terminate: string[] }>(
    (all, one) => {
      if (one instanceof Failure) throw new Error(one.message);
      return { batches: [...all.batches, ...one.batches], terminate: [...all.terminate, one.terminate] };
    },
    { batches: [], terminate: [] },
  );
}

describe("a batch ends where a server would answer", () => {
  const stream = Buffer.concat([STARTUP, PARSE, DESCRIBE, FLUSH, EXECUTE, EXECUTE, SYNC, PARSE]);
  const want: Batch[] = [
    { bytes: STARTUP, statements: 0, end: "ready" },
    { bytes: Buffer.concat([PARSE, DESCRIBE, FLUSH]), statements: 0, end: "flush" },
    { bytes: Buffer.concat([EXECUTE, EXECUTE, SYNC]), statements: 2, end: "ready" },
  ];

  test("however the bytes are cut", () => {
    const bytewise = Array.from(stream, (_, index) => stream.subarray(index, index + 1));
    expect([read([stream]).batches, read(bytewise).batches]).toEqual([want, want]);
  });

  test("and Terminate ends it all", () => {
    expect(read([STARTUP, encode("X")]).terminate).toEqual(["no", "yes"]);
  });

  test("and a length that cannot be is a failure, not a wait", () => {
    const reader = new BatchReader();
    reader.push(STARTUP);
    const taken = reader.push(Buffer.from([0x51, 0xff, 0xff, 0xff, 0xff]));
    expect(taken instanceof Failure && taken.code).toBe("SESSION_PROTOCOL");
  });
});

describe("an answer is counted against its batch", () => {
  const [DONE, READY, PARSED] = [encode("C", zeroTerminated("SELECT 1")), encode("Z", Buffer.from("I")), encode("1")];
  const ERROR = encode("E", Buffer.alloc(1));
  const sync: Batch = { bytes: SYNC, statements: 2, end: "ready" };
  const flush: Batch = { bytes: FLUSH, statements: 0, end: "flush" };
  const judge = (batch: Batch, ...answer: Buffer[]): string | null =>
    new AnswerJudge().whyDead(batch, Buffer.concat(answer));

  test("what a living instance says passes", () => {
    const got = [judge(sync, DONE, encode("I"), READY), judge(sync, DONE, ERROR, READY), judge(flush, PARSED)];
    expect(got).toEqual([null, null, null]);
  });

  test("a missing command tag, a missing ReadyForQuery and half a message do not", () => {
    expect([
      judge(sync, DONE, READY),
      judge(sync, DONE, DONE),
      judge(sync),
      judge(sync, DONE, DONE, READY.subarray(0, 3)),
    ]).toEqual([
      "1 of 2 statements have a command tag",
      "the answer does not end in ReadyForQuery",
      "0 of 2 statements have a command tag",
      "the answer does not end in ReadyForQuery",
    ]);
  });

  test("after an error before a Flush the rest up to Sync is skipped, and only that", () => {
    const one = new AnswerJudge();
    const got = [one.whyDead(flush, ERROR), one.whyDead(sync, READY), one.whyDead(sync, READY)];
    expect(got).toEqual([null, null, "0 of 2 statements have a command tag"]);
  });
});
