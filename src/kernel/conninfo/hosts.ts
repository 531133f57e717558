/**
 * hosts: the lists in host, hostaddr and port as one list of addresses to try, paired and defaulted as libpq does.
 *
 * Never shows a port or host that it refuses: in a URL it may be a piece of a password. Source: manual, "Specifying
 * Multiple Hosts". Called by server-target.ts.
 */
import { existsSync } from "node:fs";
import { isIP } from "node:net";
import { Failure } from "../failure.ts";
import { invalid as invalidValue, parseInteger, unsupported } from "./check-keywords.ts";
import { DEFAULT_SOCKET_DIRECTORY } from "./password-file.ts";
import { type Settings, settingValue } from "./settings.ts";

export type Address = { readonly host: string; readonly hostaddr: string | null; readonly port: number };

const DEFAULT_PORT = 5432;
const LARGEST_PORT = 65_535;

export function pairHosts(settings: Settings): Address[] | Failure {
  const hosts = settingValue(settings, "host")?.split(",");
  const addresses = settingValue(settings, "hostaddr")?.split(",");
  const count = addresses?.length ?? hosts?.length ?? 1;
  if (hosts !== undefined && hosts.length !== count) return mismatch(settings, "host", count);
  const ports = readPorts(settings, count);
  if (ports instanceof Failure) return ports;
  const paired: Address[] = [];
  for (const [index, port] of ports.entries()) {
    const address = pairOne(settings, { host: hosts?.[index] ?? "", hostaddr: addresses?.[index] ?? "", port });
    if (address instanceof Failure) return address;
    paired.push(address);
  }
  return paired;
}

type Parts = { readonly host: string; readonly hostaddr: string; readonly port: number };

function pairOne(settings: Settings, parts: Parts): Address | Failure {
  const { host, hostaddr, port } = parts;
  const hostSetting = settings.get("host");
  if (host.startsWith("@") && hostSetting !== undefined && hostaddr === "") {
    return unsupported("host", hostSetting, "cutter does not connect to an abstract socket");
  }
  const addressSetting = settings.get("hostaddr");
  // An address may end in the interface that it belongs to: fe80::1%eth0.
  if (hostaddr !== "" && isIP(hostaddr.replace(/%.*$/, "")) === 0 && addressSetting !== undefined) {
    return invalidValue("hostaddr", addressSetting, ["an IPv4 or IPv6 address"]);
  }
  if (hostaddr !== "") return { host: host === "" ? hostaddr : host, hostaddr, port };
  return { host: host === "" ? defaultHost() : host, hostaddr: null, port };
}

/** Debian's socket folder, as its libpq has it, where this machine has one; else TCP on this machine. */
function defaultHost(): string {
  return existsSync(DEFAULT_SOCKET_DIRECTORY) ? DEFAULT_SOCKET_DIRECTORY : "localhost";
}

function readPorts(settings: Settings, count: number): number[] | Failure {
  const texts = settingValue(settings, "port")?.split(",") ?? [""];
  if (texts.length !== 1 && texts.length !== count) return mismatch(settings, "port", count);
  const ports: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const text = texts.length === 1 ? texts[0] : texts[index];
    const port = text === undefined || text === "" ? DEFAULT_PORT : parseInteger(text);
    if (port === null || port < 1 || port > LARGEST_PORT) {
      const origin = settings.get("port")?.origin ?? "default";
      const message = `The port from ${origin} is not a number from 1 to ${LARGEST_PORT}.`;
      return new Failure("CONNINFO_INVALID", message, { facts: { keyword: "port", origin } });
    }
    ports.push(port);
  }
  return ports;
}

function mismatch(settings: Settings, keyword: string, count: number): Failure {
  const given = settingValue(settings, keyword)?.split(",").length ?? 0;
  const origin = settings.get(keyword)?.origin ?? "default";
  const message = `There are ${given} entries in ${keyword} from ${origin} for ${count} hosts; give one for each.`;
  return new Failure("CONNINFO_INVALID", message, { facts: { keyword, origin } });
}
