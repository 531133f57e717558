/**
 * providers/socket-target: how to connect to a sandbox's server by the one socket that it has.
 *
 * No password stands in a URL or an environment: those name the private password file. Pure. Called by the providers.
 */
import { childEnvironment } from "../../kernel/conninfo/child-environment.ts";
import type { Environment } from "../../kernel/conninfo/naming.ts";
import type { ServerTarget } from "../../kernel/conninfo/target.ts";
import { limits } from "../../kernel/limits.ts";
import type { Passwords } from "./passwords.ts";
import type { Login } from "./provider.ts";

export const PORT = 5432;

export type SocketPlace = {
  readonly server: string;
  /** Absolute path of the directory that the socket lies in. */
  readonly directory: string;
  readonly passwords: Passwords;
};

export function socketTarget({ server, directory, passwords }: SocketPlace, { role, database }: Login): ServerTarget {
  return {
    kind: "server",
    hosts: [{ host: directory, hostaddr: null, port: PORT, password: passwords.of(role) }],
    user: role,
    database,
    ...{ sslMode: "disable", sslRootCert: null, sslCert: null, sslKey: null },
    ...{ sslNegotiation: "postgres", sslSni: true },
    ...{ targetSessionAttributes: "any", options: null, applicationName: null },
    connectTimeoutMs: limits.connectTimeoutMs,
    source: `the sandbox's server ${server}`,
    passwordFile: passwords.file,
    remarks: [],
  };
}

export function socketUrl({ directory, passwords }: SocketPlace, { role, database }: Login): string {
  const [host, passfile] = [encodeURIComponent(directory), encodeURIComponent(passwords.file)];
  const login = `${encodeURIComponent(role)}@/${encodeURIComponent(database)}`;
  return `postgresql://${login}?host=${host}&port=${PORT}&passfile=${passfile}`;
}

/** Of a client program, all of it. */
export function socketEnvironment(place: SocketPlace, login: Login, base: Environment): Record<string, string> {
  const target = socketTarget(place, login);
  const hosts = target.hosts.map((host) => ({ ...host, password: null }));
  return childEnvironment({ ...target, hosts }, base);
}
