/**
 * local-account: name and home folder of the account that this process runs as: libpq's default role.
 *
 * By user id, as libpq does. Never $USER or os.userInfo(), which is $USER under Bun: with `sudo` or in a container it
 * names somebody else. Called by resolve.ts.
 */
import { counted } from "../child-process.ts";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { readCredentialFile } from "./credential-file.ts";

export type LocalAccount = { readonly user: string; readonly homeDirectory: string | null };

const PASSWD = "/etc/passwd";

/** Null where the user id has no name, as in a container that was given a bare number. */
export async function localAccount(): Promise<LocalAccount | null> {
  const uid = process.geteuid?.();
  if (uid === undefined) return null;
  const passwd = await readCredentialFile(PASSWD, "account list");
  const listed = passwd instanceof Failure ? null : accountInPasswd(passwd, uid);
  return listed ?? askNameService();
}

export function accountInPasswd(passwd: string, uid: number): LocalAccount | null {
  for (const line of passwd.split("\n")) {
    const [user = "", , id, , , homeDirectory = ""] = line.split(":");
    if (id === `${uid}` && user !== "") return { user, homeDirectory: homeDirectory === "" ? null : homeDirectory };
  }
  return null;
}

/** Accounts of a directory service are in no file; `id` asks the same service as libpq. */
function askNameService(): LocalAccount | null {
  const options = { env: {}, timeout: limits.connectTimeoutMs, stderr: "ignore" } as const;
  const words = ["/usr/bin/id", "-un"];
  const answer = counted(Bun.spawnSync(words, options), words);
  const user = answer.stdout.toString().trim();
  return answer.exitCode === 0 && user !== "" ? { user, homeDirectory: null } : null;
}
