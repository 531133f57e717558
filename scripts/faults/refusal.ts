/**
 * refusal: runs a command that must fail, as text and as JSON, and answers what both said of it.
 *
 * Both must name the same code and end with the same exit code; the text must say what it means for the data and what
 * to do; nothing may claim a pass. Throws with everything the program said where that is not so.
 */
import { cutter, type Ended, type Setting } from "./program.ts";

export type Refusal = {
  readonly exit: number | null;
  readonly code: string;
  readonly message: string;
  readonly data: string;
  readonly hint: string;
};

export async function refusal(argv: readonly string[], setting: Setting = {}): Promise<Refusal> {
  // One after the other: a role has connections for one proof only.
  const asText = await cutter(argv, setting);
  const asJson = await cutter([...argv, "--json"], setting);
  const told = readText(asText);
  const document = readJson(asJson);
  if (told === null || asText.code !== asJson.code || document?.code !== told.code || claimsPass(asText)) {
    throw new Error(`text and JSON do not tell the same failure:\n${shown(asText)}\n${shown(asJson)}`);
  }
  return { exit: asText.code, ...told };
}

/** The failure that the last lines of stderr tell; null where there is none. */
export function readText({ stderr }: Ended): Omit<Refusal, "exit"> | null {
  const told = /^error (?<code>[A-Z_]+): (?<message>.*?)\ndata: (?<data>[^\n]+)\nhint: (?<hint>[^\n]+)$/ms.exec(stderr);
  const { code = "", message = "", data = "", hint = "" } = told?.groups ?? {};
  return told === null ? null : { code, message, data, hint };
}

type FailureDocument = { readonly code?: string; readonly exit_code?: number };
type Report = FailureDocument & { readonly exit?: number; readonly failure?: FailureDocument | null };

/** The code in a failure's own document, or in a report's. */
function readJson({ stdout, code }: Ended): { readonly code: string } | null {
  const report = JSON.parse(stdout) as Report;
  if ((report.exit_code ?? report.exit) !== code) return null;
  const found = report.code ?? report.failure?.code;
  return found === undefined ? null : { code: found };
}

function claimsPass({ stdout, evidence }: Ended): boolean {
  return `${stdout}${evidence}`.includes("ALL_PROOFS_PASS");
}

function shown({ code, signal, stdout, stderr }: Ended): string {
  return `exit ${code} signal ${signal}\n${stdout}\n${stderr}`;
}
