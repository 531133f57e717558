/**
 * failure-table/entry: what the table says of a failure code, and the sentences about the data that many codes share.
 *
 * Exit codes: cli.md (1 bug, 2 usage, 3 not proven, 4 refused, 5 unreachable, 6 waiting, 7 unknown; signals 128 + n).
 */
export type FailureEntry = {
  readonly exit: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 129 | 130 | 143;
  readonly cause: string;
  readonly action: string;
  readonly data: string;
};

export const NOT_CONNECTED = "No connection was made; nothing was read or written.";
export const ONLY_READ = "No connection was made; files of the state directory were read, and none was changed.";
export const NOTHING_WRITTEN = "Nothing was written.";
export const ROLLED_BACK = "The transaction was rolled back; no row stayed.";
export const STORE_KEPT = "The run store stands as it was, and no database was touched by this.";
