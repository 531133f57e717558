/**
 * journal: the log of everything that a sandbox did: each process, each session of its own, each file that it staged.
 *
 * Append-only, numbered, written to `journal.jsonl` of the sandbox's directory as it goes, so that a sandbox that was
 * killed shows how far it came. No secret goes in: what is written is redacted. Read back from its file and judged by
 * G-19. Called by whatever does something for a command or a scenario, and at each start of a process.
 */
import * as fs from "node:fs";
import type { StartedProcess } from "../kernel/child-process.ts";
import { stopwatch, timestamp } from "../kernel/clock.ts";
import { redact } from "../kernel/evidence/redaction.ts";
import { Failure } from "../kernel/failure.ts";
import { failedCall } from "../kernel/private-files/errno.ts";

export type JournalEntry = {
  readonly number: number;
  /** `C-01` to `C-13`. */
  readonly command: string;
  /** `S1` to `S12` inside C-10, else null. */
  readonly scenario: string | null;
  readonly kind: "process" | "session" | "server" | "file" | "look";
  /** Words of a process, or a sentence. */
  readonly what: string;
  /** Of a process. */
  readonly pid: number | null;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly startedMs: number;
  readonly endedMs: number | null;
  /** `exit 0`, `SIGKILL`, `done`; null while it goes on, but for a server, which runs until it is stopped. */
  readonly outcome: string | null;
};

type Begun = Pick<JournalEntry, "kind" | "what"> & { readonly pid?: number | null };

export class Journal {
  #file: string | null = null;
  readonly #clock = stopwatch();
  readonly #entries: JournalEntry[] = [];
  #command = "C-01";
  #scenario: string | null = null;
  #unwritten: Failure | null = null;

  /** From now on it is written there too, with what it holds already. */
  keepIn(file: string): void {
    this.#file = file;
    for (const entry of this.#entries) this.#write(entry);
  }

  at(command: string, scenario: string | null = null): void {
    this.#command = command;
    this.#scenario = scenario;
  }

  /** The answer is called when it has ended, with how. */
  begin({ kind, what, pid = null }: Begun): (outcome: string) => void {
    const index = this.#entries.length;
    const entry: JournalEntry = {
      ...{ number: index + 1, command: this.#command, scenario: this.#scenario, kind, what: redact(what), pid },
      ...{ at: timestamp(), startedMs: this.#clock(), endedMs: null, outcome: null },
    };
    this.#entries.push(entry);
    this.#write(entry);
    return (outcome) => {
      const ended = { ...entry, endedMs: this.#clock(), outcome: redact(outcome) };
      this.#entries[index] = ended;
      this.#write(ended);
    };
  }

  note(kind: JournalEntry["kind"], what: string): void {
    this.begin({ kind, what })("done");
  }

  /** To be told of each process as it is started, by the one place that knows of all. */
  process({ pid, words, runs, ended }: StartedProcess): void {
    const end = this.begin({ kind: "process", what: words.join(" "), pid });
    if (runs === "until stopped") end("runs until it is stopped");
    else void ended.then(end);
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** The entries as they stand in the file. FILE_UNREADABLE, FILE_WRITE_FAILED where one could not be written. */
  readBack(): readonly JournalEntry[] | Failure {
    if (this.#unwritten !== null) return this.#unwritten;
    const file = this.#file;
    if (file === null) return new Failure("FILE_UNREADABLE", "the log of the sandbox has no file yet");
    try {
      return parseJournal(fs.readFileSync(file, "utf8"));
    } catch (cause) {
      return new Failure("FILE_UNREADABLE", failedCall(`read ${file}`, cause), { cause });
    }
  }

  nowMs(): number {
    return this.#clock();
  }

  /** On a disk that is full, or beside a teardown, it is remembered: the log is not what stops anything. */
  #write(entry: JournalEntry): void {
    if (this.#file === null) return;
    try {
      fs.appendFileSync(this.#file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    } catch (cause) {
      this.#unwritten ??= new Failure("FILE_WRITE_FAILED", failedCall(`write ${this.#file}`, cause), { cause });
    }
  }
}

/** An entry that has ended stands there twice: the later one counts. Throws on a line that is none. */
function parseJournal(text: string): readonly JournalEntry[] {
  const lines = text.split("\n").filter((line) => line !== "");
  const byNumber = new Map(lines.map((line) => JSON.parse(line) as JournalEntry).map((one) => [one.number, one]));
  return [...byNumber.values()].sort((a, b) => a.number - b.number);
}
