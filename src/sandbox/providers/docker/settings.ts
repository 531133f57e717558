/**
 * docker/settings: which container engine runs the sandbox's server, and from which image.
 *
 * Named by the configuration and the environment of the command; nothing here is found out. Used by all of docker.
 */
import type { Environment } from "../../../kernel/conninfo/naming.ts";

export type DockerSettings = {
  /** The program and its first words, e.g. `["docker"]`. */
  readonly command: readonly [string, ...string[]];
  readonly image: string;
  /** Of which the program is told what it needs to find its engine (PATH, DOCKER_HOST), and nothing else. */
  readonly environment: Environment;
};
