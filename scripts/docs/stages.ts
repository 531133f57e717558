/**
 * stages: where a session of the documentation begins: a server, a database on it, and what the reader has done so far.
 *
 * `nothing`: a home that holds nothing. `shop`: somebody's shop, whose administrator the reader can ask. `icx`: a
 * database with documents, and the services of its roles. `at SG1` and `at SG2`: there, a live run of a handbook waits
 * at that gate, approved. The last three are made once and copied. Ended by `close()`. Used by play.ts.
 */
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { prepareReference, psqlOn } from "../database/database.ts";
import { type Major, type OwnServer, startServer, TEST_PASSWORD } from "../database/server.ts";
import { makeReader, PAGE } from "./reader.ts";
import { openShell, type Reader } from "./shell.ts";

export const STAGES = ["nothing", "shop", "icx", "at SG1", "at SG2"] as const;
export type StageName = (typeof STAGES)[number];

export type Stage = {
  readonly server: OwnServer;
  readonly reader: Reader;
  /** The live run that waits, where the stage has one. */
  readonly run: string | null;
  /** What has another name on the page: in the page, in this run. Scenes add to it. */
  readonly places: [onPage: string, inRun: string][];
};

export type Theatre = {
  stage(name: StageName): Promise<Stage>;
  close(): Promise<void>;
};

const PARTS = join(import.meta.dirname, "stages");
const RUN = /\bictr-\d{8}T\d{6}Z-[0-9a-f]{8}\b/;
const MAJOR: Major = 15;

/** A server and what was made on it so far; one session at a time. */
export async function openTheatre(): Promise<Theatre> {
  const server = await startServer(MAJOR);
  const made = new Map<StageName, Reader>();
  const makers: Readonly<Record<StageName, () => Promise<Reader>>> = {
    nothing: async () => makeReader(server),
    async shop() {
      recreate(server, "shop", "template0");
      psqlOn(server, "shop", readFileSync(join(PARTS, "shop.sql"), "utf8"));
      return makeReader(server);
    },
    async icx() {
      await prepareReference(server);
      recreate(server, "icx", "cutter_reference");
      psqlOn(server, "icx", "REVOKE workflow_admin FROM cutter_rehearse");
      const reader = makeReader(server);
      await play(reader, script("services.sh", server));
      return reader;
    },
    "at SG1": () => behind("icx", script("to-sg1.sh", server)),
    "at SG2": () => behind("at SG1", script("to-sg2.sh", server)),
  };
  const behind = async (name: StageName, further: string): Promise<Reader> => {
    const reader = await stand(name);
    await play(reader, further);
    return reader;
  };
  /** The stage itself where it was not made yet, else a copy. */
  const stand = async (name: StageName): Promise<Reader> => {
    if (name === "nothing" || name === "shop") return makers[name]();
    const known = made.get(name);
    if (known === undefined) {
      const reader = await makers[name]();
      recreate(server, templateOf(name), "icx");
      made.set(name, keep(reader, name));
      return reader;
    }
    recreate(server, "icx", templateOf(name));
    return bring(known, name);
  };
  return {
    async stage(name) {
      const reader = await stand(name);
      const run = name.startsWith("at ") ? await onlyRun(reader) : null;
      return {
        server,
        reader,
        run,
        places: [
          [PAGE.port, `${server.port}`],
          [PAGE.home, reader.home],
        ],
      };
    },
    close: () => server.stop(),
  };
}

function templateOf(name: StageName): string {
  return `template_${name.toLowerCase().replaceAll(/\W/g, "_")}`;
}

function recreate(server: OwnServer, name: string, template: string): void {
  psqlOn(server, "postgres", `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  psqlOn(server, "postgres", `CREATE DATABASE ${name} TEMPLATE ${template}`);
}

/** Copies a home as it is at this stage; it is brought back to the same place, since files in it name that. */
function keep(reader: Reader, name: StageName): Reader {
  Bun.spawnSync(["cp", "-a", reader.home, keptOf(reader, name)]);
  return reader;
}

function keptOf({ home }: Reader, name: StageName): string {
  return join(dirname(home), templateOf(name));
}

function bring(reader: Reader, name: StageName): Reader {
  rmSync(reader.home, { recursive: true });
  Bun.spawnSync(["cp", "-a", keptOf(reader, name), reader.home]);
  return reader;
}

function script(name: string, { port }: OwnServer): string {
  const text = readFileSync(join(PARTS, name), "utf8");
  return text.replaceAll("@PORT@", `${port}`).replaceAll("@PASSWORD@", TEST_PASSWORD);
}

async function play(reader: Reader, commands: string): Promise<void> {
  const shell = openShell(reader);
  const { exit, lines } = await shell.run(`set -e -o pipefail\n${commands}`);
  await shell.close();
  if (exit !== 0) throw new Error(`the stage could not be made:\n${lines.join("\n")}`);
}

async function onlyRun(reader: Reader): Promise<string> {
  const shell = openShell(reader);
  const { lines } = await shell.run("cutter runs --json");
  await shell.close();
  const [run] = RUN.exec(lines.join("\n")) ?? [];
  if (run === undefined) throw new Error(`no run waits: ${lines.join("\n")}`);
  return run;
}
