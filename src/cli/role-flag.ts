/**
 * role-flag: the flags that name the connection of a role: `--exec-url` and its like.
 *
 * Data only, so that the table of commands stays quick to load; live-connections.ts makes targets of them.
 */
import type { ConnectionName } from "../kernel/conninfo/connection-name.ts";
import type { Flag } from "./command/command.ts";

export type LiveRole = Extract<ConnectionName, "exec" | "verify" | "rehearse" | "backup" | "revert">;

/** The flag that names the connection of a role. */
export function roleFlag<R extends LiveRole>(role: R, what: string) {
  return {
    name: `${role}-url`,
    kind: "string",
    valueName: "URL",
    description: `The connection that ${what}; [connections.${role}] where it is left out.`,
  } as const satisfies Flag;
}
