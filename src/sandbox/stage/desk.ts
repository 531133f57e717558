/**
 * stage/desk: an operator's desk in the sandbox: our own program with a state directory of its own, and its verbs.
 *
 * Each verb is a process of this very program, as an operator runs it, with nothing of our environment: it knows the
 * sandbox's configuration and no other database. Approvals are signed by the one-time key. Called by the scenarios.
 */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { redact } from "../../kernel/evidence/redaction.ts";
import { Failure } from "../../kernel/failure.ts";
import { makeFolder } from "../leftovers/marked-directory.ts";
import type { Ended, ProcessOrder, Running } from "../processes.ts";
import { known, type Sandbox } from "../sandbox.ts";
import { sessionNames } from "../sources/database.ts";
import { DATABASE } from "../words.ts";
import { CONNECTION_ROLES, SOVEREIGN } from "./files.ts";

export type Gate = "SG1" | "SG2" | "REVERT" | "HARD_DELETE";

/** Of `cutter show RUN --json`, what scenarios look at. */
export type RunDocument = {
  readonly runId: string;
  readonly state: string;
  readonly stop: { readonly code: string; readonly message: string } | null;
  readonly sourceVersionId: string;
  readonly cutplanSha256: string | null;
  readonly phases: readonly { readonly phase: string; readonly attempt: number; readonly outcome: string }[];
};

export type Begun = { readonly ended: Ended; readonly runId: string | null };

type Named = { readonly name: string; readonly configuration: string };

const RUN_ID = /ictr-\d{8}T\d{6}Z-[0-9a-f]{8}/;

export class Desk {
  readonly #sandbox: Sandbox;
  readonly #configuration: string;
  readonly #say: (line: string) => void;
  readonly state: string;
  #approvals = 0;

  /** `say` takes a line of the scenario's log. */
  constructor(sandbox: Sandbox, { name, configuration }: Named, say: (line: string) => void) {
    this.#sandbox = sandbox;
    this.#configuration = configuration;
    this.#say = say;
    this.state = sandbox.path("states", name);
  }

  /** A verb with its arguments, in a process of its own, to its end. */
  async run(argv: readonly string[]): Promise<Ended> {
    this.#show(argv);
    const ended = await this.#sandbox.processes.run(this.#order(argv));
    this.#tell(argv, ended);
    return ended;
  }

  /** The same, to be watched while it runs. */
  start(argv: readonly string[]): Running | null {
    this.#show(argv);
    this.#say(`started: cutter ${argv.join(" ")}`);
    return this.#sandbox.processes.start(this.#order(argv));
  }

  /** `cutter cut --live`, to the first gate. */
  async begin(document: string, source: string, ...more: readonly string[]): Promise<Begun> {
    const ended = await this.run([
      "cut",
      document,
      "--source",
      source,
      "--survey",
      "--live",
      ...more,
      ...this.#config(),
    ]);
    return { ended, runId: RUN_ID.exec(`${ended.stdout}${ended.stderr}`)?.[0] ?? null };
  }

  /** The path of a signed approval. */
  async approve(runId: string, gate: Gate): Promise<string | Failure> {
    this.#approvals += 1;
    const path = join(this.#sandbox.path("states"), `${runId}-${gate}-${this.#approvals}.json`);
    const { ssh } = known(this.#sandbox.keys, "keys");
    // A role that might become the owner, as a rehearsed revert needs, would not be in the frozen matrix.
    const rehearsal = gate === "SG1" ? ["--unrehearsed"] : [];
    const words = ["--gate", gate, "--authority", SOVEREIGN, "--sign-with", ssh, "--out", path, ...rehearsal];
    const ended = await this.run(["approve", runId, ...words, ...this.#config()]);
    if (ended.code === 0) return path;
    const message = `cutter approve ${runId} ended with ${ended.code}: ${inOneLine(ended.stderr)}`;
    return new Failure("SANDBOX_NOT_PROVEN", message);
  }

  /** Words of `cutter resume --live`, to be run or started. */
  async resumeWords(runId: string, approval: string | null, ...more: readonly string[]): Promise<readonly string[]> {
    const shown = await this.show(runId);
    const confirm = ["--confirm", shown?.cutplanSha256 ?? ""];
    const given = approval === null ? [] : ["--approval", approval];
    return ["resume", runId, ...given, "--live", ...confirm, ...more, ...this.#config()];
  }

  async resume(runId: string, approval: string | null, ...more: readonly string[]): Promise<Ended> {
    return this.run(await this.resumeWords(runId, approval, ...more));
  }

  rehearse(runId: string): Promise<Ended> {
    return this.run(["rehearse", runId, "--json", ...this.#config()]);
  }

  verify(runId: string): Promise<Ended> {
    return this.run(["verify", runId, ...this.#config()]);
  }

  /** Approves at a gate and goes on. */
  async pass(runId: string, gate: "SG1" | "SG2"): Promise<Ended | Failure> {
    const approval = await this.approve(runId, gate);
    return approval instanceof Failure ? approval : this.resume(runId, approval);
  }

  async revert(runId: string, ...argv: readonly string[]): Promise<Ended> {
    const shown = await this.show(runId);
    const live = argv.includes("--approval") ? ["--live", "--confirm", shown?.cutplanSha256 ?? ""] : [];
    return this.run(["revert", runId, ...argv, ...live, ...this.#config()]);
  }

  /** null where there is no such run. */
  async show(runId: string): Promise<RunDocument | null> {
    const ended = await this.run(["show", runId, "--json"]);
    return readJson(ended.stdout) as RunDocument | null;
  }

  /** What goes on now, for whoever waits: nobody has to listen. The verb alone: the rest is in the log. */
  #show([verb = ""]: readonly string[]): void {
    this.#sandbox.tell(`cutter ${verb}`).catch(() => undefined);
  }

  #config(): readonly string[] {
    return ["--config", this.#configuration];
  }

  #order(argv: readonly string[]): ProcessOrder {
    const sandbox = this.#sandbox;
    const { PATH = "" } = sandbox.order.environment;
    const home = makeFolder(join(known(sandbox.temporary, "temporary directory"), "h"));
    if (home instanceof Failure) throw new Error(home.message);
    const own = { PATH, HOME: home, LC_ALL: "C.UTF-8", TZ: "UTC", CUTTER_STATE_DIR: this.state, TMPDIR: home };
    // Wherever it connects, it is known as the sandbox's, but where a connection string itself has another name.
    const named = { PGAPPNAME: sessionNames(sandbox.name).scenario };
    return {
      command: [...sandbox.order.self, ...argv],
      environment: { ...this.#engine(), ...own, ...named },
      directory: home,
    };
  }

  /** Where the server lies in a container: what its client programs need to find the engine. */
  #engine(): Readonly<Record<string, string>> {
    const server = known(this.#sandbox.server, "server");
    if (server.provider !== "docker") return {};
    const client = server.client("pg_dump", { role: CONNECTION_ROLES.backup, database: DATABASE });
    const { HOME = "/", ...environment } = client?.environment ?? {};
    // It is looked for below a home that is not ours here.
    return { DOCKER_CONFIG: join(HOME, ".docker"), ...environment };
  }

  #tell(argv: readonly string[], { code, signal, stdout, stderr, elapsedMs }: Ended): void {
    this.#say(`$ cutter ${argv.map(redact).join(" ")}`);
    for (const text of [stdout, stderr]) if (text.trim() !== "") this.#say(redact(text.trimEnd()));
    this.#say(`→ ${signal ?? `exit ${code}`}, ${Math.round(elapsedMs)} ms`);
  }
}

/** Ids of the runs that have a folder on any desk, whatever database they wrote to. */
export function runsOnDisk(states: string): readonly string[] {
  const desks = readdirSync(states, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const folders = desks.map(({ name }) => join(states, name, "runs")).filter((folder) => existsSync(folder));
  return folders.flatMap((folder) => readdirSync(folder)).sort();
}

/** What a program said, to be told in a sentence. */
export function inOneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, "; ");
}

/** null where it is no JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The code of the error that was told last, e.g. `STOP_HOLD`; null where none was. */
export function codeOf({ stderr }: Pick<Ended, "stderr">): string | null {
  return /^error ([A-Z_]+)/m.exec(stderr)?.[1] ?? null;
}
