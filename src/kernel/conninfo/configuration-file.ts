/**
 * configuration-file: the text of a configuration file, if it may be trusted.
 *
 * A regular file of ours or root's that nobody else may write, read in one go and bounded. Never follows a FIFO or
 * device. Called by configuration.ts.
 */
import { open, stat } from "node:fs/promises";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";

/** Null where the file is absent and may be. */
export async function checkConfigurationFile(
  path: string,
  presence: "was named" | "may be absent",
): Promise<string | null | Failure> {
  try {
    const status = await stat(path);
    const refused = refusal(path, status);
    if (refused !== null) return refused;
    const file = await open(path, "r");
    try {
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  } catch (cause) {
    const code = (cause as { readonly code?: string }).code ?? "unknown";
    if (presence === "may be absent" && (code === "ENOENT" || code === "ENOTDIR")) return null;
    return new Failure("FILE_UNREADABLE", `the configuration file ${path} cannot be read: ${code}`, { cause });
  }
}

const WRITABLE_BY_OTHERS = 0o022;

type Status = { isFile(): boolean; readonly size: number; readonly mode: number; readonly uid: number };

function refusal(path: string, status: Status): Failure | null {
  if (!status.isFile()) return new Failure("FILE_UNREADABLE", `the configuration file ${path} is not a regular file`);
  if (status.size > limits.configBytes) {
    return new Failure("CONFIG_INVALID", `${path} is larger than ${limits.configBytes} bytes`);
  }
  const hint = `Make it yours or root's, and writable by its owner only: chmod go-w ${path}`;
  if ((status.mode & WRITABLE_BY_OTHERS) !== 0) {
    return new Failure("FILE_NOT_PRIVATE", `others may write ${path}, which says where is written`, { hint });
  }
  if (status.uid !== 0 && status.uid !== process.geteuid?.()) {
    return new Failure("FILE_NOT_PRIVATE", `${path} belongs to user ${status.uid}, neither you nor root`, { hint });
  }
  return null;
}
