/**
 * local/binaries: the PostgreSQL server programs of this machine that the server's account can run.
 *
 * The configured folder alone where there is one; else where PATH finds initdb, then /usr/lib/postgresql/VERSION/bin,
 * newest first. Each is asked for its version as the account that will run it. Called by local.ts.
 */
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../../../kernel/failure.ts";
import { limits } from "../../../kernel/limits.ts";
import { askTool, findTool } from "../../../readiness/service-state/tool.ts";
import { type Account, asAccount } from "../account.ts";

export type Binaries = {
  /** Absolute, without links. */
  readonly folder: string;
  /** As the server program says, e.g. `postgres (PostgreSQL) 15.18 (Debian 15.18-1)`. */
  readonly version: string;
};

export type Search = {
  /** Absolute path of a folder with initdb and postgres; null where none is configured. */
  readonly configured: string | null;
  readonly path: string;
  /** Debian's place of all versions. */
  readonly packaged: string;
};

/** What is needed in the one folder. Client programs may be missing; then `client` says so. */
const NEEDED = ["initdb", "postgres"];

export async function findBinaries(account: Account, search: Search): Promise<Binaries | Failure> {
  const tried: string[] = [];
  for (const folder of candidates(search)) {
    const found = await tryFolder(account, folder);
    if ("version" in found) return found;
    tried.push(`${folder}: ${found.reason}`);
  }
  const looked = tried.length > 0 ? tried.join("; ") : `none in PATH and none below ${search.packaged}`;
  return new Failure("SANDBOX_PROVIDER_UNAVAILABLE", `no PostgreSQL server program can be used: ${looked}`, {
    hint: "Install the PostgreSQL server of production's version, or choose --provider docker or embedded.",
  });
}

function candidates({ configured, path, packaged }: Search): readonly string[] {
  if (configured !== null) return [configured];
  const inPath = findTool("initdb", { PATH: path });
  const folders = [...(inPath === null ? [] : [dirname(fs.realpathSync(inPath))]), ...versionsBelow(packaged)];
  return [...new Set(folders)];
}

function versionsBelow(packaged: string): readonly string[] {
  if (!fs.existsSync(packaged)) return [];
  const versions = fs.readdirSync(packaged).filter((name) => /^\d+$/.test(name));
  return versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(packaged, version, "bin"));
}

async function tryFolder(account: Account, folder: string): Promise<Binaries | { readonly reason: string }> {
  const missing = NEEDED.find((name) => !fs.existsSync(join(folder, name)));
  if (missing !== undefined) return { reason: `no ${missing}` };
  const [name = "", ...words] = asAccount(account, [join(folder, "postgres"), "--version"]);
  const answer = await askTool([name, ...words], {
    environment: { PATH: process.env.PATH },
    timeoutMs: limits.toolTimeoutMs,
  });
  if ("reason" in answer) return answer;
  return { folder: fs.realpathSync(folder), version: answer.output.trim() };
}
