/**
 * own-program: whether the program that runs is, byte for byte, what the build made: its seal, its stamps, the SQL and
 * the files inside, and the list of digests beside it.
 *
 * Only looks. Each check says what the build left and what is there now; one that cannot be made is not passed. From
 * source there is nothing to check by, and that is red. Called by `cutter selftest`.
 */

import { readFileSync } from "node:fs";
import { sha256 } from "../kernel/digest.ts";
import { errnoOf } from "../kernel/private-files/errno.ts";
import { digestSealed, digitsOf } from "../kernel/version/seal.ts";
import sealPath from "../kernel/version/seal.txt" with { type: "file" };
import { ASSETS, COMMIT, SQL_DIGEST } from "../kernel/version.ts";
import { referenceSql } from "../schema/pieces.ts";
import type { SumsCheck } from "./binary.ts";

export type OwnCheck = {
  /** e.g. `seal`, `asset pglite.wasm`. */
  readonly name: string;
  readonly holds: boolean;
  readonly expected: string;
  readonly got: string;
};

export type Carried = { readonly name: string; readonly bytes: Uint8Array };

/** What the checks look at. */
export type OwnParts = {
  readonly commit: string;
  readonly sqlDigest: string;
  /** JSON: name → SHA-256. */
  readonly assets: string;
  /** The text of the seal, as the program carries it. */
  readonly seal: string;
  /** All bytes of the program; or, as a string, why they cannot be read. */
  program(): Uint8Array | string;
  sql(): string;
  files(): Promise<readonly Carried[]>;
  sums(): Promise<SumsCheck>;
};

const SHA256 = /^[0-9a-f]{64}$/;
/** `unknown`: built outside a repository. */
const STAMPED_COMMIT = /^(?:[0-9a-f]{40}(?:\+changes)?|unknown)$/;
const SEAL_FILE = "seal.txt";

/** Of the program that runs. */
export async function ownParts(): Promise<OwnParts> {
  // Loaded here, since it is for the selftest alone.
  const { checkBinary } = await import("./binary.ts");
  return {
    ...{ commit: COMMIT, sqlDigest: SQL_DIGEST, assets: ASSETS, seal: await Bun.file(sealPath).text() },
    program: readProgram,
    sql: referenceSql,
    files: readCarried,
    sums: async () => (await checkBinary()).sums,
  };
}

/** In the order in which they are told; never empty. */
export async function checkOwnProgram(parts: OwnParts): Promise<readonly OwnCheck[]> {
  return [
    commitCheck(parts),
    ...(process.platform === "darwin" ? [] : [sealCheck(parts)]),
    sqlCheck(parts),
    ...(await assetChecks(parts)),
    ...sumsCheck(await parts.sums()),
  ];
}

function commitCheck({ commit }: OwnParts): OwnCheck {
  const holds = STAMPED_COMMIT.test(commit);
  return { name: "commit", holds, expected: "stamped in by the build", got: commit };
}

function sealCheck({ seal, program }: OwnParts): OwnCheck {
  const expected = digitsOf(seal);
  if (expected === null) return red("seal", "a seal of the build", "text of another form");
  const bytes = program();
  if (typeof bytes === "string") return red("seal", expected, `the program cannot be read: ${bytes}`);
  const sealed = digestSealed(bytes, seal);
  if (typeof sealed === "string") return red("seal", expected, sealed);
  return { name: "seal", holds: sealed.digest === expected, expected, got: sealed.digest };
}

function sqlCheck({ sqlDigest, sql }: OwnParts): OwnCheck {
  const got = sha256(sql());
  return { name: "sql", holds: SHA256.test(sqlDigest) && got === sqlDigest, expected: sqlDigest, got };
}

/** Each that was listed is there as it was, and none that was not. */
async function assetChecks({ assets, files }: OwnParts): Promise<readonly OwnCheck[]> {
  const listed = parseAssets(assets);
  if (listed === null) return [red("assets", "a list of the build", shown(assets))];
  const carried = (await files()).map(({ name, bytes }) => ({ name: plainName(name), digest: sha256(bytes) }));
  const names = new Set([...Object.keys(listed), ...carried.map(({ name }) => name)]);
  names.delete(SEAL_FILE);
  return [...names].sort().map((name) => {
    const expected = listed[name] ?? "not carried";
    const found = carried.filter((file) => file.name === name).map(({ digest }) => digest);
    const got = found.join(" and ") || "missing";
    return { name: `asset ${name}`, holds: SHA256.test(expected) && got === expected, expected, got };
  });
}

function parseAssets(assets: string): Readonly<Record<string, string>> | null {
  try {
    const listed: unknown = JSON.parse(assets);
    const isList = typeof listed === "object" && listed !== null && Object.keys(listed).length > 0;
    return isList ? (listed as Readonly<Record<string, string>>) : null;
  } catch {
    // Run from source, it is a word.
    return null;
  }
}

/** The bundler puts a hash of its own into the names: `pglite-4w3r2a1q.wasm`. */
function plainName(name: string): string {
  return name.replace(/-[0-9a-z]{8}(\.[^.]+)$/, "$1");
}

/** Nothing where there is no list, as in /usr/local/bin: the seal says as much of the file. */
function sumsCheck({ state, path, detail }: SumsCheck): readonly OwnCheck[] {
  if (state === "absent" || state === "not compared" || state === "does not name it") return [];
  const expected = `the line of ${path ?? "the list"}`;
  return [{ name: "SHA256SUMS", holds: state === "agrees", expected, got: `${state}: ${detail}` }];
}

function red(name: string, expected: string, got: string): OwnCheck {
  return { name, holds: false, expected, got };
}

function shown(text: string): string {
  return text === "" ? "nothing" : text.slice(0, 80);
}

/** All of it at once, since the seal may lie anywhere. The file that runs, whatever lies under its name. */
function readProgram(): Uint8Array | string {
  try {
    return readFileSync("/proc/self/exe");
  } catch (error) {
    return errnoOf(error);
  }
}

async function readCarried(): Promise<readonly Carried[]> {
  // The type says only Blob; each has the name of its file.
  const files = Bun.embeddedFiles as readonly (Blob & { readonly name: string })[];
  return Promise.all(files.map(async (file) => ({ name: file.name, bytes: await file.bytes() })));
}
