/**
 * configuration-schema: what may stand in cutter.toml, key by key.
 *
 * strictObject throughout, so that a misspelt key is refused and not ignored. Loaded only where there is a file to
 * check, since it loads valibot.
 */
import * as v from "valibot";
import { CONNECTIONS, type ConnectionName } from "./connection-name.ts";

const text = v.pipe(v.string(), v.nonEmpty());

/** One of url, service and env_file; the last with env_map. */
const connection = v.pipe(
  v.strictObject({
    url: v.optional(text),
    service: v.optional(text),
    env_file: v.optional(text),
    env_map: v.optional(v.record(v.string(), text)),
  }),
  v.check(({ url, service }) => url === undefined || service === undefined, "url and service exclude each other"),
  v.check(({ env_file, env_map }) => (env_file === undefined) === (env_map === undefined), "env_file needs env_map"),
);

type Connections = { [name in ConnectionName]: v.OptionalSchema<typeof connection, undefined> };

const connections = Object.fromEntries(CONNECTIONS.map((name) => [name, v.optional(connection)])) as Connections;

export const configurationSchema = v.strictObject({
  connections: v.optional(v.strictObject(connections)),
  /** Checked by flow/profiles, which knows what a profile is. */
  profiles: v.optional(v.record(text, v.unknown())),
});
