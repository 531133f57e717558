/**
 * wire: stands between the driver and the channel, and writes down what happens to the statement that is running.
 *
 * To the driver it is a socket that is never slow, never fails and never closes: what the driver does not see it cannot
 * get wrong. So a lost session is told to the session alone. COPY data never reaches the driver: COPY FROM STDIN is
 * refused, COPY TO STDOUT is thrown away. What the protocol does not allow here ends the session. Made by
 * guarded-session.ts.
 */
import { EventEmitter } from "node:events";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Channel } from "./channel.ts";
import { endsSession, readNotice, readServerError, type ServerError } from "./database-error.ts";
import { earlyAnswer, heldQuestion } from "./early-answer.ts";
import { checkEncoding } from "./encoding.ts";
import { encode, type Message, zeroTerminated } from "./messages.ts";
import type { Notice, TransactionStatus } from "./session.ts";

/** What the server said about one statement, up to its ReadyForQuery. */
export type Course = {
  tag: string;
  /** An empty string or a comment: a statement that is none, and has no tag. */
  empty: "yes" | "no";
  error: ServerError | null;
  copy: "none" | "in" | "out";
  bytes: number;
  state: "running" | "done";
};

export type WireEvents = {
  /** The session cannot go on; the channel is ended by whoever hears it. */
  failed(failure: Failure): void;
  /** FATAL: the server's last words. */
  lastWords(error: ServerError): void;
};

const COPY_REFUSED = "cutter sends no COPY data";

const ANSWER_TO_STARTUP = Buffer.concat([encode("R", Buffer.alloc(4)), encode("Z", Buffer.from("I"))]);
const REFUSE_COPY = Buffer.concat([encode("f", zeroTerminated(COPY_REFUSED)), encode("S")]);
const NEW_COURSE: Course = { tag: "", empty: "no", error: null, copy: "none", bytes: 0, state: "running" };
const STATUSES: readonly string[] = ["I", "T", "E"] satisfies TransactionStatus[];

export class Wire extends EventEmitter {
  /** The driver looks at this before it writes a farewell. */
  readonly readyState = "open";
  status: TransactionStatus = "I";
  course: Course = { ...NEW_COURSE, state: "done" };
  readonly #channel: Channel;
  readonly #events: WireEvents;
  #notices: Notice[] = [];
  #unkeptNotices = 0;
  #attached: "no" | "yes" = "no";
  #greeted: "no" | "yes" = "no";
  /** What the driver asked about parameters; it is sent with what it writes next. */
  #question: Buffer | null = null;
  /** The server's own answer to that question, which the driver has had already. */
  #unasked = new Set<string>();

  constructor(channel: Channel, events: WireEvents) {
    super();
    this.#channel = channel;
    this.#events = events;
  }

  /** Gives the wire to the driver, once. */
  attach(): this {
    if (this.#attached === "yes") throw new Error("the driver asked for a second connection");
    this.#attached = "yes";
    return this;
  }

  /** Opens the books for the next statement. */
  begin(): Course {
    this.course = { ...NEW_COURSE };
    this.#question = null;
    this.#unasked.clear();
    return this.course;
  }

  /** What the server remarked since the last time this was asked. */
  takeNotices(): Notice[] {
    const taken = this.#unkeptNotices === 0 ? this.#notices : [...this.#notices, unkept(this.#unkeptNotices)];
    this.#notices = [];
    this.#unkeptNotices = 0;
    return taken;
  }

  /** What the driver sends. The first of it is its startup packet; we are logged in already. */
  write(bytes: Buffer): true {
    if (this.#greeted === "no") {
      this.#greeted = "yes";
      queueMicrotask(() => this.emit("data", ANSWER_TO_STARTUP));
      return true;
    }
    const question = heldQuestion(bytes);
    if (question !== null) {
      this.#question = question;
      queueMicrotask(() => this.emit("data", earlyAnswer(question)));
    } else if (this.#question === null) {
      this.#channel.send(bytes);
    } else {
      this.#unasked = new Set(["1", "t"]);
      this.#channel.send(Buffer.concat([this.#question, bytes]));
      this.#question = null;
    }
    return true;
  }

  end(): void {}
  destroy(): void {}

  /** Takes what the server sent; the driver gets what it needs for rows. */
  receive(messages: readonly Message[]): void {
    let forward: Buffer[] = [];
    for (const message of messages) {
      const known = this.#note(message);
      if (known instanceof Failure) {
        this.#events.failed(known);
        return;
      }
      if (known === "forward") forward.push(message.frame);
      if (message.type !== "Z") continue;
      // The statement is over before anything that comes behind it in the same packet, the end of the session included.
      this.#forward(forward);
      this.course.state = "done";
      forward = [];
    }
    this.#forward(forward);
  }

  #forward(frames: readonly Buffer[]): void {
    const [first] = frames;
    if (first !== undefined) this.emit("data", frames.length === 1 ? first : Buffer.concat(frames));
  }

  #note(message: Message): "forward" | "keep" | Failure {
    const { course } = this;
    switch (message.type) {
      case "S":
        return checkEncoding(message.body) ?? "keep";
      case "A":
        return "keep";
      case "N":
        this.keepNotice(readNotice(message.body));
        return "keep";
      case "E":
        return this.#noteError(readServerError(message.body));
      default:
        return course.state === "done" ? unexpected(message, "between statements") : this.#noteProgress(message);
    }
  }

  #noteProgress(message: Message): "forward" | "keep" | Failure {
    const { course } = this;
    switch (message.type) {
      case "1":
      case "t":
        return this.#unasked.delete(message.type) ? "keep" : "forward";
      case "2":
      case "n":
      case "T":
        return "forward";
      case "D":
        course.bytes += message.frame.length;
        return course.bytes > limits.replyBytes ? replyTooLarge() : "forward";
      case "I":
        course.empty = "yes";
        return "forward";
      case "C":
        course.tag = message.body.toString("utf8", 0, message.body.length - 1);
        return "forward";
      case "G":
        course.copy = "in";
        this.#channel.send(REFUSE_COPY);
        return "keep";
      case "H":
        course.copy = "out";
        return "keep";
      case "d":
      case "c":
        return course.copy === "out" ? "keep" : unexpected(message, "outside COPY TO STDOUT");
      case "Z":
        return this.#noteReady(message);
      default:
        return unexpected(message, "as part of a reply");
    }
  }

  #noteError(error: ServerError): "forward" | "keep" | Failure {
    if (endsSession(error)) {
      this.#events.lastWords(error);
      return "keep";
    }
    const { course } = this;
    if (course.state === "done") return new Failure("SESSION_PROTOCOL", "the server sent an error between statements");
    // The driver's Sync is eaten by a COPY FROM STDIN, ours is not: only the error that we asked for keeps them apart.
    if (course.copy === "in" && !(error.M ?? "").includes(COPY_REFUSED)) return copyBrokenOff();
    course.error ??= error;
    return "forward";
  }

  #noteReady({ body }: Message): "forward" | Failure {
    const status = body.toString("latin1");
    if (!STATUSES.includes(status)) return new Failure("SESSION_PROTOCOL", "the server sent no known status");
    this.status = status as TransactionStatus;
    const { tag, error, empty } = this.course;
    if (tag !== "" || error !== null || empty === "yes") return "forward";
    return new Failure("SESSION_PROTOCOL", "the server ended a statement without a command tag");
  }

  /** The server may say things between statements too: they are with the next one. */
  keepNotice(notice: Notice): void {
    if (this.#notices.length < limits.replyNotices) this.#notices.push(notice);
    else this.#unkeptNotices += 1;
  }
}

function unkept(count: number): Notice {
  return { severity: "INFO", code: "00000", message: `${count} further notices were not kept` };
}

function unexpected({ type }: Message, where: string): Failure {
  return new Failure("SESSION_PROTOCOL", `the server sent ${JSON.stringify(type)} ${where}`, {
    facts: { message_type: type },
  });
}

function replyTooLarge(): Failure {
  return new Failure("SESSION_PROTOCOL", `a reply has more than ${limits.replyBytes} bytes of rows`, {
    hint: "Ask for fewer rows.",
    facts: { maximum_bytes: limits.replyBytes },
  });
}

function copyBrokenOff(): Failure {
  return new Failure("SESSION_PROTOCOL", "a COPY FROM STDIN ended otherwise than by our refusal");
}
