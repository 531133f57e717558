/**
 * measure/places: where the connections of a configuration file, or of the words of a process, lead.
 *
 * Read from the file as it lies on disk, not from what it was made of. A connection that does not say where it leads
 * is a place of its own, which no list allows. Called by the step C-11.
 */
import { parse } from "smol-toml";
import * as v from "valibot";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { readPrivateFile } from "../../kernel/private-files/file.ts";

const configuration = v.looseObject({
  connections: v.record(v.string(), v.looseObject({ url: v.optional(v.string()) })),
});

/** Of each of its connections; FILE_UNREADABLE, CONFIG_INVALID. */
export function placesOfConfiguration(path: string): readonly string[] | Failure {
  const bytes = readPrivateFile(path, limits.documentBytes);
  if (bytes instanceof Failure) return bytes;
  try {
    const { connections } = v.parse(configuration, parse(Buffer.from(bytes).toString("utf8")));
    return Object.entries(connections).flatMap(([name, { url, ...others }]) => {
      const more = Object.keys(others).map((key) => `connections.${name}.${key}`);
      return [...more, ...(url === undefined ? [`nowhere, by connections.${name}`] : placesOfUrl(url))];
    });
  } catch (error) {
    // The library quotes the line, which may hold a secret: only the reason is kept.
    const [reason] = (error instanceof Error ? error.message : "not TOML").split("\n");
    return new Failure("CONFIG_INVALID", `${path}: ${reason}`);
  }
}

/** Of every connection URI that stands in a text. */
export function placesIn(text: string): readonly string[] {
  return (text.match(/postgres(?:ql)?:\/\/[^\s"']+/g) ?? []).flatMap(placesOfUrl);
}

/** Each host of a connection URI, of its authority and of its parameters. */
function placesOfUrl(url: string): readonly string[] {
  const [, authority = "", parameters = ""] = /^[a-z]+:\/\/(?:[^@/?]*@)?([^/?]*)[^?]*\??(.*)$/.exec(url) ?? [];
  const named = [...new URLSearchParams(parameters)].filter(([name]) => name === "host" || name === "hostaddr");
  const hosts = [authority, ...named.map(([, value]) => value)].flatMap((value) => value.split(","));
  const places = hosts.filter((host) => host !== "").map(decodeURIComponent);
  return places.length === 0 ? [`nowhere, by ${url}`] : places;
}
