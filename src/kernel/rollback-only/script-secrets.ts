/**
 * script-secrets: registers the passwords that a script sets, before anything can quote the script.
 *
 * CREATE and ALTER ROLE … PASSWORD, OPTIONS (password …), SET x.password, and what looks like one of these in the
 * text, inside a string or in the body of a function. It changes nothing and refuses nothing. Called by script.ts
 * only, with what the parser saw.
 */
import { registerPasswordLiterals, registerSecret } from "../evidence/redaction.ts";

const PASSWORD = /password|passwd|passphrase/i;

/** `tree` is any part of what libpg_query answered; `text` the script it came from. */
export function registerScriptSecrets(text: string, tree: unknown): void {
  if (!PASSWORD.test(text)) return;
  registerPasswordLiterals(text);
  const pending: unknown[] = [tree];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node === null || typeof node !== "object") continue;
    const { defname, arg, sval } = node as { defname?: unknown; arg?: { String?: { sval?: unknown } }; sval?: unknown };
    const value = arg?.String?.sval;
    registerSetting(node);
    if (typeof defname === "string" && PASSWORD.test(defname) && typeof value === "string") registerSecret(value);
    if (typeof sval === "string") registerPasswordLiterals(sval);
    pending.push(...Object.values(node).filter((part) => part !== null && typeof part === "object"));
  }
}

type Setting = { readonly VariableSetStmt?: { readonly name?: string; readonly args?: readonly Argument[] } };
type Argument = { readonly A_Const?: { readonly sval?: { readonly sval?: string } } };

function registerSetting(node: object): void {
  const { name = "", args = [] } = (node as Setting).VariableSetStmt ?? {};
  if (!PASSWORD.test(name)) return;
  for (const { A_Const } of args) registerSecret(A_Const?.sval?.sval ?? "");
}
