/**
 * steps/embedded: C-03 and C-05 where the engine inside this program is the server: nothing is dumped or restored.
 *
 * The stand-in is read, and the same SQL is loaded and compared with it, relation by relation. All other steps are
 * those of every provider. Called by the steps of the same commands, in their place.
 */
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { openSession } from "../../kernel/session/open.ts";
import { installSchema } from "../../schema/install.ts";
import { G06 } from "../gates/before.ts";
import { G05_SESSION, G08_LOADED, type Loaded } from "../gates/embedded.ts";
import { SUPERUSER } from "../providers/provider.ts";
import { known, type Sandbox } from "../sandbox.ts";
import { withAdministrator } from "../sessions.ts";
import { embeddedSource, readRelations } from "../sources/embedded.ts";
import { DATABASE } from "../words.ts";

/** C-03. */
export async function readStandIn(sandbox: Sandbox): Promise<Failure | null> {
  const found = await embeddedSource(sandbox);
  if (found instanceof Failure) return found;
  const { source, reading } = found;
  sandbox.source = source;
  await sandbox.gates.judge(G05_SESSION, () => reading);
  await sandbox.gates.judge(G06, () => source.identity);
  await sandbox.tell(source.line);
  return null;
}

/** C-05. */
export async function loadReference(sandbox: Sandbox): Promise<Failure | null> {
  const end = sandbox.journal.begin({ kind: "server", what: "load the reference database, as schema install does it" });
  const loaded = await loadAndCompare(sandbox);
  end(loaded instanceof Failure ? loaded.code : "loaded");
  if (loaded instanceof Failure) return loaded;
  await sandbox.gates.judge(G08_LOADED, () => loaded);
  return null;
}

async function loadAndCompare(sandbox: Sandbox): Promise<Loaded | Failure> {
  const login = { role: SUPERUSER, database: DATABASE };
  const settings = { label: "sandbox", wallClockMs: limits.sandboxStartTimeoutMs };
  const session = await openSession(known(sandbox.server, "server").target(login), settings);
  if (session instanceof Failure) return session;
  const installed = await installSchema(session, { reference: "load" }).finally(() => session.close());
  if (installed instanceof Failure) {
    return new Failure("SANDBOX_RESTORE_FAILED", installed.message, { cause: installed });
  }
  const loaded = await withAdministrator(sandbox, login, readRelations);
  if (loaded instanceof Failure) return loaded;
  const { differences } = installed.verified;
  return { standIn: known(sandbox.source, "source").contents, loaded, differences };
}
