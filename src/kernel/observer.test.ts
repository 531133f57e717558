/**
 * observer.test: nobody who works can be harmed by whoever looks on.
 */
import { expect, test } from "bun:test";
import { type Advance, unfailing } from "./observer.ts";

const advance: Advance = { unit: "units", did: "written", done: 1, total: 2 };

test("an observer that throws, rejects, is missing or answers: none of it reaches whoever tells", async () => {
  const told: Advance[] = [];
  const rejections: unknown[] = [];
  const note = (reason: unknown): void => void rejections.push(reason);
  process.on("unhandledRejection", note);
  const observers = [
    (seen: Advance) => {
      told.push(seen);
      throw new Error("the terminal is gone");
    },
    async () => {
      throw new Error("later, too");
    },
    () => "an answer",
    undefined,
  ];
  const answers = observers.map((observer) => unfailing(observer)(advance));
  await Bun.sleep(5);
  process.off("unhandledRejection", note);
  expect({ told, answers, rejections }).toEqual({
    told: [advance],
    answers: [undefined, undefined, undefined, undefined],
    rejections: [],
  });
});
