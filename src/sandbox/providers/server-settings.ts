/**
 * providers/server-settings: how every server of a sandbox is set, and what of that a step may not change.
 *
 * Pure. Called by local and docker.
 */
import { isSandboxName } from "../leftovers/record.ts";
import type { StartOrder } from "./provider.ts";

/** Of no lasting worth, and small beside a production server on the same machine. */
export const BASE_SETTINGS: Readonly<Record<string, string>> = {
  fsync: "off",
  full_page_writes: "off",
  shared_buffers: "32MB",
  max_connections: "60",
  password_encryption: "scram-sha-256",
  timezone: "UTC",
  log_timezone: "UTC",
  // So that a transaction can be left prepared, and that none is says something.
  max_prepared_transactions: "10",
  logging_collector: "off",
  log_destination: "stderr",
  // In files of the data directory: a segment of shared memory would outlive a server that was killed.
  dynamic_shared_memory_type: "mmap",
};

/** Whoever sets one of these could open the server, or hide what it does: the provider decides them. */
const OURS = /^(listen_addresses|port|unix_socket_.*|ssl.*|hba_file|ident_file|config_file|data_directory|include.*)$/;
const LOGGING = /^(log_destination|logging_collector|dynamic_shared_memory_type|password_encryption)$/;

/** Throws where a step asks for what it may not decide: that is a bug. */
export function checkOrder({ name, settings }: Pick<StartOrder, "name" | "settings">): void {
  if (!isSandboxName(name)) throw new Error(`not a name of a sandbox's server: ${name}`);
  const refused = refusedSetting(settings);
  if (refused !== null) throw new Error(`${refused} is the provider's to decide`);
}

function refusedSetting(settings: Readonly<Record<string, string>>): string | null {
  const bad = (name: string): boolean => !/^[a-z_][a-z0-9_.]*$/.test(name) || OURS.test(name) || LOGGING.test(name);
  return Object.keys(settings).find(bad) ?? null;
}
