/**
 * connection-name: what a configured connection is for: the names of the tables below [connections] in cutter.toml.
 *
 * One closed list; cli.md says which command uses which.
 */
export const CONNECTIONS = [
  "survey",
  "witness",
  "governance",
  "exec",
  "verify",
  "rehearse",
  "backup",
  "revert",
  "owner",
] as const;
export type ConnectionName = (typeof CONNECTIONS)[number];
