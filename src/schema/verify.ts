/**
 * verify: compares a live database with the contract and the frozen privilege matrix, object by object.
 *
 * Every difference is named, missing and excess alike. Reads catalogs only, as any role, and writes nothing. With a
 * baseline the shape is compared with that instead, the texts of functions and views included; rights are always
 * compared with the matrix. Called by `cutter schema verify` and, inside its own transaction, by install.
 */
import { Failure } from "../kernel/failure.ts";
import type { Session } from "../kernel/session/session.ts";
import type { Baseline } from "./baseline.ts";
import { inCatalogTransaction } from "./catalog-transaction.ts";
import { compareEntries, type Difference } from "./compare.ts";
import { bodyEntries, type Entry, type Kind, keyOf, matrixEntries, shapeEntries } from "./entry.ts";
import { readRights } from "./read-rights.ts";
import { type LiveShape, readShape } from "./read-shape.ts";
import { contractShape, OPTIONAL } from "./shape.ts";

export type SchemaReport = {
  readonly differences: readonly Difference[];
  /** What was seen and is no difference, in words. */
  readonly remarks: readonly string[];
  /** How many expected entries of each kind were compared. */
  readonly checked: Readonly<Partial<Record<Kind, number>>>;
  readonly comparedWith: "contract" | "baseline";
  /** The role that owns most of our objects; null where there are none. */
  readonly owner: string | null;
};

/** Until 14, a new database lets PUBLIC create objects in schema public. */
const PUBLIC_CREATES = "privilege CREATE on schema public to PUBLIC";
const PUBLIC_CREATES_BY_DEFAULT_BEFORE = 150_000;

/** Needs a session outside any transaction. */
export function verifySchema(
  session: Session,
  options: { readonly baseline?: Baseline } = {},
): Promise<SchemaReport | Failure> {
  return inCatalogTransaction(session, () => verifyInside(session, options));
}

/** The same inside a transaction that has pinned search_path to pg_catalog. */
export async function verifyInside(
  session: Session,
  { baseline }: { readonly baseline?: Baseline },
): Promise<SchemaReport | Failure> {
  const live = await readShape(session);
  if (live instanceof Failure) return live;
  const rights = await readRights(session, live);
  if (rights instanceof Failure) return rights;
  const remarks: string[] = [...live.remarks];
  const expected = [...expectedShape(baseline), ...matrixEntries(live.owner)].filter(without(live, remarks));
  const tolerated = toleratedAt(session.login.serverVersionNumber, remarks);
  const actual = [...liveShape(live, baseline), ...rights].filter(
    (entry) => !tolerated(entry) && judged(entry, expected),
  );
  return {
    differences: compareEntries(expected, actual),
    remarks,
    checked: countByKind(expected),
    comparedWith: baseline === undefined ? "contract" : "baseline",
    owner: live.owner,
  };
}

function expectedShape(baseline: Baseline | undefined): Entry[] {
  if (baseline === undefined) return shapeEntries(contractShape);
  return [...shapeEntries(baseline.shape), ...bodyEntries(baseline.bodies)];
}

function liveShape(live: LiveShape, baseline: Baseline | undefined): Entry[] {
  return [...shapeEntries(live.shape), ...(baseline === undefined ? [] : bodyEntries(live.bodies))];
}

/** Drops what may be absent and is, with what hangs on it. */
function without(live: LiveShape, remarks: string[]): (entry: Entry) => boolean {
  const present = new Set(shapeEntries(live.shape).map(keyOf));
  const absent = new Set([...OPTIONAL].filter((key) => !present.has(key)));
  const tables = Object.keys(live.shape.relations).length > 0;
  if (tables) remarks.push(...[...absent].map((key) => `${key} is optional and not there`));
  return (entry) => !absent.has(keyOf(entry)) && !entry.parents.some((parent) => absent.has(parent));
}

function toleratedAt(serverVersion: number, remarks: string[]): (entry: Entry) => boolean {
  return (entry) => {
    if (serverVersion >= PUBLIC_CREATES_BY_DEFAULT_BEFORE || keyOf(entry) !== PUBLIC_CREATES) return false;
    remarks.push("PUBLIC may create objects in schema public, which is this server's default");
    return true;
  };
}

/** Of a role's attributes, those that the matrix prescribes. */
function judged(entry: Entry, expected: readonly Entry[]): boolean {
  return entry.kind !== "role attribute" || expected.some((wanted) => keyOf(wanted) === keyOf(entry));
}

function countByKind(entries: readonly Entry[]): Partial<Record<Kind, number>> {
  const groups = Map.groupBy(entries, ({ kind }) => kind);
  return Object.fromEntries([...groups].map(([kind, members]) => [kind, members.length]));
}
