/**
 * credential-file: reads a file that may hold a secret: a service, password or env file, or a client key.
 *
 * Bounded by limits.credentialFileBytes, plain files only (a pipe could wait for ever), never shown or copied. Absent
 * is an answer here; whoever asks knows whether the file was named. Called by service-file, password-file, env-file,
 * tls-files and local-account.
 */
import { open, stat } from "node:fs/promises";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";

export type FileState =
  /** Not there, or behind a folder that is closed to us: libpq does not tell these apart. */
  | { readonly is: "absent" }
  | { readonly is: "not-plain" }
  /** `mode`: permission bits only. */
  | { readonly is: "plain"; readonly mode: number; readonly uid: number };

export async function fileState(path: string): Promise<FileState> {
  try {
    const found = await stat(path);
    return found.isFile() ? { is: "plain", mode: found.mode & 0o777, uid: found.uid } : { is: "not-plain" };
  } catch {
    return { is: "absent" };
  }
}

/** The file as text. FILE_UNREADABLE, with `what` and the path, where it cannot be read in full as UTF-8. */
export async function readCredentialFile(path: string, what: string): Promise<string | Failure> {
  const state = await fileState(path);
  if (state.is === "absent") return unreadable(path, `${what} does not exist or lies in a closed folder`);
  if (state.is === "not-plain") return unreadable(path, `${what} is not a plain file`);
  try {
    const bytes = await readBounded(path);
    if (bytes === null) return unreadable(path, `${what} is larger than ${limits.credentialFileBytes} bytes`);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    if (cause instanceof TypeError) return unreadable(path, `${what} is not UTF-8 text`);
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === undefined) throw cause;
    return unreadable(path, `${what} cannot be read (${code})`);
  }
}

async function readBounded(path: string): Promise<Uint8Array | null> {
  const file = await open(path, "r");
  try {
    const found = await file.stat();
    if (found.size > limits.credentialFileBytes) return null;
    const bytes = await file.readFile();
    return bytes.length > limits.credentialFileBytes ? null : bytes;
  } finally {
    await file.close();
  }
}

export function unreadable(path: string, sentence: string): Failure {
  return new Failure("FILE_UNREADABLE", `The ${sentence}: ${path}`, { facts: { path } });
}
