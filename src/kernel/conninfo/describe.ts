/**
 * describe: a target in one line, for the first line of every output, so that nobody writes to a database unknowingly.
 *
 * Never shows a password or startup options. Names are quoted as JSON, so that a control character in one cannot forge
 * a terminal line. Called by report and the verbs.
 */
import type { HostChoice, Target } from "./target.ts";

/** E.g. `database "icx" as "cutter_exec" at 127.0.0.1:5432, sslmode=prefer (from --url)`. */
export function describeTarget(target: Target): string {
  if (target.kind === "embedded") {
    return "the embedded database (--embedded): this proves the harness, not your database";
  }
  const places = target.hosts.map(describeHost).join(" or ");
  const overTcp = target.hosts.some((host) => host.hostaddr !== null || !host.host.startsWith("/"));
  const tls = overTcp ? `, sslmode=${target.sslMode}` : "";
  const attributes = target.targetSessionAttributes;
  const wanted = attributes === "any" ? "" : `, target_session_attrs=${attributes}`;
  const login = `database ${JSON.stringify(target.database)} as ${JSON.stringify(target.user)}`;
  return `${login} at ${places}${tls}${wanted} (from ${quoteControls(target.source)})`;
}

/** `host:port`, `[::1]:port`, `/directory:port`; with hostaddr `host (address):port`. */
function describeHost(host: HostChoice): string {
  const name = quoteControls(host.host.includes(":") ? `[${host.host}]` : host.host);
  const address = host.hostaddr === null || host.hostaddr === host.host ? "" : ` (${quoteControls(host.hostaddr)})`;
  return `${name}${address}:${host.port}`;
}

function quoteControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  return /[\u0000-\u001f\u007f-\u009f]/.test(text) ? JSON.stringify(text) : text;
}
