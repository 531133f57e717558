/**
 * spec: the file format of --spec: an operator's own contract for a write, as TOML.
 *
 * Checked strictly: an unknown key is an error that names its path. SQL in it is parsed by PostgreSQL's own parser
 * before any connection. Read by targets/spec.ts; documented in the README by its example.
 */
import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { readRelationName } from "../src/kernel/counts/relation-name.ts";
import { Failure } from "../src/kernel/failure.ts";
import { limits } from "../src/kernel/limits.ts";
import { failedCall } from "../src/kernel/private-files/errno.ts";

const rows = v.pipe(v.number(), v.integer(), v.minValue(0));

/** A number is exact; `{ min, max }` are bounds, both included, either may be absent. */
const bound = v.union([rows, v.strictObject({ min: v.optional(rows), max: v.optional(rows) })]);

const relation = v.pipe(
  v.string(),
  v.check((name) => readRelationName(name)?.rest === "", "it should be the name of a relation: schema.table"),
  v.transform((name) => readRelationName(name)?.relation ?? name),
);

const specSchema = v.strictObject({
  /** The role that the session must have. */
  role: v.optional(v.pipe(v.string(), v.nonEmpty())),
  /** Relations counted before, during and after, with an optional SQL condition. */
  watch: v.optional(v.array(v.strictObject({ relation, where: v.optional(v.string()) })), []),
  /** The statements, in order. */
  statements: v.pipe(v.array(v.pipe(v.string(), v.nonEmpty())), v.minLength(1)),
  /** What they may do. A table that is not declared must not be touched; a kind that is not given must be 0. */
  declare: v.optional(
    v.array(
      v.strictObject({
        relation,
        inserted: v.optional(bound, 0),
        updated: v.optional(bound, 0),
        deleted: v.optional(bound, 0),
      }),
    ),
    [],
  ),
  /** A SELECT whose first column `rows` must be 0 after the rollback. */
  leak_query: v.optional(v.pipe(v.string(), v.nonEmpty())),
});

export type Spec = v.InferOutput<typeof specSchema>;
export type Bound = v.InferOutput<typeof bound>;

/** Failures: FILE_UNREADABLE, CONFIG_INVALID with the path of the first wrong key. */
export async function readSpec(path: string): Promise<Spec | Failure> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    return new Failure("FILE_UNREADABLE", failedCall(`read ${path}`, cause), { cause });
  }
  if (text.length > limits.specBytes)
    return new Failure("CONFIG_INVALID", `${path} is larger than ${limits.specBytes} bytes`);
  return parseSpec(text, path);
}

async function parseSpec(text: string, path: string): Promise<Spec | Failure> {
  const { parse } = await import("smol-toml");
  let document: unknown;
  try {
    document = parse(text);
  } catch (cause) {
    const [reason] = (cause instanceof Error ? cause.message : "not TOML").split("\n");
    return new Failure("CONFIG_INVALID", `${path}: ${reason}`, { cause });
  }
  const result = v.safeParse(specSchema, document);
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => `${v.getDotPath(issue) ?? "the file"}: ${issue.message}`);
  return new Failure("CONFIG_INVALID", `${path}: ${problems.join("; ")}`, { facts: { problems } });
}

/** Null where the count is within the bound, else the bound in words. */
export function outsideBound(count: number, allowed: Bound): string | null {
  const min = typeof allowed === "number" ? allowed : (allowed.min ?? 0);
  const max = typeof allowed === "number" ? allowed : (allowed.max ?? Number.POSITIVE_INFINITY);
  if (count >= min && count <= max) return null;
  if (min === max) return `${min}`;
  return max === Number.POSITIVE_INFINITY ? `at least ${min}` : `${min} to ${max}`;
}
