/**
 * scenarios/embedded/door: the one place that a configuration leads to, where nobody answers and everybody is counted.
 *
 * A socket in the sandbox's own directory in the place of a server: who connects is seen, and turned away. So a verb
 * that must not connect can be watched where no server has a log. Called by S5 and S6.
 */
import { appendFileSync, copyFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { Failure } from "../../../kernel/failure.ts";
import { openPrivateDirectory } from "../../../kernel/private-files/directory.ts";
import { known, type Sandbox } from "../../sandbox.ts";
import { CONNECTION_ROLES } from "../../stage/files.ts";
import { DATABASE } from "../../words.ts";

export type Door = {
  /** A configuration whose every connection leads here; else as the one that it was made from. */
  readonly configuration: string;
  /** How many have connected so far. */
  knocks(): number;
  close(): Promise<void>;
};

/** `from`: a configuration without connections. `name`: of the door's own directory and file. */
export async function openDoor(sandbox: Sandbox, { name, from }: DoorOrder): Promise<Door | Failure> {
  const directory = openPrivateDirectory(join(known(sandbox.temporary, "temporary directory"), name));
  if (directory instanceof Failure) return directory;
  let knocks = 0;
  const server = createServer((socket) => {
    knocks += 1;
    socket.on("error", () => socket.destroy());
    socket.destroy();
  });
  const path = join(directory, ".s.PGSQL.5432");
  const opened = await new Promise<Error | null>((resolve) => {
    server.once("error", resolve);
    server.listen(path, () => resolve(null));
  });
  if (opened !== null) return new Failure("SANDBOX_SERVER_FAILED", `${path}: ${opened.message}`, { cause: opened });
  const configuration = sandbox.path("stage", `${name}.toml`);
  copyFileSync(from, configuration);
  appendFileSync(configuration, `\n${connections(directory)}`);
  return {
    configuration,
    knocks: () => knocks,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          rmSync(path, { force: true });
          resolve();
        });
      }),
  };
}

type DoorOrder = { readonly name: string; readonly from: string };

function connections(directory: string): string {
  return Object.entries(CONNECTION_ROLES)
    .map(([name, role]) => `[connections.${name}]\nurl = "postgresql://${role}@/${DATABASE}?host=${directory}"\n`)
    .join("\n");
}
