/**
 * escape-scan: what a script may reach outside its transaction, found before anything runs.
 *
 * Follows names from the script through the catalog: functions, and what relations make the server run (triggers,
 * rules, cascades, defaults, policies), and the bodies of those, as far as the catalog lets. Refuses by default,
 * accepts by name. A name scan alone protects nothing: every word may be a name, pg_depend is followed from what it
 * names, and what cannot be read to its end is refused where the role has the power to do harm with it, else listed.
 * Reads only. Called by PROOF-4 of every target.
 */
import functionsQuery from "../../../sql/guard/escape-functions.sql" with { type: "text" };
import languagesQuery from "../../../sql/guard/escape-languages.sql" with { type: "text" };
import operatorsQuery from "../../../sql/guard/escape-operators.sql" with { type: "text" };
import powersQuery from "../../../sql/guard/escape-powers.sql" with { type: "text" };
import reachQuery from "../../../sql/guard/escape-relations.sql" with { type: "text" };
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Row, Session } from "../session/session.ts";
import { arrayLiteral } from "./catalog-changes.ts";
import type { Escape } from "./effects.ts";
import { knownEscape, REFUSED_FUNCTIONS } from "./escape-names.ts";
import { type Mentions, noMentions, readBody, readTree, runsText } from "./escape-text.ts";
import { pinned } from "./pinned.ts";
import type { Script } from "./statement.ts";

/** Everything found, each refused, accepted (its name is in `allowed`) or listed. Sorted by name. */
export function scanEscapes(
  session: Session,
  script: Script,
  allowed: readonly string[],
): Promise<readonly Escape[] | Failure> {
  const mentions = noMentions();
  for (const { tree } of script.statements) readTree(tree, mentions);
  return scanMentions(session, mentions, allowed);
}

/** The same for statements of our own that write to these relations (names without schema), and for event triggers. */
export function scanRelations(
  session: Session,
  relations: readonly string[],
  allowed: readonly string[],
): Promise<readonly Escape[] | Failure> {
  return scanMentions(session, { ...noMentions(), relations: new Set(relations) }, allowed);
}

function scanMentions(
  session: Session,
  mentions: Mentions,
  allowed: readonly string[],
): Promise<readonly Escape[] | Failure> {
  return pinned(session, async () => {
    const reach = new Reach(mentions);
    const followed = await reach.follow(session);
    if (followed instanceof Failure) return followed;
    const judged = await reach.judgeRest(session);
    if (judged instanceof Failure) return judged;
    const found = [...reach.found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return found.map((one) => {
      const accepted = one.weight === "refused" && allowed.includes(one.name);
      return accepted ? { ...one, weight: "accepted" as const } : one;
    });
  });
}

/** How many times bodies lead to further bodies; what lies deeper is a refusal, not a guess. */
const DEPTH = 50;

/** What IN, LIKE, BETWEEN, CASE, USING, ORDER BY and the like use unnamed. */
const IMPLIED_OPERATORS = ["=", "<>", "<", "<=", ">", ">=", "~~", "!~~", "~~*", "!~~*"];
const OPERATOR = ["operators"] as const;
const NAME = ["words", "relations"] as const;
const COMPILED = "compiled code that belongs to no extension";

class Reach {
  readonly found = new Map<string, Escape>();
  readonly #mentions: Mentions;
  /** What the script itself names, before bodies add to it. */
  readonly #script: Mentions;
  readonly #asked = new Set<string>();
  readonly #read = new Set<string>();
  /** Where SQL is made at run time. */
  readonly #dynamic = new Set<string>();
  /** Bodies that name an escape without a call that was seen, and bodies with COPY in them. */
  readonly #suspects = new Set<string>();
  readonly #copies = new Set<string>();
  /** Owners as whom code runs: SECURITY DEFINER, cascades, materialized views. */
  readonly #runAs = new Set<string>();

  constructor(mentions: Mentions) {
    this.#mentions = mentions;
    this.#script = { ...mentions, words: new Set(mentions.words) };
  }

  /** Follows names until nothing new turns up. */
  async follow(session: Session): Promise<null | Failure> {
    const quoted = await session.query(operatorsQuery);
    if (quoted instanceof Failure) return quoted;
    for (let round = 0; round < DEPTH; round += 1) {
      this.#readBodies(quoted.rows);
      const words = this.#unasked("word", [...this.#mentions.words, ...this.#mentions.functions]);
      const relations = this.#unasked("relation", this.#mentions.relations);
      const operators = this.#unasked("operator", this.#mentions.operators);
      if (round > 0 && words.length === 0 && relations.length === 0 && operators.length === 0) return null;
      const first = round === 0 ? "t" : "f";
      const reached = await session.query(reachQuery, [...[words, relations, operators].map(arrayLiteral), first]);
      if (reached instanceof Failure) return reached;
      const functions = this.#readReached(reached.rows);
      const rows = await session.query(functionsQuery, [arrayLiteral([...functions.keys()])]);
      if (rows instanceof Failure) return rows;
      for (const row of rows.rows) this.#readFunction(row, functions.get(row.oid ?? ""));
    }
    return new Failure("SCRIPT_ESCAPES", `functions call functions more than ${DEPTH} deep: not followed to the end`);
  }

  /** Operators and quoted names are looked for as they stand, since strings and comments may hide where one begins. */
  #readBodies(quoted: readonly Row[]): void {
    const text = this.#mentions.bodies.splice(0).join("\n");
    if (this.#asked.size === 0) for (const name of IMPLIED_OPERATORS) this.#mentions.operators.add(name);
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
    const { oid, name, qualified, language, extension } = row;
    if (this.#read.has(oid ?? "")) return;
    this.#read.add(oid ?? "");
    const through = via === undefined ? `${qualified}` : `${qualified} (${via})`;
    if (this.#judgeName(name ?? "", through) || row.made === "t") return;
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
    for (const kind of ["functions", "relations", "words", "operators"] as const) {
      for (const found of body[kind]) this.#mentions[kind].add(found);
    }
    this.#mentions.bodies.push(...body.bodies);
    for (const called of body.functions) this.#judgeName(called, through);
    for (const [command, why] of body.commands) this.#refuse(command, `${why}, in ${through}`);
    if (body.dynamic || !["sql", "plpgsql"].includes(language ?? "")) this.#dynamic.add(through);
    this.#readSuspects(body, through);
  }

  /** What no call was seen of and yet a power could be used by. */
  #readSuspects(body: Mentions, through: string): void {
    if (body.words.has("copy")) this.#copies.add(through);
    const known = [...body.words].filter((word) => knownEscape(word)?.weight === "refused");
    if (known.length > 0) this.#suspects.add(`${through}, which names ${known.join(", ")}`);
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
    for (const name of extensions)
      this.#list(`extension:${name}`, `CREATE EXTENSION ${name} runs the extension's script`);
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
    const powers = (reply.rows[0]?.powers ?? "").slice(0, limits.errorTextCharacters);
    const reach = `this role, or an owner as whom it runs, could reach outside: ${powers}`;
    const listed = (places: ReadonlySet<string>): string => [...places].sort().join("; ");
    if (this.#dynamic.size > 0) {
      const where = `SQL made at run time, which cannot be read beforehand, in ${listed(this.#dynamic)}`;
      if (powers === "") this.#list("dynamic-sql", where);
      else this.#refuse("dynamic-sql", `${where}; ${reach}`);
    }
    if (powers !== "" && this.#suspects.size > 0) this.#refuse("user-code", `${listed(this.#suspects)}; ${reach}`);
    if (reply.rows[0]?.files === "t" && this.#copies.size > 0) {
      this.#refuse("copy-file", `COPY in ${listed(this.#copies)}, which may write a file on the server; ${reach}`);
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
