/**
 * journal: the log of everything that a sandbox did: each process, each session of its own, each file that it staged.
 *
 * Append-only, numbered, written to `journal.jsonl` of the sandbox's directory as it goes, so that a sandbox that was
 * killed shows how far it came. No secret goes in: what is written is redacted. Judged by G-19. Called by whatever does
 * something for a command or a scenario.
 */
import * as fs from "node:fs";
import { stopwatch, timestamp } from "../kernel/clock.ts";
import { redact } from "../kernel/evidence/redaction.ts";

export type JournalEntry = {
  readonly number: number;
  /** `C-01` to `C-13`. */
  readonly command: string;
  /** `S1` to `S12` inside C-10, else null. */
  readonly scenario: string | null;
  readonly kind: "process" | "session" | "server" | "file" | "look";
  /** Words of a process, or a sentence. */
  readonly what: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly startedMs: number;
  readonly endedMs: number | null;
  /** `exit 0`, `SIGKILL`, `done`; null while it goes on. */
  readonly outcome: string | null;
};

type Begun = Pick<JournalEntry, "kind" | "what">;

export class Journal {
  #file: string | null = null;
  readonly #clock = stopwatch();
  readonly #entries: JournalEntry[] = [];
  #command = "C-01";
  #scenario: string | null = null;
  #started = 0;

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
  begin({ kind, what }: Begun): (outcome: string) => void {
    const index = this.#entries.length;
    const entry: JournalEntry = {
      ...{ number: index + 1, command: this.#command, scenario: this.#scenario, kind, what: redact(what) },
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

  /** To be called by whoever starts a process, beside `begin`: the two are compared. */
  countProcess(): void {
    this.#started += 1;
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  get started(): number {
    return this.#started;
  }

  nowMs(): number {
    return this.#clock();
  }

  #write(entry: JournalEntry): void {
    if (this.#file !== null) fs.appendFileSync(this.#file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  }
}
