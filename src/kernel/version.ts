/**
 * version: which cutter this is: version, commit, and the digests of the SQL and the files inside.
 *
 * The build stamps commit and digests in with `--define`; run from source they say so. The version is that of
 * package.json, which a test holds it to. Asked by --version, reports, application_name and bug reports.
 */
declare const CUTTER_COMMIT: string | undefined;
declare const CUTTER_SQL_DIGEST: string | undefined;
declare const CUTTER_COMMIT_DATE: string | undefined;
declare const CUTTER_ASSETS: string | undefined;
declare const CUTTER_ENGINE: "inside" | "none" | undefined;

export const VERSION = "0.1.0";

/** The commit's full hash, with `+changes` where the files differed from it; or `source` where this was not built. */
export const COMMIT: string = typeof CUTTER_COMMIT === "undefined" ? "source" : CUTTER_COMMIT;

/** SHA-256 of the embedded SQL as the build saw it, or `source`. */
export const SQL_DIGEST: string = typeof CUTTER_SQL_DIGEST === "undefined" ? "source" : CUTTER_SQL_DIGEST;

/** `2026-05-21`: the day of the commit, which the manual page shows; or `source`. */
export const COMMIT_DATE: string = typeof CUTTER_COMMIT_DATE === "undefined" ? "source" : CUTTER_COMMIT_DATE;

/** SHA-256 of each file that the program carries, as the build saw it, by its name, as JSON; or `source`. */
export const ASSETS: string = typeof CUTTER_ASSETS === "undefined" ? "source" : CUTTER_ASSETS;

/** Whether this program carries the embedded engine. */
export const ENGINE: "inside" | "none" = typeof CUTTER_ENGINE === "undefined" ? "inside" : CUTTER_ENGINE;

/** `cutter 0.1.0 (commit 23a4fc1…)`. */
export function versionLine(program = "cutter"): string {
  return `${program} ${VERSION} (commit ${COMMIT.replace(/^([0-9a-f]{12})[0-9a-f]+/, "$1")})`;
}
