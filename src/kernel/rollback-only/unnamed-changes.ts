/**
 * unnamed-changes: what a transaction wrote to system catalogs that catalog-changes.ts could give no name to.
 *
 * Nothing is silent: a catalog that was written to and of which nothing is told stands there itself, with its rows; so
 * does one of which only a part could be told, since its rows cannot be read, or were written by hand. What follows
 * from changes that have a name is left out. Pure. Called by catalog-changes.ts.
 */
import type { CatalogSight, CatalogsSeen, Change, DirtyCounts, RowCounts } from "./catalog-sight.ts";
import { CATALOGS, CONSEQUENTIAL, STATISTICS, TEMPORARY } from "./catalogs.ts";
import type { CatalogEffect } from "./effects.ts";

type Told = {
  readonly changes: readonly Change[];
  /** Whether there is a change that has a name. */
  readonly named: boolean;
};

export function unnamedChanges(
  seen: CatalogsSeen,
  { changes, named }: Told,
): { readonly effects: readonly CatalogEffect[]; readonly remarks: readonly string[] } {
  const { sights, before, byHand } = seen;
  const told = Map.groupBy(changes, ({ catalog }) => catalog);
  const untold = sights.filter((sight) => !told.has(sight.catalog) && isChanged(sight, before));
  const unnamed = untold.filter(({ catalog }) => !named || !CONSEQUENTIAL.has(catalog) || byHand.has(catalog));
  const ours = unnamed.filter(({ catalog }) => !(seen.temporary && TEMPORARY.has(catalog)) || byHand.has(catalog));
  const temporary = ours.length < unnamed.length ? [TEMPORARY_REMARK] : [];
  const further = sights.flatMap((sight) => furtherEffect(sight, seen, told.get(sight.catalog)?.length ?? 0));
  const effects = [...ours.map((sight) => unnamedEffect(sight, `${rowsOf(sight, before)} rows`)), ...further];
  return { effects, remarks: [...temporary, ...statisticsRemark(seen)] };
}

const TEMPORARY_REMARK = "temporary objects were created or dropped; they are not listed";

/** What came and went is no change. */
function isChanged(sight: CatalogSight, before: DirtyCounts): boolean {
  if (STATISTICS.has(sight.catalog)) return false;
  const [inserted, updated, deleted] = written(sight, before);
  return updated > 0 || inserted !== deleted;
}

/**
 * Beside changes that are told, in a catalog of which not all is seen. A row that was written to twice counts twice.
 */
function furtherEffect(sight: CatalogSight, { before, byHand }: CatalogsSeen, told: number): CatalogEffect[] {
  const { view, where } = CATALOGS[sight.catalog] ?? {};
  const partly = view !== undefined || (where !== undefined && byHand.has(sight.catalog));
  const further = rowsOf(sight, before) - told;
  if (!partly || told === 0 || further <= 0) return [];
  return [unnamedEffect(sight, `at most ${further} further ${further === 1 ? "row" : "rows"}`)];
}

export function written({ catalog, counts }: CatalogSight, before: DirtyCounts): RowCounts {
  const [inserted, updated, deleted] = before[catalog] ?? [0, 0, 0];
  return [counts[0] - inserted, counts[1] - updated, counts[2] - deleted];
}

function rowsOf(sight: CatalogSight, before: DirtyCounts): number {
  return written(sight, before).reduce((sum, count) => sum + count, 0);
}

function unnamedEffect({ catalog }: CatalogSight, rows: string): CatalogEffect {
  const kind = catalog === "pg_authid" ? "role, not named" : "not named";
  return { change: "altered", objectKind: kind, name: `${catalog} (${rows})` };
}

function statisticsRemark({ sights, before }: CatalogsSeen): string[] {
  const wrote = sights.some(
    (sight) => STATISTICS.has(sight.catalog) && written(sight, before).some((count) => count > 0),
  );
  return wrote ? ["planner statistics were written or removed"] : [];
}
