/**
 * comments: a text of SQL or PL/pgSQL with its comments taken out, read as the server's own scanner reads it.
 *
 * Strings, quoted names and dollar quotes are kept as they stand, whatever they hold. A text that would cost more than
 * linear time, or that versions read differently, is given back whole: it must never lose a word that the server would
 * run. Pure; called by escape-text.ts.
 * Source: PostgreSQL manual, "Lexical Structure".
 */
/** The first that matches at a place; a word is taken whole, so that its end is no beginning of another token. */
const TOKEN = new RegExp(
  [
    String.raw`[eE]'(?:[^'\\]|\\[^]|'')*'`,
    `'(?:[^']|'')*'`,
    `"[^"]*"`,
    String.raw`\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$`,
    "--[^\\n]*",
    String.raw`/\*`,
    String.raw`[\w\u0080-\uffff][\w$\u0080-\uffff]*`,
    "[^]",
  ].join("|"),
  "y",
);
const UNCLOSED_QUOTES = 20;
/** A dollar quote that begins at the end of a number, or of its letters: where it begins is another matter in 14. */
const NUMBER_AND_QUOTE = /^\d.*\$/;
/** A string with escapes that goes on in the next line, where its escapes are still escapes. */
const CONTINUED = /(?:\s|--[^\n]*\n)*'/y;

export function withoutComments(text: string): string {
  const kept: string[] = [];
  let unclosed = 0;
  for (let at = 0; at < text.length; ) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0] ?? "";
    const end = at + token.length;
    CONTINUED.lastIndex = end;
    if (NUMBER_AND_QUOTE.test(token) || (/^e'/i.test(token) && CONTINUED.test(text))) return text;
    if (token === "/*") {
      at = blockEnd(text, at);
      kept.push(" ");
      continue;
    }
    at = end;
    if (token.startsWith("--")) kept.push(" ");
    else kept.push(token);
    if (!/^\$.*\$$/.test(token)) continue;
    const close = text.indexOf(token, end);
    if (close === -1) unclosed += 1;
    else at = close + token.length;
    if (unclosed > UNCLOSED_QUOTES) return text;
    kept.push(text.slice(end, at));
  }
  return kept.join("");
}

/** Past a block comment and those in it. One that never ends is an error to the server, which then runs nothing. */
function blockEnd(text: string, from: number): number {
  const MARK = /\/\*|\*\//g;
  MARK.lastIndex = from;
  let depth = 0;
  for (let mark = MARK.exec(text); mark !== null; mark = MARK.exec(text)) {
    depth += mark[0] === "/*" ? 1 : -1;
    if (depth === 0) return mark.index + 2;
  }
  return text.length;
}
