/**
 * redaction: keeps secrets out of everything that leaves the process.
 *
 * Whoever reads a secret registers it here at once; every text that goes to a terminal, file, log or child's argument
 * passes `redact`. Also takes out what looks like a password in a connection URL, keyword string, JSON or SQL,
 * registered or not; in doubt it takes out more. Never breaks JSON, never prints a secret.
 */
import type { Fact } from "../failure.ts";
import { passwordLiterals } from "./password-literals.ts";

const REDACTED = "[redacted]";
const SHORTEST_SECRET = 4;
/** A line of a registered multi-line secret (a key file) is a secret of its own from this length on. */
const SHORTEST_LINE = 16;

/** Every form in which a registered secret may be written, longest first, so that no shorter one cuts it apart. */
let forms: readonly string[] = [];

/** Remembers a secret in the forms that quoting gives it. Shorter than 4 characters would redact ordinary words. */
export function registerSecret(value: string): void {
  const lines = value.split(/\r?\n/).filter((line) => line.length >= SHORTEST_LINE && !line.startsWith("-----"));
  const values = [value, value.trim(), ...lines].filter((one) => one.length >= SHORTEST_SECRET);
  const known = new Set([...forms, ...values.flatMap(writtenForms)]);
  forms = [...known].sort((a, b) => b.length - a.length);
}

/** The text without any registered secret and without what looks like a password; `[redacted]` stands there. */
export function redact(text: string): string {
  let clean = redactRegistered(text);
  if (clean.includes("://")) clean = redactUrls(clean);
  clean = redactLiterals(clean);
  for (const [pattern, replacement] of LOOKS_LIKE_PASSWORD) clean = clean.replace(pattern, replacement);
  return clean;
}

/** The value with each string in it, keys too, redacted: what a document gets before it is written as JSON. */
export function redactFact(value: Fact): Fact {
  if (typeof value === "string") return redact(value);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(redactFact);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), redactFact(item as Fact)]));
}

function redactLiterals(text: string): string {
  let clean = "";
  let copied = 0;
  for (const { start, end } of passwordLiterals(text)) {
    if (text.startsWith(REDACTED, start)) continue;
    clean += text.slice(copied, start) + REDACTED;
    copied = end;
  }
  return clean + text.slice(copied);
}

/** Remembers each password that stands as a literal in a text of SQL, as the statement will write it. */
export function registerPasswordLiterals(sql: string): void {
  for (const { start, end } of passwordLiterals(sql)) registerSecret(sql.slice(start, end));
}

function redactRegistered(text: string): string {
  let clean = text;
  for (const form of forms) if (clean.includes(form)) clean = clean.replaceAll(form, REDACTED);
  return clean;
}

const XML: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

function writtenForms(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const percent = encodeURIComponent(value.toWellFormed());
  return [
    value,
    json,
    JSON.stringify(json).slice(1, -1),
    percent,
    percent.replaceAll(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()),
    percent.replaceAll("%20", "+"),
    value.replaceAll(/[&<>"']/g, (character) => XML[character] ?? character),
    value.replaceAll("'", "''"),
    value.replaceAll("'", "''''"),
    value.replaceAll(/['\\]/g, "\\$&"),
    Buffer.from(value, "utf8").toString("base64"),
    Buffer.from(value, "utf8").toString("base64url"),
  ];
}

/**
 * A value ends at white space or a quote, but an escaped character (`\"` in JSON) belongs to it. A double quote opens a
 * value only if what follows cannot be JSON going on after the end of a string. SQL literals: password-literals.ts.
 */
const INNER_QUOTE = String.raw`"(?![,:}\]\s]|$)`;
const BARE = String.raw`(?!(?:[en]|u&)?')(?:[^\s'"&\\]+|\\.)+`;
const DOUBLE = String.raw`${INNER_QUOTE}(?:[^"\\\n]|\\.)*"`;
const JSON_STRING = String.raw`(?:[^"\\]|\\.)+`;
const JSON_STRING_IN_JSON = String.raw`(?:[^"\\]|\\\\(?:\\["\\]|[^"\\]))+`;
const WORD = "(?:password|passwd|passphrase)";

const LOOKS_LIKE_PASSWORD: readonly (readonly [RegExp, string])[] = [
  // password=…, PGPASSWORD=…, password = "…", password := …
  [new RegExp(`(${WORD}\\s*=\\s*)(?:${DOUBLE}|${BARE})`, "gi"), `$1${REDACTED}`],
  // "password": "…", and the same inside a JSON string
  [new RegExp(String.raw`(${WORD}"\s*:\s*")${JSON_STRING}`, "gi"), `$1${REDACTED}`],
  [new RegExp(String.raw`(${WORD}\\"\s*:\s*\\")${JSON_STRING_IN_JSON}`, "gi"), `$1${REDACTED}`],
];

const COLON = 58;
const WHITE_SPACE_OR_END = /[\s:/@"\\]/g;

/**
 * `scheme://user:password@host`: everything from the first colon to the *last* @ before white space or a quote, since a
 * password may hold an unencoded @ or /. Each part of the text is looked at once.
 */
function redactUrls(text: string): string {
  let clean = "";
  let copied = 0;
  let from = 0;
  for (let scheme = text.indexOf("://"); scheme !== -1; scheme = text.indexOf("://", from)) {
    WHITE_SPACE_OR_END.lastIndex = scheme + 3;
    const colon = WHITE_SPACE_OR_END.exec(text)?.index ?? text.length;
    from = colon;
    if (text.charCodeAt(colon) !== COLON) continue;
    const end = tokenEnd(text, colon);
    const at = text.lastIndexOf("@", end);
    if (at > colon) {
      clean += `${text.slice(copied, colon + 1)}${REDACTED}`;
      copied = at;
    }
    from = end;
  }
  return clean + text.slice(copied);
}

/** Index of the white space or quote that ends what begins at `start`; a backslash takes the next character along. */
function tokenEnd(text: string, start: number): number {
  for (let index = start; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === 92) index++;
    else if (character === 34 || character <= 32) return index;
  }
  return text.length;
}
