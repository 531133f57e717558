/**
 * url: a `postgres://` connection URL as settings, read as libpq reads one (several hosts, IPv6 in brackets, `%2F`).
 *
 * Never shows any part of the URL in a message: a password with an unescaped `@`, `/` or `:` lands in the host, port or
 * database. Stricter than libpq in three places for that reason: blanks, an `@` after the first, and a `?` before it
 * are refused, where libpq would connect somewhere else. Source: manual, "Connection URIs". Called by resolve.ts.
 */
import { Failure } from "../failure.ts";
import { findKeyword } from "./keyword-table.ts";
import { type Setting, type Settings, storeSetting } from "./settings.ts";

const SCHEME = /^postgres(?:ql)?:\/\//;
const ONE_HOST = /(\[[^\]]+\](?=[:/?,]|$)|(?!\[)[^:/?,]*)(?::([^/?,]*))?/y;
const BROKEN_PERCENT = /%(?![0-9a-fA-F]{2})|%00/;
const ENCODE =
  "Percent-encode special characters in it: @ is %40, / is %2F, : is %3A, ? is %3F, % is %25, a space %20.";

type Pair = { readonly keyword: string; readonly text: string };
type Authority = { readonly host: string; readonly port: string; readonly rest: string };

export function isUrl(text: string): boolean {
  return SCHEME.test(text);
}

/** Shapes: `postgres://user:password@host:port,host:port/database?keyword=value&…`; every part may be absent. */
export function parseUrl(text: string, origin: string): Settings | Failure {
  const pairs = splitUrl(text.replace(SCHEME, ""), origin);
  if (pairs instanceof Failure) return pairs;
  const settings = new Map<string, Setting>();
  for (const pair of pairs) {
    const keyword = decode(pair.keyword, origin);
    if (keyword instanceof Failure) return keyword;
    const value = decode(pair.text, findKeyword(keyword) === undefined ? origin : `The ${keyword} in ${origin}`);
    if (value instanceof Failure) return value;
    // The JDBC spelling that libpq takes too.
    const jdbc = keyword === "ssl" && value === "true";
    const stored = jdbc
      ? storeSetting(settings, "sslmode", { value: "require", origin })
      : storeSetting(settings, keyword, { value, origin });
    if (stored instanceof Failure) return stored;
  }
  return settings;
}

function splitUrl(body: string, origin: string): Pair[] | Failure {
  if (/\s/.test(body)) return invalid(`${origin} holds a blank.`);
  const stop = body.search(/[@/]/);
  const hasCredentials = body[stop] === "@";
  const [user = "", ...password] = hasCredentials ? body.slice(0, stop).split(":") : [];
  const located = hasCredentials ? body.slice(stop + 1) : body;
  if (user.includes("?")) return invalid(`${origin} has a "?" before its first "@".`);
  const question = located.indexOf("?");
  const path = question < 0 ? located : located.slice(0, question);
  if (path.includes("@")) return invalid(`${origin} has an "@" that belongs neither to a host nor to a database.`);
  const authority = splitAuthority(path, origin);
  if (authority instanceof Failure) return authority;
  const parameters = question < 0 ? [] : splitParameters(located.slice(question + 1), origin);
  if (parameters instanceof Failure) return parameters;
  const named: Pair[] = [
    { keyword: "user", text: user },
    { keyword: "password", text: password.join(":") },
    { keyword: "host", text: authority.host },
    { keyword: "port", text: authority.port },
    { keyword: "dbname", text: authority.rest.slice(1) },
  ];
  return [...named.filter((pair) => pair.text !== ""), ...parameters];
}

/** `h1:1,[::1],h3/db` → hosts `h1,::1,h3`, ports `1,,`, rest `/db`: libpq splits the lists again, so do we. */
function splitAuthority(path: string, origin: string): Authority | Failure {
  const hosts: string[] = [];
  const ports: string[] = [];
  let position = 0;
  while (position <= path.length) {
    ONE_HOST.lastIndex = position;
    const match = ONE_HOST.exec(path);
    if (match === null) return invalid(`${origin} has a host in "[…]" that is not a complete IPv6 address.`);
    const [whole, host = "", port = ""] = match;
    if (port.includes(":")) return invalid(`${origin} has a host with several ":"; write an IPv6 address as [::1].`);
    hosts.push(host.startsWith("[") ? host.slice(1, -1) : host);
    ports.push(port);
    position += whole.length;
    if (path[position] !== ",") break;
    position += 1;
  }
  return { host: hosts.join(","), port: ports.join(","), rest: path.slice(position) };
}

function splitParameters(query: string, origin: string): Pair[] | Failure {
  const parts = query === "" ? [] : query.replace(/&$/, "").split("&");
  const pairs: Pair[] = [];
  for (const part of parts) {
    const [keyword = "", text, ...more] = part.split("=");
    if (text === undefined) return invalid(`${origin} has a parameter without "=".`);
    if (more.length > 0) return invalid(`${origin} has a parameter with more than one "=".`);
    pairs.push({ keyword, text });
  }
  return pairs;
}

function decode(text: string, where: string): string | Failure {
  if (BROKEN_PERCENT.test(text)) return invalid(`${where} holds a "%" that does not begin a character's code.`);
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    if (cause instanceof URIError) return invalid(`${where} is not UTF-8 after decoding.`);
    throw cause;
  }
}

function invalid(message: string): Failure {
  return new Failure("CONNINFO_INVALID", message, { hint: ENCODE });
}
