/**
 * service-file: the settings of one service from pg_service.conf, found and read as libpq does.
 *
 * Order: the file that was named (servicefile, PGSERVICEFILE), else ~/.pg_service.conf, then pg_service.conf in
 * PGSYSCONFDIR or a known system folder. A file that was named must be there. Messages give file and line, never the
 * line itself. Source: manual, "The Connection Service File". Called by resolve.ts.
 */
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { fileState, readCredentialFile } from "./credential-file.ts";
import { type Setting, type Settings, storeSetting } from "./settings.ts";

/** libpq has one, fixed when it is built: Debian's, Red Hat's and macOS's first. */
const SYSTEM_FOLDERS = ["/etc/postgresql-common", "/etc/sysconfig/pgsql", "/usr/local/etc/postgresql", "/etc"];

export type ServiceQuery = {
  readonly service: string;
  readonly namedFile: string | null;
  readonly homeDirectory: string | null;
  readonly systemFolder: string | null;
};

export async function readService(query: ServiceQuery): Promise<Settings | Failure> {
  const looked: string[] = [];
  for (const path of candidates(query)) {
    const named = path === query.namedFile;
    if (!named && (await fileState(path)).is === "absent") continue;
    looked.push(path);
    const text = await readCredentialFile(path, "service file");
    if (text instanceof Failure) return text;
    const settings = parseServiceFile(text, { service: query.service, path });
    if (settings !== null) return settings;
  }
  const where = looked.length === 0 ? "there is no service file" : `not in ${looked.join(" or ")}`;
  return new Failure("CONNINFO_INVALID", `The service "${query.service}" is not defined: ${where}.`);
}

function candidates(query: ServiceQuery): string[] {
  const own = query.homeDirectory === null ? [] : [join(query.homeDirectory, ".pg_service.conf")];
  const system = query.systemFolder === null ? SYSTEM_FOLDERS : [query.systemFolder];
  return [
    ...(query.namedFile === null ? own : [query.namedFile]),
    ...system.map((folder) => join(folder, "pg_service.conf")),
  ];
}

/**
 * The settings of the first section of that name; null where there is none. Within it the first of two equal keywords
 * counts, and a blank before "=" belongs to the keyword: both as in libpq.
 */
function parseServiceFile(
  text: string,
  wanted: { readonly service: string; readonly path: string },
): Settings | Failure | null {
  const origin = `service ${wanted.service} in ${wanted.path}`;
  let found: Map<string, Setting> | null = null;
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.replace(/^[ \t\v\f\r]+|[ \t\v\f\r]+$/g, "");
    if (line === "" || line.startsWith("#")) continue;
    if (line.startsWith("[")) {
      if (found !== null) return found;
      if (line.startsWith(`[${wanted.service}]`)) found = new Map();
    } else if (found !== null) {
      const failure = storeLine(found, line, `${origin}, line ${index + 1}`);
      if (failure !== null) return failure;
    }
  }
  return found;
}

function storeLine(into: Map<string, Setting>, line: string, origin: string): Failure | null {
  if (line.startsWith("ldap")) {
    return new Failure("CONNINFO_UNSUPPORTED", `${origin} asks an LDAP server, which cutter does not do.`);
  }
  const equals = line.indexOf("=");
  if (equals < 0) return new Failure("CONNINFO_INVALID", `${origin} has no "=".`);
  const keyword = line.slice(0, equals);
  if (keyword === "service" || keyword === "servicefile") {
    return new Failure("CONNINFO_INVALID", `${origin} names a service within a service, which libpq refuses.`);
  }
  const fresh = new Map<string, Setting>();
  const failure = storeSetting(fresh, keyword, { value: line.slice(equals + 1), origin });
  for (const [name, setting] of fresh) if (!into.has(name)) into.set(name, setting);
  return failure;
}
