/**
 * contract: the write contract as PROOF-4 and the survey need it: the four functions, the vocabulary, one digest.
 *
 * Read in whatever transaction state the session is in; needs the right to read the vocabulary, and writes nothing.
 * The digest covers signatures and properties, never a function's text: in production that is not ours.
 */
import functionsSql from "../../sql/catalog/functions.sql" with { type: "text" };
import vocabularySql from "../../sql/catalog/vocabulary.sql" with { type: "text" };
import { canonicalJson, sha256 } from "../kernel/digest.ts";
import { Failure } from "../kernel/failure.ts";
import type { Row, Session } from "../kernel/session/session.ts";
import { nameArray, readRows } from "./read-shape.ts";
import { contractShape, type FunctionShape, OPTIONAL } from "./shape.ts";

const FUNCTIONS = ["fn_iu_create", "fn_iu_enact", "fn_iu_withdraw", "fn_iu_revise"] as const;
const FAMILIES = ["unit_kind", "section_type", "publication_type"] as const;

type Vocabulary = Readonly<Record<(typeof FAMILIES)[number], readonly string[]>>;

type ContractFunction = FunctionShape & {
  /** e.g. `public.fn_iu_create`. */
  readonly name: string;
  readonly securityDefiner: boolean;
};

export type Contract = {
  /** Every function that has one of the four names, overloads too. */
  readonly functions: readonly ContractFunction[];
  readonly vocabulary: Vocabulary;
  /** SHA-256 over the functions' signatures and properties. */
  readonly digest: string;
};

type ContractDifference = { readonly what: string; readonly expected: string; readonly seen: string };

export async function readContract(session: Session): Promise<Contract | Failure> {
  const functionRows = await readRows(session, functionsSql, [nameArray(FUNCTIONS)]);
  if (functionRows instanceof Failure) return functionRows;
  const words = await readRows(session, vocabularySql);
  if (words instanceof Failure) return words;
  const functions = functionRows.filter(isOfContract).map(contractFunction);
  const ofFamily = (family: string): string[] =>
    words.filter((row) => row.family === family).map((row) => row.word ?? "");
  return {
    functions,
    vocabulary: {
      unit_kind: ofFamily("unit_kind"),
      section_type: ofFamily("section_type"),
      publication_type: ofFamily("publication_type"),
    },
    digest: contractDigest(functions),
  };
}

function contractDigest(functions: readonly ContractFunction[]): string {
  return sha256(canonicalJson(functions.map(({ signature, properties }) => ({ signature, properties }))));
}

/** What of the four functions and of the vocabulary is not as the contract says; empty where all is. */
export function contractDifferences(contract: Contract): readonly ContractDifference[] {
  const differences: ContractDifference[] = [];
  for (const bareName of FUNCTIONS) {
    const name = `public.${bareName}`;
    const expected = describe(contractShape.functions[name]);
    const namesakes = contract.functions.filter((entry) => entry.name === name).map(describe);
    if (namesakes.length === 0 && OPTIONAL.has(`function ${name}`)) continue;
    const seen = namesakes.join("; ") || "missing";
    if (seen !== expected) differences.push({ what: name, expected, seen });
  }
  for (const family of FAMILIES) {
    if (contract.vocabulary[family].length > 0) continue;
    differences.push({ what: `vocab.${family}`, expected: "at least one word", seen: "none" });
  }
  return differences;
}

function describe(entry: FunctionShape | undefined): string {
  return entry === undefined ? "" : `${entry.signature}, ${entry.properties}`;
}

function isOfContract({ name }: Row): boolean {
  return FUNCTIONS.some((known) => name === `public.${known}`);
}

function contractFunction(row: Row): ContractFunction {
  return {
    name: row.name ?? "",
    signature: row.signature ?? "",
    properties: row.properties ?? "",
    securityDefiner: row.security_definer === "t",
  };
}
