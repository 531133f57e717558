/**
 * stage/stage: all that a scenario is given: the sandbox, desks to run our own program on, and sessions of any role.
 *
 * Each desk is a state directory of its own with the one configuration of the sandbox. What scenarios hand to later
 * ones is here too. Made once by C-10.
 */
import { Failure } from "../../kernel/failure.ts";
import type { Cell, Row, Session } from "../../kernel/session/session.ts";
import { loginsIn, parseLog, readLog } from "../measure/server-log.ts";
import { SUPERUSER } from "../providers/provider.ts";
import { known, type Sandbox } from "../sandbox.ts";
import { openLogin, withAdministrator } from "../sessions.ts";
import { DATABASE } from "../words.ts";
import { Desk } from "./desk.ts";

/** The run of S2, which S3, S4 and S10 look at again. */
export type ClosedRun = {
  readonly desk: Desk;
  readonly runId: string;
  readonly units: number;
  readonly document: string;
};

export class Stage {
  readonly sandbox: Sandbox;
  closed: ClosedRun | null = null;
  /** What the scenario did, line by line: its log. */
  readonly log: string[] = [];
  readonly #documents = new Map<string, number>();
  #desks = 0;

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  /** The id of a document that nobody has cut here yet: the same name gives another one each time. */
  document(name: string): string {
    const before = this.#documents.get(name) ?? 0;
    this.#documents.set(name, before + 1);
    return before === 0 ? `SANDBOX-${name}` : `SANDBOX-${name}-${before + 1}`;
  }

  /** With the one configuration of the sandbox, unless another is named. */
  desk(configuration = known(this.sandbox.staged, "stage").configuration): Desk {
    this.#desks += 1;
    const named = { name: `desk-${this.#desks}`, configuration };
    return new Desk(this.sandbox, named, (line) => this.say(line));
  }

  /** The answer tells who logged in since, by the server's own log; our own looks are not among them. */
  watchLogins(): () => readonly string[] {
    const { log } = this.sandbox;
    if (log === null) throw new Error("a server without a log is watched");
    const from = log.look();
    return () => {
      const logins = loginsIn(parseLog(readLog(log.path, from, log.look())));
      return logins.map(({ role, application }) => `${role}: ${application}`);
    };
  }

  session(role: string): Promise<Session | Failure> {
    return openLogin(this.sandbox, { role, database: DATABASE });
  }

  /** Rows of one statement of the superuser, who sees everything. */
  ask(statement: string, parameters: readonly Cell[] = []): Promise<readonly Row[] | Failure> {
    return withAdministrator(this.sandbox, { role: SUPERUSER, database: DATABASE }, async (session) => {
      const reply = await session.query(statement, parameters);
      return reply instanceof Failure ? reply : reply.rows;
    });
  }

  /** Statements that each return nothing of interest, one after the other. */
  async prepare(statements: readonly string[]): Promise<Failure | null> {
    const done = await withAdministrator(this.sandbox, { role: SUPERUSER, database: DATABASE }, async (session) => {
      for (const statement of statements) {
        const reply = await session.query(statement);
        if (reply instanceof Failure) return reply;
      }
      return [];
    });
    return done instanceof Failure ? done : null;
  }

  say(line: string): void {
    this.log.push(line);
  }
}
