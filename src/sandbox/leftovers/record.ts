/**
 * leftovers/record: the private file of one sandbox that names everything it makes, before it is made.
 *
 * `sandbox/NAME.json` below the state directory. A thing that is not in it is never removed by a sweep; one that is in
 * it may not have come to be. Each change is on disk before the function returns. The token in it is what markers and
 * labels of the sandbox's things must hold. Made by the steps; filled by the providers; read by sweep.ts.
 */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import * as v from "valibot";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { openPrivateDirectory } from "../../kernel/private-files/directory.ts";
import { errnoOf, failedCall } from "../../kernel/private-files/errno.ts";
import {
  createPrivateFile,
  readPrivateFile,
  syncDirectory,
  writePrivateFile,
} from "../../kernel/private-files/file.ts";
import { identifyProcess } from "./process-identity.ts";
import { describeResource, type ProcessResource, type Resource } from "./resource.ts";

const process_ = v.strictObject({
  kind: v.literal("process"),
  pid: v.pipe(v.number(), v.integer(), v.minValue(2)),
  startTime: v.pipe(v.string(), v.digits()),
  bootId: v.pipe(v.string(), v.uuid()),
});
const resource = v.variant("kind", [
  process_,
  v.strictObject({ kind: v.literal("directory"), path: v.pipe(v.string(), v.startsWith("/")) }),
  v.strictObject({
    kind: v.picklist(["container", "volume", "network"]),
    name: v.pipe(v.string(), v.regex(/^cutter-sandbox-/)),
    command: v.pipe(v.array(v.string()), v.minLength(1)),
  }),
]);
/** What markers and labels hold: of 16 random bytes. */
const TOKEN = /^[0-9a-f]{32}$/;
const content = v.strictObject({
  schema: v.literal("cutter.sandbox-leftovers"),
  version: v.literal(1),
  sandbox: v.string(),
  token: v.pipe(v.string(), v.regex(TOKEN)),
  /** The process that runs the sandbox: while it is there, nothing of the record is a leftover. */
  owner: v.nullable(process_),
  resources: v.array(resource),
});
type Content = v.InferOutput<typeof content>;

/** What a sandbox and all that it makes may be called: it becomes part of paths and of container names. */
const NAME = /^cutter-sandbox-[a-z0-9][a-z0-9-]{0,31}$/;

/** A server, a container or a directory of a sandbox; the sandbox itself too. */
export function isSandboxName(name: string): boolean {
  return NAME.test(name);
}

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** By what a sandbox makes: the stand-in for production, and a second directory with a short path. */
export function derivedNames(sandbox: string): { readonly production: string; readonly temporary: string } {
  return { production: `${sandbox}-p`, temporary: `${sandbox}-t` };
}

/** Whether all that is derived from it has a name too. */
export function canNameSandbox(name: string): boolean {
  return [name, ...Object.values(derivedNames(name))].every(isSandboxName);
}

/** Where the records lie; it need not be there. */
export function recordDirectory(stateDirectory: string): string {
  return join(stateDirectory, "sandbox");
}

export class LeftoverRecord {
  readonly sandbox: string;
  readonly token: string;
  readonly owner: ProcessResource | null;
  readonly file: string;
  #resources: readonly Resource[];
  #barred: "no" | "yes" = "no";

  constructor(file: string, { sandbox, token, owner, resources }: Content) {
    this.file = file;
    this.sandbox = sandbox;
    this.token = token;
    this.owner = owner;
    this.#resources = resources;
  }

  /** In the order in which they were made. */
  get resources(): readonly Resource[] {
    return this.#resources;
  }

  names(made: Resource): boolean {
    return this.#resources.some((known) => isDeepStrictEqual(known, made));
  }

  /** To be called before the thing is made, which must not be where this fails. FILE_WRITE_FAILED, INTERRUPTED. */
  add(made: Resource): Failure | null {
    if (this.names(made)) return null;
    if (this.#barred === "yes") {
      return new Failure("INTERRUPTED", `${this.sandbox} is being taken down: ${describeResource(made)} is not made`);
    }
    return this.#write([...this.#resources, made]);
  }

  /** From now on nothing new is put on record, and so nothing new is made: its end has begun. */
  bar(): void {
    this.#barred = "yes";
  }

  /** To be called once the thing is gone. */
  drop(gone: Resource): Failure | null {
    return this.#write(this.#resources.filter((known) => !isDeepStrictEqual(known, gone)));
  }

  /** Ends the record itself; throws while it names anything, since that would then never be found. */
  close(): Failure | null {
    const [first] = this.#resources;
    if (first !== undefined) throw new Error(`the record of ${this.sandbox} still names ${describeResource(first)}`);
    try {
      fs.rmSync(this.file, { force: true });
      syncDirectory(join(this.file, ".."));
      return null;
    } catch (error) {
      const message = failedCall(`remove ${this.file}`, error);
      return new Failure("FILE_WRITE_FAILED", message, { facts: { errno: errnoOf(error) }, cause: error });
    }
  }

  #write(resources: readonly Resource[]): Failure | null {
    const failed = writePrivateFile(this.file, render({ ...this, resources }));
    if (failed === null) this.#resources = resources;
    return failed;
  }
}

/** A record of a sandbox that makes nothing yet. FILE_EXISTS where there is one of that name. */
export function openRecord(stateDirectory: string, sandbox: string): LeftoverRecord | Failure {
  if (!canNameSandbox(sandbox)) throw new Error(`not a name of a sandbox: ${sandbox}`);
  const directory = openPrivateDirectory(recordDirectory(stateDirectory));
  if (directory instanceof Failure) return directory;
  const file = join(directory, `${sandbox}.json`);
  const token = randomBytes(16).toString("hex");
  const begun = { sandbox, token, owner: identifyProcess(process.pid), resources: [] };
  const made = createPrivateFile(file, render(begun));
  if (made === "exists") {
    return new Failure("FILE_EXISTS", `there is a record of a sandbox ${sandbox} already: ${file}`, {
      hint: "cutter sandbox sweep removes what a sandbox of that name left; or choose another name.",
      data: "Nothing was made, and no database was touched.",
    });
  }
  return made === "made" ? new LeftoverRecord(file, { ...WRITTEN, ...begun }) : made;
}

/** CONFIG_INVALID where it is not such a file; FILE_UNREADABLE; FILE_NOT_PRIVATE. */
export function readRecord(file: string): LeftoverRecord | Failure {
  const bytes = readPrivateFile(file, limits.leftoverRecordBytes);
  if (bytes instanceof Failure) return bytes;
  try {
    const parsed = v.safeParse(content, JSON.parse(Buffer.from(bytes).toString("utf8")));
    if (parsed.success) return new LeftoverRecord(file, parsed.output);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return new Failure("CONFIG_INVALID", `${file} is not a record of a sandbox as cutter writes one`, {
    hint: "Nothing that it may name was touched: look into it, remove by hand what it names, then the file.",
    data: "Nothing was removed, and no database was touched.",
  });
}

const WRITTEN = { schema: "cutter.sandbox-leftovers", version: 1 } as const;

type Written = Pick<LeftoverRecord, "sandbox" | "token" | "owner" | "resources">;

function render({ sandbox, token, owner, resources }: Written): string {
  return `${JSON.stringify({ ...WRITTEN, sandbox, token, owner, resources }, null, 2)}\n`;
}
