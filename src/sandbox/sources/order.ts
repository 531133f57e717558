/**
 * sources/order: what a sandbox is to be made from, as the command line and the configuration say it: types only.
 *
 * No connection is made by any of it. Made by the verb; read by the three sources.
 */
import type { ServerTarget } from "../../kernel/conninfo/target.ts";

export type LiveOrder = {
  readonly target: ServerTarget;
  /** Programs with their first words, as [backup] of the configuration names them. */
  readonly pgDump: readonly string[];
  readonly pgRestore: readonly string[];
};

export type BackupOrder = {
  /** Absolute. */
  readonly path: string;
  readonly gnupgHome: string;
  readonly gpg: readonly string[];
  readonly pgRestore: readonly string[];
};
