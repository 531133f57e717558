/**
 * connection-string: what --url and DATABASE_URL hold, a URL or a keyword string, as settings.
 *
 * Anything else is refused without being shown: it may be a bare password or a URL of another kind of database.
 * Called by resolve.ts and env-file.ts.
 */
import { Failure } from "../failure.ts";
import { parseKeywords } from "./keywords.ts";
import type { Settings } from "./settings.ts";
import { isUrl, parseUrl } from "./url.ts";

const OTHER_SCHEME = /^([a-z][a-z0-9+.-]{0,30}):\/\//i;

export function parseConnectionString(text: string, origin: string): Settings | Failure {
  if (isUrl(text)) return parseUrl(text, origin);
  const scheme = OTHER_SCHEME.exec(text)?.[1];
  if (scheme !== undefined) {
    return new Failure("CONNINFO_INVALID", `${origin} begins with ${scheme}://, not postgres:// or postgresql://.`);
  }
  if (text.includes("=")) return parseKeywords(text, origin);
  const wanted = "postgres://role@host:port/database, or keywords such as `host=… dbname=…`";
  return new Failure("CONNINFO_INVALID", `${origin} is neither a connection URL nor keywords; write ${wanted}.`);
}
