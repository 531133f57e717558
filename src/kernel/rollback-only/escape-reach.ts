/**
 * escape-reach: all that is reached from what a piece of SQL names: the names are followed through the catalog.
 *
 * Round by round: the objects of the names, what they make the server run, the bodies of that, the names in those. What
 * is found is refused or listed; nobody has accepted anything here. What cannot be read to its end is refused where the
 * role has the power to do harm with it, else listed. Reads only, with search_path pinned. Called by escape-scan.ts.
 */
import functionsQuery from "../../../sql/guard/escape-functions.sql" with { type: "text" };
import languagesQuery from "../../../sql/guard/escape-languages.sql" with { type: "text" };
import operatorsQuery from "../../../sql/guard/escape-operators.sql" with { type: "text" };
import powersQuery from "../../../sql/guard/escape-powers.sql" with { type: "text" };
import readsQuery from "../../../sql/guard/escape-reads.sql" with { type: "text" };
import reachQuery from "../../../sql/guard/escape-relations.sql" with { type: "text" };
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Row, Session } from "../session/session.ts";
import { arrayLiteral } from "./catalog-changes.ts";
import type { Escape } from "./effects.ts";
import { knownEscape, REFUSED_FUNCTIONS } from "./escape-names.ts";
import { type Mentions, noMentions, readBody, runsText } from "./escape-text.ts";

/** How many times bodies lead to further bodies; what lies deeper is a refusal, not a guess. */
const DEPTH = 50;

/** What IN, LIKE, BETWEEN, CASE, USING, ORDER BY and the like use unnamed. */
const IMPLIED_OPERATORS = ["=", "<>", "<", "<=", ">", ">=", "~~", "!~~", "~~*", "!~~*"];
/** Stands for all in what was asked; no relation is called so. */
const EVERY_RELATION = "*";
const OPERATOR = ["operators"] as const;
const NAME = ["words", "relations"] as const;
const COMPILED = "compiled code that belongs to no extension";

export class Reach {
  readonly found = new Map<string, Escape>();
  /** What reading makes the server run, as pg_describe_object calls it. */
  readonly run = new Set<string>();
  readonly #mentions: Mentions;
  /** What the script itself names, before bodies add to it. */
  readonly #script: Mentions;
  readonly #asked = new Set<string>();
  /** Answers of `readsRun` that are still to be followed. */
  readonly #reads: Row[] = [];
  readonly #read = new Set<string>();
  /** Where SQL is made at run time. */
  readonly #dynamic = new Set<string>();
  /** Bodies that name an escape without a call that was seen, and bodies with COPY in them. */
  readonly #suspects = new Map<string, readonly string[]>();
  readonly #copies = new Set<string>();
  /** Owners as whom code runs: SECURITY DEFINER, cascades, materialized views. */
  readonly #runAs = new Set<string>();

  constructor(mentions: Mentions) {
    this.#mentions = mentions;
    this.#script = { ...mentions, words: new Set(mentions.words), suspects: new Set(mentions.suspects) };
  }

  /** Whether reading alone makes the server run anything that is not its own. Follows none of it yet. */
  async readsRun(session: Session): Promise<boolean | Failure> {
    const reads = await this.#askReads(session);
    if (reads instanceof Failure) return reads;
    this.#reads.push(...reads);
    return reads.length > 0;
  }

  /** Follows names until nothing new turns up. */
  async follow(session: Session): Promise<null | Failure> {
    const quoted = await session.query(operatorsQuery);
    if (quoted instanceof Failure) return quoted;
    for (let round = 0; round < DEPTH; round += 1) {
      this.#readBodies(quoted.rows, round);
      const reads = await this.#askReads(session);
      if (reads instanceof Failure) return reads;
      const functions = this.#readReached([...this.#reads.splice(0), ...reads]);
      const words = this.#unasked("word", [...this.#mentions.words, ...this.#mentions.functions]);
      const relations = this.#unasked("relation", this.#mentions.relations);
      const operators = this.#unasked("operator", this.#mentions.operators);
      if (round > 0 && [...words, ...relations, ...operators, ...functions].length === 0) return null;
      const flags = [round === 0, this.#mentions.truncates].map((flag) => (flag ? "t" : "f"));
      const reached = await session.query(reachQuery, [...[words, relations, operators].map(arrayLiteral), ...flags]);
      if (reached instanceof Failure) return reached;
      for (const [oid, via] of this.#readReached(reached.rows)) if (!functions.has(oid)) functions.set(oid, via);
      const rows = await session.query(functionsQuery, [arrayLiteral([...functions.keys()])]);
      if (rows instanceof Failure) return rows;
      for (const row of rows.rows) this.#readFunction(row, functions.get(row.oid ?? ""));
    }
    return new Failure("SCRIPT_ESCAPES", `functions call functions more than ${DEPTH} deep: not followed to the end`);
  }

  /** What reading makes the server run: of the relations that are read, and of all once ANALYZE is met. */
  async #askReads(session: Session): Promise<readonly Row[] | Failure> {
    const { reads, analyzes } = this.#mentions;
    const fresh = this.#unasked("read", reads);
    const all = analyzes ? this.#unasked("read", [EVERY_RELATION]) : [];
    if (fresh.length + all.length === 0) return [];
    const rows: Row[] = [];
    for (const [names, every] of [[fresh, "f"], ...(all.length === 0 ? [] : [[[], "t"] as const])] as const) {
      const reply = await session.query(readsQuery, [arrayLiteral(names), every]);
      if (reply instanceof Failure) return reply;
      rows.push(...reply.rows);
    }
    for (const { what, name } of rows) if (what === "function" || what === "built-in") this.run.add(`${name}`);
    return rows;
  }

  /** Operators and quoted names are looked for as they stand, since strings and comments may hide where one begins. */
  #readBodies(quoted: readonly Row[], round: number): void {
    const text = this.#mentions.bodies.splice(0).join("\n");
    if (round === 0) for (const name of IMPLIED_OPERATORS) this.#mentions.operators.add(name);
    for (const { what, name } of quoted) {
      const found = text.includes((name ?? "").replaceAll('"', '""'));
      if (!found) continue;
      for (const kind of what === "operator" ? OPERATOR : NAME) this.#mentions[kind].add(name ?? "");
    }
  }

  #unasked(kind: string, names: Iterable<string>): string[] {
    const fresh = [...new Set(names)].filter((name) => name !== "" && !this.#asked.has(`${kind} ${name}`));
    for (const name of fresh) this.#asked.add(`${kind} ${name}`);
    return fresh;
  }

  /** Functions by oid, with the way to them where it is not their own name. */
  #readReached(rows: readonly Row[]): Map<string, string | undefined> {
    const functions = new Map<string, string | undefined>();
    for (const { what, oid, name } of rows) {
      if (what === "function" && !this.#read.has(oid ?? "")) functions.set(oid ?? "", name ?? undefined);
      if (what === "word") this.#mentions.words.add(name ?? "");
      if (what === "type") this.#mentions.relations.add(name ?? "");
      if (what === "operator") this.#mentions.operators.add(name ?? "");
      // A table may be named in them; each ends with a zero byte.
      if (what === "arguments") readBody((name ?? "").replaceAll("\\000", " "), this.#mentions);
      if (what === "definer") this.#runAs.add(oid ?? "");
      if (what === "built-in") {
        this.#judgeName(oid ?? "", `${name}`);
        if (runsText(oid ?? "")) this.#dynamic.add(`${name}`);
      }
      if (what === "foreign table") {
        this.#refuse(`foreign-table:${name}`, `${name} is a foreign table: it reaches another server or a file`);
      }
    }
    return functions;
  }

  #readFunction(row: Row, via: string | undefined): void {
    const { oid, name, qualified, language, extension, symbol } = row;
    if (this.#read.has(oid ?? "")) return;
    this.#read.add(oid ?? "");
    const through = via === undefined ? `${qualified}` : `${qualified} (${via})`;
    if (this.#judgeName(name ?? "", through) || this.#judgeName(symbol ?? "", through) || row.made === "t") return;
    if (language === "c" || language === "internal") {
      if (extension === null) this.#refuse(`${language}:${qualified}`, `${through} is ${COMPILED}`);
      else this.#list(`extension:${extension}`, `C functions of the extension ${extension} are called`);
      return;
    }
    if (row.trusted !== "t") {
      this.#refuse(
        `${language}:${qualified}`,
        `${through} is written in ${language}, which may do anything on the server`,
      );
    }
    const body = noMentions();
    readBody(row.source ?? "", body);
    for (const [extension, command] of body.extensions) this.#mentions.extensions.set(extension, command);
    for (const kind of ["functions", "relations", "words", "operators"] as const) {
      for (const found of body[kind]) this.#mentions[kind].add(found);
    }
    this.#mentions.bodies.push(...body.bodies);
    for (const called of body.functions) this.#judgeName(called, through);
    if (body.truncates && !this.#mentions.truncates) this.#truncates();
    if (body.analyzes) this.#mentions.analyzes = true;
    for (const [command, why] of body.commands) this.#refuse(command, `${why}, in ${through}`);
    if (body.dynamic || !["sql", "plpgsql"].includes(language ?? "")) this.#dynamic.add(through);
    this.#readSuspects(body, through);
  }

  /** What was asked already is asked again, since keys lead further now. */
  #truncates(): void {
    this.#mentions.truncates = true;
    for (const relation of this.#mentions.relations) this.#asked.delete(`relation ${relation}`);
  }

  /** What no call was seen of and yet a power could be used by. What is refused by its own name needs no second one. */
  #readSuspects(body: Mentions, through: string): void {
    if (body.words.has("copy")) this.#copies.add(through);
    const names = [...body.suspects].filter(
      (name) => this.found.get(knownEscape(name)?.name ?? "")?.weight !== "refused",
    );
    if (names.length > 0) this.#suspects.set(through, names);
  }

  /** Names that need no catalog, languages, and whether dynamic SQL could do harm here. */
  async judgeRest(session: Session): Promise<null | Failure> {
    const { functions, commands, languages, extensions, foreignTables, relations } = this.#mentions;
    for (const [command, why] of commands) this.#refuse(command, why);
    for (const name of functions) {
      this.#judgeName(name, "the script or a function that it calls");
      if (runsText(name)) this.#dynamic.add(`${name}()`);
    }
    if (this.#mentions.dynamic) this.#dynamic.add("the script");
    this.#readSuspects(this.#script, "the script");
    for (const [name, command] of extensions) {
      this.#list(`extension:${name}`, `${command} ${name} runs a script of the extension's, which was not read`);
    }
    for (const name of foreignTables) {
      if (relations.has(name))
        this.#refuse(`foreign-table:${name}`, `${name} is made as a foreign table and then used`);
    }
    const trusted = await session.query(languagesQuery);
    if (trusted instanceof Failure) return trusted;
    const harmless = new Set(trusted.rows.map((row) => row.name));
    for (const language of languages) {
      if (!harmless.has(language)) this.#refuse(language, `code in ${language}, which may do anything on the server`);
    }
    return this.#judgeByPower(session);
  }

  /** By power: what could not be read to its end is refused where the role, or an owner, could do harm with it. */
  async #judgeByPower(session: Session): Promise<null | Failure> {
    if (this.#dynamic.size + this.#suspects.size + this.#copies.size === 0) return null;
    const reply = await session.query(powersQuery, [arrayLiteral([...this.#runAs]), REFUSED_FUNCTIONS]);
    if (reply instanceof Failure) return reply;
    const { powers: special = "", common = "", files } = reply.rows[0] ?? {};
    const powers = (special ?? "").slice(0, limits.errorTextCharacters);
    const all = [powers, (common ?? "").slice(0, limits.errorTextCharacters)].filter((list) => list !== "").join(", ");
    const reach = (list: string) => `this role, or an owner as whom it runs, could reach outside: ${list}`;
    const listed = (places: Iterable<string>): string => [...places].sort().join("; ");
    if (this.#dynamic.size > 0) {
      const where = `SQL made at run time, which cannot be read beforehand, in ${listed(this.#dynamic)}`;
      if (all === "") this.#list("dynamic-sql", where);
      else this.#refuse("dynamic-sql", `${where}; ${reach(all)}`);
    }
    // A name alone is no power, unless it is that of one which every role has.
    const usable = [...this.#suspects].filter(
      ([, names]) => powers !== "" || names.some((name) => common?.includes(`${name}()`)),
    );
    const suspects = usable.map(([through, names]) => `${through}, which names ${names.join(", ")}`);
    if (suspects.length > 0) this.#refuse("user-code", `${listed(suspects)}; ${reach(all)}`);
    if (files === "t" && this.#copies.size > 0) {
      const copies = `COPY in ${listed(this.#copies)}, which may write a file on the server`;
      this.#refuse("copy-file", `${copies}; ${reach(powers)}`);
    }
    return null;
  }

  #judgeName(name: string, through: string): boolean {
    const known = knownEscape(name);
    if (known === null) return false;
    const description = `${name}() ${known.why}; reached through ${through}`;
    if (known.weight === "refused") this.#refuse(known.name, description);
    else this.#list(known.name, description);
    return true;
  }

  #refuse(name: string, description: string): void {
    if (this.found.get(name)?.weight !== "refused") this.found.set(name, { name, description, weight: "refused" });
  }

  #list(name: string, description: string): void {
    if (!this.found.has(name)) this.found.set(name, { name, description, weight: "listed" });
  }
}
