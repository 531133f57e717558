/**
 * surroundings: the machine as the gates of a dry run ask for it: program and session, configured trees, services.
 *
 * Puts what the files beside this one see into facts and mismatches; decides only what is a mismatch. Reads, and
 * changes nothing. Called by the verbs that run gates.
 */
import { homedir } from "node:os";
import type { Environment } from "../kernel/conninfo/naming.ts";
import type { Facts } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { COMMIT } from "../kernel/version.ts";
import type { Mismatch } from "../report/battery.ts";
import type { Observation } from "../report/judgement.ts";
import { type BinaryCheck, checkBinary } from "./binary.ts";
import { compareTrees } from "./integrity/compare.ts";
import { type TreeManifest, takeTreeManifest } from "./integrity.ts";
import { lookForServices, ourPrograms, type ServiceState, usualPlaces } from "./service-state.ts";
import { readSessionOrigin, type SessionOrigin } from "./session-origin.ts";

/** G1: which program, on which host, started by whom. */
export async function lookAtProgram(): Promise<Observation> {
  const binary = await checkBinary();
  const origin = readSessionOrigin();
  return {
    summary: programSummary(binary, origin),
    facts: programFacts(binary, origin),
    mismatches: wrong(binary, origin),
  };
}

function programSummary({ version, form, sha256, host }: BinaryCheck, origin: SessionOrigin): string {
  const which = form === "compiled" ? `sha256 ${sha256?.slice(0, 16) ?? "not known"}` : form;
  const started = origin.name === null ? origin.verdict : `${origin.verdict} (${origin.name})`;
  const terminal = origin.terminal === null ? ", no terminal" : "";
  return `cutter ${version}, ${which}, on ${host.hostname}; ${started}${terminal}`;
}

function programFacts(binary: BinaryCheck, origin: SessionOrigin): Facts {
  const { version, commit, sqlDigest, form, path, sha256, sums, host } = binary;
  return {
    ...{ version, commit, sql_digest: sqlDigest, form, path, sha256, digest_list: `${sums.state}: ${sums.detail}` },
    ...{ host: host.hostname, kernel: host.kernel, uptime_seconds: host.uptimeSeconds, cores: host.cores },
    ...{ session: origin.verdict, session_name: origin.name, terminal: origin.terminal ?? "none" },
    ...{ container: origin.container ?? "no sign of one", session_evidence: origin.evidence },
  };
}

/** A person must have started it; where that cannot be known it is told, not refused. */
function wrong(binary: BinaryCheck, { verdict, name }: SessionOrigin): readonly Mismatch[] {
  const alone = verdict === "cron" || verdict === "systemd unit";
  return [
    ...binary.findings.map((seen) => ({ what: "program", expected: "the one that was published", seen })),
    ...(alone ? [{ what: "session", expected: "started by a person", seen: `${verdict} (${name})` }] : []),
  ];
}

/** G7: what of ours would run without a person. */
export async function lookAtServices(environment: Environment): Promise<Observation> {
  const places = usualPlaces(environment, [homedir()]);
  const state = await lookForServices(places, ourPrograms(COMMIT === "source" ? [] : [process.execPath]), {
    environment,
  });
  return { summary: `services: ${state.verdict}`, facts: serviceFacts(state), mismatches: started(state) };
}

function serviceFacts({ verdict, looks }: ServiceState): Facts {
  const closed = looks.filter(({ state }) => state === "not checkable here");
  const open = looks.filter(({ state }) => state === "looked");
  return {
    services: verdict,
    services_looked_at: open.map(({ where, detail }) => `${where}: ${detail}`),
    services_not_checkable_here: closed.map(({ what, where, detail }) => `${what}, ${where}: ${detail}`),
    services_mentioned: looks.flatMap(({ found }) =>
      found.filter(({ match }) => match === "mentioned").map(({ where, text }) => `${where}: ${text}`),
    ),
  };
}

function started({ looks }: ServiceState): readonly Mismatch[] {
  return looks.flatMap(({ what, found }) =>
    found
      .filter(({ match }) => match === "command")
      .map(({ where, text }) => ({ what, expected: "nothing that starts cutter", seen: `${where}: ${text}` })),
  );
}

/** The configured trees at one moment, to be compared with a later one. */
export type TreesAtOnce = { readonly facts: Facts; readonly manifests: readonly TreeManifest[] };

export async function lookAtTrees(trees: readonly string[]): Promise<TreesAtOnce> {
  const manifests: TreeManifest[] = [];
  for (const tree of trees) manifests.push(await takeTreeManifest(tree));
  const line = ({ tree, digest, entries, gaps }: TreeManifest) =>
    `${tree}: ${entries.length} entries, ${gaps} not read, sha256 ${digest}`;
  return { manifests, facts: { trees: manifests.length === 0 ? "none configured" : manifests.map(line) } };
}

export function treeDifferences(before: TreesAtOnce, after: TreesAtOnce): readonly Mismatch[] {
  return before.manifests.flatMap((manifest, index) => {
    const later = after.manifests[index];
    if (later === undefined) throw new Error(`no later manifest of ${manifest.tree}`);
    const { verdict, added, removed, changed, notCompared, tree } = compareTrees(manifest, later);
    if (verdict === "unchanged") return [];
    const parts = [
      ...added.map((path) => `added ${path}`),
      ...removed.map((path) => `removed ${path}`),
      ...changed.map(({ path, what }) => `changed ${path} (${what.join(", ")})`),
      ...notCompared.map(({ path, reason }) => `not compared ${path} (${reason})`),
    ];
    const more = parts.length > limits.namedInRemark ? `; and ${parts.length - limits.namedInRemark} more` : "";
    const seen = `${parts.slice(0, limits.namedInRemark).join("; ")}${more}`;
    return [{ what: `tree ${tree}`, expected: "unmodified", seen }];
  });
}
