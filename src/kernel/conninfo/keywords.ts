/**
 * keywords: a keyword string (`host=db.example dbname='my db'`) as settings, with libpq's quotes and backslashes.
 *
 * Never shows the text in a message: a password with an unquoted blank leaves its tail as a word of its own.
 * Source: manual, "Keyword/Value Connection Strings"; as there, `host= port=1` gives host the value `port=1`.
 * Called by resolve.ts.
 */
import { Failure } from "../failure.ts";
import { type Setting, type Settings, storeSetting } from "./settings.ts";

// Blanks are those of C's isspace in the C locale, not JavaScript's.
const BLANKS = "[ \\t\\n\\v\\f\\r]*";
const NAME = "([^= \\t\\n\\v\\f\\r]*)";
const QUOTED = "'((?:[^'\\\\]|\\\\[\\s\\S])*)'";
const PLAIN = "(?!')((?:[^ \\t\\n\\v\\f\\r\\\\]|\\\\[\\s\\S]?)*)";
const PAIR = new RegExp(`${NAME}${BLANKS}=${BLANKS}(?:${QUOTED}|${PLAIN})${BLANKS}`, "y");
const LEADING = new RegExp(`^${BLANKS}`);
const HINT =
  "Quote a value that holds blanks: password='two words'; write a quote in it as \\' and a backslash as \\\\.";

export function parseKeywords(text: string, origin: string): Settings | Failure {
  const settings = new Map<string, Setting>();
  const body = text.replace(LEADING, "");
  let position = 0;
  while (position < body.length) {
    PAIR.lastIndex = position;
    const match = PAIR.exec(body);
    if (match === null) return unreadable(body, { position, origin });
    const [whole, keyword = "", quoted, plain = ""] = match;
    const value = (quoted ?? plain).replace(/\\([\s\S]?)/g, "$1");
    const stored = storeSetting(settings, keyword, { value, origin });
    if (stored instanceof Failure) return stored;
    position += whole.length;
  }
  return settings;
}

function unreadable(body: string, at: { position: number; origin: string }): Failure {
  const rest = body.slice(at.position);
  const what = /^[^= \t\n\v\f\r]*[ \t\n\v\f\r]*=/.test(rest) ? "a quote that does not end" : 'a word without "="';
  return new Failure("CONNINFO_INVALID", `${at.origin} has ${what}, at character ${at.position + 1}.`, { hint: HINT });
}
