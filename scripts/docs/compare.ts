/**
 * compare: whether a command answered what is printed on the page, but for what differs from run to run.
 *
 * What may differ are the named rules below and nothing else; a line of `…` alone stands for lines left out. What names
 * one thing (a run, a digest, a key) has to name the same thing wherever it stands: see Names. How a text is broken
 * into lines of 80 columns may differ, since it depends on the length of what differs. Pure; used by play.ts.
 */

type Rule = {
  readonly name: string;
  readonly pattern: RegExp;
  /** `name`: the same text means the same thing on the whole page. */
  readonly is: "value" | "name";
};

export const RULES: readonly Rule[] = [
  { name: "time", pattern: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/, is: "value" },
  { name: "approval", pattern: /\b(?:SG1|SG2|REVERT)-ictr-\d{8}T\d{6}Z-[0-9a-f]{8}-[0-9a-f]{16}\b/, is: "value" },
  { name: "run", pattern: /\b[a-z]+-\d{8}T\d{6}Z-[0-9a-f]{8}\b/, is: "name" },
  { name: "digest", pattern: /\b[0-9a-f]{64}\b/, is: "name" },
  { name: "uuid", pattern: /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/, is: "name" },
  { name: "SSH key", pattern: /\bSHA256:[A-Za-z0-9+/]{43}/, is: "name" },
  { name: "GnuPG key", pattern: /\b[0-9A-F]{40}\b/, is: "name" },
  { name: "commit", pattern: /\b[0-9a-f]{40}(?:\+changes)?\b/, is: "value" },
  { name: "probe table", pattern: /\bcutter_probe_[0-9a-f]{12}/, is: "name" },
  { name: "duration", pattern: /\b\d+\.\d+ (?:ms|s)\b/, is: "value" },
  { name: "time of a lock", pattern: /(?<=Lock +)\d+\.\d+\b/, is: "value" },
  { name: "milliseconds of a phase", pattern: /(?<=^ {2}\S.* (?:done|failed) .* )\d+$/, is: "value" },
  { name: "server version", pattern: /\bPostgreSQL \d+\.\d+(?: \(Debian [^)]*\))?/, is: "value" },
  { name: "transaction", pattern: /\b(?:transaction|xid) \d+\b/, is: "value" },
  { name: "WAL", pattern: /\bWAL at most \d+ bytes\b/, is: "value" },
  { name: "dead rows", pattern: /\bat most \d+ dead row versions\b/, is: "value" },
  { name: "temporary schema", pattern: /\bpg_temp_\d+\b/, is: "value" },
  { name: "system identifier", pattern: /\b\d{19}\b/, is: "value" },
  { name: "job", pattern: /\bline \d+: +\d+ Killed\b/, is: "value" },
  { name: "user", pattern: /\(user \d+/, is: "value" },
  { name: "size of a file", pattern: /\bfile of \d+ bytes\b/, is: "value" },
  { name: "process", pattern: /\b(?:pid|process) \d+\b/, is: "value" },
  { name: "rule of a table", pattern: /(?<=^| )-{2,}(?= |$)/, is: "value" },
];

const COMBINED = new RegExp(RULES.map(({ pattern }) => `(${pattern.source})`).join("|"), "g");
const LEFT_OUT = "…";

/** Names on the page and what they are in this run, one to one. */
export class Names {
  readonly #toRun = new Map<string, string>();
  readonly #toPage = new Map<string, string>();

  /** Whether the two may be the same thing; then they are from now on. */
  bind(onPage: string, inRun: string): boolean {
    const known = this.#toRun.get(onPage);
    if (known !== undefined || this.#toPage.has(inRun)) return known === inRun;
    this.#toRun.set(onPage, inRun);
    this.#toPage.set(inRun, onPage);
    return true;
  }

  /** What is typed, as this run knows it. */
  inRun(text: string): string {
    return replaceNames(text, this.#toRun);
  }

  /** What was answered, as the page knows it; what it does not know stays, and is the page's name from now on. */
  onPage(text: string): string {
    for (const name of namesIn(text)) if (!this.#toPage.has(name)) this.bind(name, name);
    return replaceNames(text, this.#toPage);
  }
}

function replaceNames(text: string, known: ReadonlyMap<string, string>): string {
  return text.replaceAll(COMBINED, (found) => known.get(found) ?? found);
}

type Token = { readonly rule: Rule; readonly text: string };

function tokensIn(text: string): Token[] {
  return [...text.matchAll(COMBINED)].flatMap((found) => {
    const rule = RULES[found.slice(1).findIndex((group) => group !== undefined)];
    return rule === undefined ? [] : [{ rule, text: found[0] }];
  });
}

function namesIn(text: string): string[] {
  return tokensIn(text).flatMap(({ rule, text: found }) => (rule.is === "name" ? [found] : []));
}

/** What has to be equal of a line. */
function plain(line: string): string {
  const tokens = tokensIn(line);
  let next = 0;
  const named = line.replaceAll(COMBINED, () => `<${tokens[next++]?.rule.name}>`);
  return named.replaceAll(/\s+/g, " ").trim();
}

/** How far a line is indented that goes on with the one before it: first as most are, then as any may be. */
const WRAPS = [/^ {4,}\S/, /^ {2,}\S/] as const;

/** Lines that go on are a part of the line before them: where a text is broken is not compared. */
export function joinWrapped(lines: readonly string[], goesOn: RegExp = WRAPS[0]): string[] {
  const joined: string[] = [];
  for (const line of lines) {
    const before = joined.at(-1);
    const isLeftOut = line.trim() === LEFT_OUT;
    if (before === undefined || before.trim() === "" || before === LEFT_OUT || isLeftOut || !goesOn.test(line))
      joined.push(isLeftOut ? LEFT_OUT : line);
    else joined[joined.length - 1] = `${before} ${line.trim()}`;
  }
  return joined;
}

/** null where they fit; else the first line of the page that does not, in words. */
export function difference(page: readonly string[], answer: readonly string[], names: Names): string | null {
  const [first, last] = WRAPS;
  const asMost = compared(joinWrapped(page, first), joinWrapped(answer, first));
  const fitting = typeof asMost === "string" ? compared(joinWrapped(page, last), joinWrapped(answer, last)) : asMost;
  if (typeof fitting === "string") return typeof asMost === "string" ? asMost : fitting;
  const wrong = fitting.find(([onPage, inRun]) => !names.bind(onPage, inRun));
  return wrong === undefined ? null : `${wrong[0]}\n  is not what it was before on this page, but ${wrong[1]}`;
}

type Pairs = readonly (readonly [onPage: string, inRun: string])[];

/** The names that stand in the same places, or what differs. */
function compared(page: readonly string[], given: readonly string[]): Pairs | string {
  const parts = partsOf(page);
  const pairs: [string, string][] = [];
  let from = 0;
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const at = index === 0 ? 0 : placeOf(part, { given, from, stands: isLast ? "last" : "between" });
    for (const [offset, line] of part.entries()) {
      const other = given[at + offset];
      if (other === undefined) return `${line}\n  the answer ends before it`;
      if (plain(line) !== plain(other)) return `${line}\n  the answer has: ${other}`;
      const inRun = namesIn(other);
      pairs.push(...namesIn(line).map((name, place): [string, string] => [name, inRun[place] ?? ""]));
    }
    from = at + part.length;
  }
  const more = given[from];
  const endsOpen = parts.length > 1 && parts.at(-1)?.length === 0;
  return endsOpen || more === undefined ? pairs : `(the end)\n  the answer goes on: ${more}`;
}

type Searched = { readonly given: readonly string[]; readonly from: number; readonly stands: "last" | "between" };

/** Where lines behind left-out ones stand: the last ones at the end, others where their first line is met. */
function placeOf(part: readonly string[], { given, from, stands }: Searched): number {
  if (stands === "last") return Math.max(from, given.length - part.length);
  const [first = ""] = part;
  const found = given.findIndex((line, index) => index >= from && plain(line) === plain(first));
  return found === -1 ? given.length : found;
}

/** What stands between lines of `…`; an empty first or last part means that lines are left out there. */
function partsOf(lines: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  for (const line of lines) {
    if (line === LEFT_OUT) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts;
}
