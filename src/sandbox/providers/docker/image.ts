/**
 * docker/image: what the engine says of the image that the sandbox's server is started from.
 *
 * It must be there already: nothing is ever pulled. Called by docker.ts.
 */
import * as v from "valibot";
import { Failure } from "../../../kernel/failure.ts";
import { askEngine } from "../../leftovers/engine-resource.ts";
import type { DockerSettings } from "./settings.ts";

export type Image = {
  /** Its digest, so that another image that gets the name meanwhile is not the one that is started. */
  readonly id: string;
  /** PGDATA. */
  readonly data: string;
  /** Where memory is put over it: each volume that it declares, and PGDATA where none of these holds it. */
  readonly memory: readonly string[];
};

/** Of `docker image inspect`; all else in it is not looked at. */
const inspected = v.tuple([
  v.looseObject({
    Id: v.pipe(v.string(), v.startsWith("sha256:")),
    Config: v.looseObject({
      Env: v.nullish(v.array(v.string()), []),
      Volumes: v.nullish(v.record(v.string(), v.unknown()), {}),
    }),
  }),
]);

/** Where the image says nothing, as its documentation has it. */
const USUAL_DATA = "/var/lib/postgresql/data";
const PATH = /^\/[A-Za-z0-9_./-]+$/;

export async function readImage({ command, image, environment }: DockerSettings): Promise<Image | Failure> {
  const answer = await askEngine(command, ["image", "inspect", image], environment);
  if ("reason" in answer) return unusable(`the engine has no image ${image}: ${answer.reason}`);
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), inspected), answer.output);
  if (!parsed.success) return unusable(`what the engine says of the image ${image} has another form`);
  const [{ Id, Config }] = parsed.output;
  const data = Config.Env.find((line) => line.startsWith("PGDATA="))?.slice("PGDATA=".length) ?? USUAL_DATA;
  const volumes = Object.keys(Config.Volumes);
  const strange = [data, ...volumes].find((path) => !PATH.test(path));
  if (strange !== undefined) return unusable(`the image ${image} keeps data in ${strange}, which is no plain path`);
  const isCovered = volumes.some((volume) => data === volume || data.startsWith(`${volume}/`));
  return { id: Id, data, memory: isCovered ? volumes : [...volumes, data] };
}

function unusable(reason: string): Failure {
  return new Failure("SANDBOX_PROVIDER_UNAVAILABLE", `docker cannot be used: ${reason}`, {
    hint: "Pull the image of production's version (nothing is pulled by itself), or choose --provider local.",
  });
}
