/**
 * steps/build: C-04 to C-09: the isolated server, the restored database, its roles, its identity, the host, the stage.
 *
 * The server's identity is compared before anything is written to it, and again once the database is restored. Each
 * measures and has its gates judged. Called by run.ts, in the order of the table.
 */
import { Failure } from "../../kernel/failure.ts";
import { inspectSession } from "../../kernel/rollback-only/identity.ts";
import { checkBinary } from "../../readiness/binary.ts";
import { matrixSize } from "../gates/list.ts";
import {
  type CodeOf,
  G07,
  G08,
  G09,
  G10,
  G11,
  G12,
  G13,
  type Staged as StagedFacts,
  type TwoIdentities,
} from "../gates/server.ts";
import { GrowingLog } from "../measure/growing-log.ts";
import { readHostState } from "../measure/host-state.ts";
import { scanHost } from "../measure/instances.ts";
import { readPrivileges } from "../measure/privileges.ts";
import { LOG_SETTINGS } from "../measure/server-log.ts";
import { FIRST_DATABASE, SUPERUSER } from "../providers/provider.ts";
import { restoreDump } from "../restore.ts";
import { LOGIN_ROLES } from "../roles.ts";
import { makeSettings, notCopied } from "../roles-made.ts";
import { known, type Sandbox } from "../sandbox.ts";
import { failureOf } from "../sequence.ts";
import { withAdministrator } from "../sessions.ts";
import { digestOf, stageFiles } from "../stage/files.ts";
import { DATABASE } from "../words.ts";
import { ownOf } from "./before.ts";
import { loadReference } from "./embedded.ts";

/** C-04. */
export async function startIsolated(sandbox: Sandbox): Promise<Failure | null> {
  // Of the snapshot inside this program the stand-in for production is a copy already.
  const cluster = sandbox.order.provider.name === "embedded" ? "fresh" : "may be cloned";
  const server = await sandbox.startServer(sandbox.name, cluster, LOG_SETTINGS);
  if (server instanceof Failure) return server;
  sandbox.server = server;
  sandbox.log = server.logFile === null ? null : new GrowingLog(server.logFile);
  await sandbox.gates.judge(G07, async () => {
    const isolation = await server.isolation();
    return isolation instanceof Failure ? isolation : { isolation, code: codeOf(sandbox) };
  });
  // Nothing was written to it yet: if it is production it never is.
  return compareIdentity(sandbox, FIRST_DATABASE);
}

function codeOf({ order: { source, outbound } }: Sandbox): CodeOf {
  if (source.kind === "reference") return "this program";
  return outbound === "allowed" ? "the source, answered for" : "the source";
}

async function compareIdentity(sandbox: Sandbox, database: string): Promise<Failure | null> {
  const judged = await sandbox.gates.judge(G10, () => identities(sandbox, database));
  return judged.verdict === "PASS" ? null : failureOf(judged);
}

function identities(sandbox: Sandbox, database: string): Promise<TwoIdentities | Failure> {
  const production = known(sandbox.source, "source").identity.systemIdentifier;
  return withAdministrator(sandbox, { role: SUPERUSER, database }, async (session) => {
    const seen = await inspectSession(session);
    if (seen instanceof Failure) return seen;
    sandbox.identifier ??= seen.systemIdentifier;
    return { production, sandbox: seen.systemIdentifier };
  });
}

/** C-05. */
export async function restore(sandbox: Sandbox): Promise<Failure | null> {
  if (sandbox.order.provider.name === "embedded") return loadReference(sandbox);
  const restored = await restoreDump(sandbox);
  if (restored instanceof Failure) return restored;
  await sandbox.gates.judge(G08, () => restored);
  return null;
}

/** C-06. The server is told a verifier: no log of statements holds a password. */
export async function giveRoles(sandbox: Sandbox): Promise<Failure | null> {
  const passwords = known(sandbox.passwords, "passwords");
  const { roles } = known(sandbox.source, "source");
  const login = { role: SUPERUSER, database: DATABASE };
  const made = await withAdministrator(sandbox, login, (session) => makeSettings(session, roles.settings));
  if (made instanceof Failure) return made;
  sandbox.made.push(made);
  const read = await withAdministrator(sandbox, login, async (session) => {
    for (const role of LOGIN_ROLES) {
      const reply = await session.query(`ALTER ROLE ${role} LOGIN PASSWORD '${passwords.verifier(role)}'`);
      if (reply instanceof Failure) return reply;
    }
    return readPrivileges(session);
  });
  if (read instanceof Failure) return read;
  sandbox.privileges = read;
  const [copied, leftOut] = [sandbox.made.flatMap((one) => one.copied), notCopied(sandbox)];
  for (const remark of leftOut) await sandbox.tell(remark);
  const production = { differences: roles.differences, copied, leftOut };
  await sandbox.gates.judge(G09, () => ({ ...read, size: matrixSize(), production }));
  return null;
}

/** C-07. */
export function confirmIdentity(sandbox: Sandbox): Promise<Failure | null> {
  sandbox.journal.note("look", "system identifiers of production and of the sandbox");
  return compareIdentity(sandbox, DATABASE);
}

/** C-08, and once more in C-11: what the scenarios did to this host would show there alone. */
export async function checkHost(sandbox: Sandbox): Promise<Failure | null> {
  sandbox.journal.note("look", "programs, packages and services of this host");
  const before = known(sandbox.host, "state of this host");
  const after = await readHostState(
    await scanHost(sandbox.order.environment, ownOf(sandbox)),
    sandbox.order.environment,
  );
  await sandbox.gates.judge(G11, () => ({ before, after }));
  await sandbox.gates.judge(G12, () => ({ before, after }));
  return null;
}

/** C-09. */
export async function stage(sandbox: Sandbox): Promise<Failure | null> {
  const staged = await withAdministrator(sandbox, { role: SUPERUSER, database: DATABASE }, (session) => {
    return stageFiles(sandbox, session);
  });
  if (staged instanceof Failure) return staged;
  sandbox.staged = staged;
  await sandbox.gates.judge(G13, () => measureStage(sandbox));
  return null;
}

/** Of a program that runs from source there is no digest; what is staged is there in any case. */
async function measureStage(sandbox: Sandbox): Promise<StagedFacts> {
  const { files } = known(sandbox.staged, "stage");
  const binary = await checkBinary();
  const again = binary.sha256 === null ? null : (await checkBinary()).sha256;
  const program = binary.sha256 === null ? [] : [{ name: binary.path, expected: binary.sha256, actual: again }];
  return {
    files: [...program, ...files.map(({ name, path, sha256 }) => ({ name, expected: sha256, actual: digestOf(path) }))],
    sums: binary.sums.state,
    findings: binary.findings,
  };
}
