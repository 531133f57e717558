/**
 * stage/files: what the scenarios need on disk: documents, a configuration that leads to the sandbox alone, and who may
 * sign; each with its SHA-256.
 *
 * The real document is the one with the most units in the restored database, in its own words, or the operator's own
 * file. No password stands in the configuration: it names the private password file. Called by C-09.
 */
import largestDocument from "../../../sql/sandbox/largest-document.sql" with { type: "text" };
import { joinBodies } from "../../flow/replay.ts";
import { sha256 } from "../../kernel/digest.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { readPrivateFile, writeNewPrivateFile } from "../../kernel/private-files/file.ts";
import type { Session } from "../../kernel/session/session.ts";
import { makeFolder } from "../leftovers/marked-directory.ts";
import { known, type Sandbox } from "../sandbox.ts";
import { DATABASE } from "../words.ts";
import type { Staged, StagedFile } from "./facts.ts";

export const SOVEREIGN = "sovereign@sandbox";

/** Three units: the document, and one for each heading. */
const HANDBOOK = "# Handbook\n\n## One\n\nThe first part.\n\n## Two\n\nThe second part.\n";
export const HANDBOOK_UNITS = 3;

export async function stageFiles(sandbox: Sandbox, session: Session): Promise<Staged | Failure> {
  const directory = makeFolder(sandbox.path("stage"));
  if (directory instanceof Failure) return directory;
  const document = sandbox.order.document ?? (await realDocument(session));
  if (document instanceof Failure) return document;
  const texts: Readonly<Record<string, string | Uint8Array>> = {
    [document.fileName]: document.bytes,
    "handbook.md": HANDBOOK,
    allowed_signers: signers(sandbox),
    "cutter.toml": configuration(sandbox),
    "bare.toml": `${configuration(sandbox)}\n${BARE_PROFILE}`,
  };
  const files: StagedFile[] = [];
  for (const [name, content] of Object.entries(texts)) {
    const path = sandbox.path("stage", name);
    const failed = writeNewPrivateFile(path, content);
    if (failed !== null) return failed;
    sandbox.journal.note("file", `stage ${name}, ${Buffer.byteLength(content)} bytes`);
    files.push({ name, path, sha256: sha256(content) });
  }
  const { profile, fileName } = document;
  const id = `SANDBOX-${fileName.replace(/\.[a-z]+$/, "").replaceAll(/[^A-Za-z0-9._-]/g, "-")}`.slice(0, ID_CHARACTERS);
  return {
    ...{ files, configuration: sandbox.path("stage", "cutter.toml"), handbook: sandbox.path("stage", "handbook.md") },
    bare: sandbox.path("stage", "bare.toml"),
    document: { id, path: sandbox.path("stage", fileName), profile },
  };
}

const ID_CHARACTERS = 64;

/** Cuts as `markdown` does; what its units are called, no vocabulary has. */
const BARE_PROFILE = `[profiles.bare]
unit_kind = "no_such_kind"
nesting = "observed"

[[profiles.bare.levels]]
kind = "section"
section_type = "no_such_section"
form = "heading"
`;

type Document = NonNullable<Sandbox["order"]["document"]>;

async function realDocument(session: Session): Promise<Document | Failure> {
  const reply = await session.query(largestDocument);
  if (reply instanceof Failure) return reply;
  const bodies = new Map(reply.rows.map(({ address, body }) => [address ?? "", body ?? ""]));
  const id = reply.rows[0]?.document ?? "HANDBOOK";
  const units = [...bodies.keys()].map((canonicalAddress) => ({ canonicalAddress }));
  const { bytes } = joinBodies(units as unknown as Parameters<typeof joinBodies>[0], bodies);
  const text = bytes.byteLength === 0 ? Buffer.from(HANDBOOK) : bytes;
  return { bytes: text, fileName: `${id.replaceAll(/[^A-Za-z0-9._-]/g, "-")}.md`, profile: "auto" };
}

/** The digest of what lies there now; null where it cannot be read. */
export function digestOf(path: string): string | null {
  const bytes = readPrivateFile(path, limits.documentBytes);
  return bytes instanceof Failure ? null : sha256(bytes);
}

function signers(sandbox: Sandbox): string {
  const namespaces = ["sg1", "sg2", "revert", "hard-delete"].map((gate) => `${gate}@cutter`).join(",");
  return `${SOVEREIGN} namespaces="${namespaces}" ${known(sandbox.keys, "keys").sshPublic}\n`;
}

export const CONNECTION_ROLES = {
  survey: "context_pack_readonly",
  exec: "cutter_exec",
  verify: "cutter_verify",
  rehearse: "cutter_rehearse",
  backup: "workflow_admin",
  revert: "workflow_admin",
} as const;

/** Where `cutter.toml` says that each connection leads. */
function connectionUrls(sandbox: Sandbox): Readonly<Record<string, string>> {
  const server = known(sandbox.server, "server");
  const urls = Object.entries(CONNECTION_ROLES).map(([name, role]) => [name, server.url({ role, database: DATABASE })]);
  // No other process can connect to the embedded engine, and so none is told where it would.
  return Object.fromEntries(urls.filter(([, url]) => url !== null));
}

function configuration(sandbox: Sandbox): string {
  const keys = known(sandbox.keys, "keys");
  const server = known(sandbox.server, "server");
  const words = (program: "pg_dump" | "pg_restore"): string => {
    const client = server.client(program, { role: CONNECTION_ROLES.backup, database: DATABASE });
    return JSON.stringify(client?.command ?? [program]);
  };
  const connections = Object.entries(connectionUrls(sandbox)).map(
    ([name, url]) => `[connections.${name}]\nurl = ${JSON.stringify(url)}\n`,
  );
  const programs = `pg_dump = ${words("pg_dump")}\npg_restore = ${words("pg_restore")}`;
  return [
    ...connections,
    `[approvals]\nallowed_signers = ${JSON.stringify(sandbox.path("stage", "allowed_signers"))}\n`,
    `[backup]\nkey = "${keys.backupKey}"\nkey_file = ${JSON.stringify(keys.backupPublic)}\n${programs}\n`,
    `[signing]\nexec_key = ${JSON.stringify(keys.exec)}\nverify_key = ${JSON.stringify(keys.verify)}\n`,
  ].join("\n");
}
