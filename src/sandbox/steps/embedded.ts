/**
 * steps/embedded: C-03 to C-05 where the engine inside this program is the server: nothing is dumped or restored.
 *
 * The stand-in is read, a cluster of its own is made by initdb and compared with it, and the same SQL is loaded and
 * compared row by row. All other steps are those of every provider. Called by run.ts in the place of theirs.
 */
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { openSession } from "../../kernel/session/open.ts";
import { installSchema } from "../../schema/install.ts";
import { G05, G06 } from "../gates/before.ts";
import { G08_LOADED, type Loaded } from "../gates/embedded.ts";
import { SUPERUSER } from "../providers/provider.ts";
import { known, type Sandbox } from "../sandbox.ts";
import type { Step } from "../sequence.ts";
import { withAdministrator } from "../sessions.ts";
import { embeddedSource, readRelations } from "../sources/embedded.ts";
import { DATABASE } from "../words.ts";
import { startIsolated } from "./build.ts";

/** In the place of those of the other providers; none where the provider is one of these. */
export function embeddedSteps(sandbox: Sandbox): Readonly<Record<string, Step>> {
  if (sandbox.order.provider.name !== "embedded") return {};
  return {
    "C-03": () => readStandIn(sandbox),
    "C-04": () => startIsolated(sandbox, "fresh"),
    "C-05": () => load(sandbox),
  };
}

async function readStandIn(sandbox: Sandbox): Promise<Failure | null> {
  const source = await embeddedSource(sandbox);
  if (source instanceof Failure) return source;
  sandbox.source = source;
  await sandbox.gates.judge(G05, () => source.reading);
  await sandbox.gates.judge(G06, () => source.identity);
  await sandbox.tell(source.line);
  return null;
}

async function load(sandbox: Sandbox): Promise<Failure | null> {
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
