/**
 * escape-scan: what a script may reach outside its transaction, found before anything runs.
 *
 * Follows names from the script through the catalog: functions, and what relations make the server run (triggers,
 * rules, cascades, defaults, policies), and the bodies of those, as far as the catalog lets. Refuses by default,
 * accepts by name. Residue, named: types and casts are not followed; SQL made at run time is listed as `dynamic-sql`,
 * and refused where the role could do harm with it. Reads only. Called by PROOF-4 of the `sql` and `spec` targets.
 */
import functionsQuery from "../../../sql/guard/escape-functions.sql" with { type: "text" };
import languagesQuery from "../../../sql/guard/escape-languages.sql" with { type: "text" };
import powersQuery from "../../../sql/guard/escape-powers.sql" with { type: "text" };
import relationsQuery from "../../../sql/guard/escape-relations.sql" with { type: "text" };
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Row, Session } from "../session/session.ts";
import { arrayLiteral } from "./catalog-changes.ts";
import type { Escape } from "./effects.ts";
import { knownEscape } from "./escape-names.ts";
import { type Mentions, noMentions, readText, readTree, runsText } from "./escape-text.ts";
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

class Reach {
  readonly found = new Map<string, Escape>();
  readonly #mentions: Mentions;
  readonly #asked = new Set<string>();
  readonly #read = new Set<string>();
  /** Where SQL is made at run time. */
  readonly #dynamic = new Set<string>();

  constructor(mentions: Mentions) {
    this.#mentions = mentions;
  }

  /** Follows names until nothing new turns up. */
  async follow(session: Session): Promise<null | Failure> {
    const mentions = this.#mentions;
    for (let round = 0; round < DEPTH; round += 1) {
      const relations = this.#unasked("relation", mentions.relations);
      const operators = this.#unasked("operator", mentions.operators);
      const reached = await this.#askRelations(session, { relations, operators, first: round === 0 });
      if (reached instanceof Failure) return reached;
      const functions = this.#unasked("function", mentions.functions);
      if (functions.length === 0 && reached.size === 0 && relations.length === 0) return null;
      const rows = await session.query(functionsQuery, [arrayLiteral(functions), arrayLiteral([...reached.keys()])]);
      if (rows instanceof Failure) return rows;
      for (const row of rows.rows) this.#readFunction(row, reached.get(row.oid ?? ""));
    }
    return new Failure("SCRIPT_ESCAPES", `functions call functions more than ${DEPTH} deep: not followed to the end`);
  }

  #unasked(kind: string, names: ReadonlySet<string>): string[] {
    const fresh = [...names].filter((name) => name !== "" && !this.#asked.has(`${kind} ${name}`));
    for (const name of fresh) this.#asked.add(`${kind} ${name}`);
    return fresh;
  }

  async #askRelations(
    session: Session,
    names: { readonly relations: readonly string[]; readonly operators: readonly string[]; readonly first: boolean },
  ): Promise<Map<string, string> | Failure> {
    const reached = new Map<string, string>();
    if (!names.first && names.relations.length === 0) return reached;
    const reply = await session.query(relationsQuery, [arrayLiteral(names.relations), arrayLiteral(names.operators)]);
    if (reply instanceof Failure) return reply;
    for (const { what, oid, name } of reply.rows) {
      if (what === "function" && !this.#read.has(oid ?? "")) reached.set(oid ?? "", name ?? "");
      if (what === "foreign table") {
        this.#refuse(`foreign-table:${name}`, `${name} is a foreign table: it reaches another server or a file`);
      }
    }
    return reached;
  }

  #readFunction(row: Row, via: string | undefined): void {
    const { oid, name, qualified, language, extension } = row;
    if (this.#read.has(oid ?? "")) return;
    this.#read.add(oid ?? "");
    const through = via === undefined ? `${qualified}` : `${qualified} (${via})`;
    if (this.#judgeName(name ?? "", through)) return;
    if (language === "c" || language === "internal") {
      if (extension !== null)
        this.#list(`extension:${extension}`, `C functions of the extension ${extension} are called`);
      else this.#refuse(`${language}:${qualified}`, `${through} is compiled code that belongs to no extension`);
      return;
    }
    if (row.trusted !== "t") {
      this.#refuse(
        `${language}:${qualified}`,
        `${through} is written in ${language}, which may do anything on the server`,
      );
    }
    const body = noMentions();
    readText(row.source ?? "", body);
    for (const called of body.functions) this.#mentions.functions.add(called);
    for (const relation of body.relations) this.#mentions.relations.add(relation);
    for (const [command, why] of body.commands) this.#refuse(command, `${why}, in ${through}`);
    if (body.dynamic || !["sql", "plpgsql"].includes(language ?? "")) this.#dynamic.add(through);
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
    return this.#judgeDynamic(session);
  }

  async #judgeDynamic(session: Session): Promise<null | Failure> {
    if (this.#dynamic.size === 0) return null;
    const reply = await session.query(powersQuery);
    if (reply instanceof Failure) return reply;
    const powers = (reply.rows[0]?.powers ?? "").slice(0, limits.errorTextCharacters);
    const where = `SQL made at run time, which cannot be read beforehand, in ${[...this.#dynamic].sort().join(", ")}`;
    if (powers === "") this.#list("dynamic-sql", where);
    else this.#refuse("dynamic-sql", `${where}; this role could reach outside with it: ${powers}`);
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
