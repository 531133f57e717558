/**
 * integrity/compare: what changed in a tree between two manifests of it.
 *
 * Pure. "unchanged" only where both manifests are complete and say the same; what one of them could not see is listed
 * as not compared and never counted as the same, as added or as removed. Called by the gate that shows the configured
 * trees unmodified (G7).
 */
import type { TreeManifest } from "../integrity.ts";
import type { Gap, TreeEntry } from "./entry.ts";

export type Change = {
  readonly path: string;
  /** What differs; `type` stands alone, `size` and `time` are said only where the content was not read both times. */
  readonly what: readonly ("type" | "content" | "size" | "time" | "mode" | "owner" | "target")[];
  readonly before: TreeEntry;
  readonly after: TreeEntry;
};

export type NotCompared = {
  readonly path: string;
  readonly manifest: "before" | "after";
  readonly reason: string;
};

export type TreeComparison = {
  readonly tree: string;
  readonly verdict: "unchanged" | "changed" | "not comparable";
  readonly digestBefore: string;
  readonly digestAfter: string;
  /** Paths, sorted, as in the manifests. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly Change[];
  readonly notCompared: readonly NotCompared[];
};

/** Both of the same tree; two trees are a bug. */
export function compareTrees(before: TreeManifest, after: TreeManifest): TreeComparison {
  if (before.tree !== after.tree) throw new Error(`${before.tree} and ${after.tree} are not one tree`);
  const one = view(before, "before");
  const other = view(after, "after");
  const removed = missing(one, other);
  const added = missing(other, one);
  const changed = before.entries.flatMap((entry) => changeOf(entry, other.byPath.get(entry.path)));
  const notCompared = [...gapsOf(one), ...gapsOf(other), ...removed.uncertain, ...added.uncertain];
  const differences = added.certain.length + removed.certain.length + changed.length;
  const { tree, digest } = before;
  return {
    tree,
    verdict: differences > 0 ? "changed" : notCompared.length > 0 ? "not comparable" : "unchanged",
    digestBefore: digest,
    digestAfter: after.digest,
    added: added.certain,
    removed: removed.certain,
    changed,
    notCompared,
  };
}

type View = {
  readonly name: "before" | "after";
  readonly manifest: TreeManifest;
  readonly byPath: ReadonlyMap<string, TreeEntry>;
  /** Below these nothing is known. */
  readonly unlisted: ReadonlyMap<string, Gap>;
};

function view(manifest: TreeManifest, name: View["name"]): View {
  const unlisted = manifest.entries.flatMap(({ path, type, gap }) =>
    gap?.state === "not read" && type !== "absent" ? [[path, gap] as const] : [],
  );
  return {
    name,
    manifest,
    byPath: new Map(manifest.entries.map((entry) => [entry.path, entry])),
    unlisted: new Map(unlisted),
  };
}

type Missing = { readonly certain: readonly string[]; readonly uncertain: readonly NotCompared[] };

/** What stands in `whole` and not in `lacking`; uncertain where `lacking` did not look there. */
function missing(whole: View, lacking: View): Missing {
  const certain: string[] = [];
  const uncertain: NotCompared[] = [];
  for (const { path } of whole.manifest.entries) {
    if (lacking.byPath.has(path)) continue;
    const reason = lacking.manifest.stopped ?? hidden(path, lacking.unlisted);
    if (reason === null) certain.push(path);
    else uncertain.push({ path, manifest: lacking.name, reason });
  }
  return { certain, uncertain };
}

function hidden(path: string, unlisted: View["unlisted"]): string | null {
  if (unlisted.size === 0) return null;
  const parts = path.split("/");
  const above = [".", ...parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"))];
  const folder = above.find((candidate) => unlisted.has(candidate));
  return folder === undefined ? null : `${folder} was not read: ${unlisted.get(folder)?.detail}`;
}

function gapsOf({ name, manifest: { entries, stopped } }: View): NotCompared[] {
  const stop = stopped === null ? [] : [{ path: ".", manifest: name, reason: `the walk stopped: ${stopped}` }];
  const gaps = entries.flatMap(({ path, gap }) =>
    gap === null ? [] : [{ path, manifest: name, reason: `${gap.state}: ${gap.detail}` }],
  );
  return [...stop, ...gaps];
}

function changeOf(before: TreeEntry, after: TreeEntry | undefined): Change[] {
  if (after === undefined) return [];
  const what = differences(before, after);
  return what.length === 0 ? [] : [{ path: before.path, what, before, after }];
}

function differences(before: TreeEntry, after: TreeEntry): Change["what"] {
  // What may not even be looked at has no type, mode or owner to compare.
  if ([before, after].some(({ type }) => type === "unknown")) return [];
  if (before.type !== after.type) return ["type"];
  const bothRead = before.sha256 !== null && after.sha256 !== null;
  const bothTimed = before.modifiedAt !== null && after.modifiedAt !== null;
  return [
    ...(bothRead && before.sha256 !== after.sha256 ? (["content"] as const) : []),
    ...(!bothRead && before.bytes !== after.bytes ? (["size"] as const) : []),
    ...(bothTimed && before.modifiedAt !== after.modifiedAt ? (["time"] as const) : []),
    ...(before.mode === after.mode ? [] : (["mode"] as const)),
    ...(before.owner === after.owner ? [] : (["owner"] as const)),
    ...(before.target === after.target ? [] : (["target"] as const)),
  ];
}
