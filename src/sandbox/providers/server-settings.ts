/**
 * providers/server-settings: how every server of a sandbox is set, and what of that a step may not change.
 *
 * Pure. Called by local and docker.
 */

/** Of no lasting worth, and small beside a production server on the same machine. */
export const BASE_SETTINGS: Readonly<Record<string, string>> = {
  fsync: "off",
  full_page_writes: "off",
  shared_buffers: "32MB",
  max_connections: "60",
  password_encryption: "scram-sha-256",
  timezone: "UTC",
  log_timezone: "UTC",
  logging_collector: "off",
  log_destination: "stderr",
  // In files of the data directory: a segment of shared memory would outlive a server that was killed.
  dynamic_shared_memory_type: "mmap",
};

/** Whoever sets one of these could open the server, or hide what it does: the provider decides them. */
const OURS = /^(listen_addresses|port|unix_socket_.*|ssl.*|hba_file|ident_file|config_file|data_directory|include.*)$/;
const LOGGING = /^(log_destination|logging_collector|dynamic_shared_memory_type|password_encryption)$/;

/** The first setting that a caller may not decide; null where there is none. */
export function refusedSetting(settings: Readonly<Record<string, string>>): string | null {
  const bad = (name: string): boolean => !/^[a-z_][a-z0-9_.]*$/.test(name) || OURS.test(name) || LOGGING.test(name);
  return Object.keys(settings).find(bad) ?? null;
}
