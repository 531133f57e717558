/**
 * backup/agent: gpg's agent, which has the secret keys: one that a decryption started does not stay behind it.
 *
 * gpg starts one for its directory where none runs, and leaves it running. One that ran before, a person's own, is
 * never ended; where that cannot be told none is. Called by verify.ts around all that needs a secret key.
 */
import { beforeEnd } from "../../kernel/session/registry.ts";
import type { Keyring } from "./keyring.ts";
import { askTool } from "./tool.ts";

/** Whatever comes of `work`, and when a signal ends us, no agent is left that it started. */
export async function withAgent<T>(keyring: Keyring, work: () => Promise<T>): Promise<T> {
  const before = await agentRuns(keyring);
  if (before !== "no") return work();
  const forget = beforeEnd({
    unfinished: `gpg-agent may still run for ${keyring.home}; gpgconf --homedir '${keyring.home}' --kill gpg-agent.`,
    work: async () => {
      await endAgent(keyring);
      return "";
    },
  });
  try {
    return await work();
  } finally {
    await endAgent(keyring);
    forget();
  }
}

async function agentRuns({ gpg, environment }: Keyring): Promise<"yes" | "no" | "unknown"> {
  const words = ["--no-autostart", "getinfo pid", "/bye"];
  const answer = await askTool({ command: [...siblingOf(gpg, "gpg-connect-agent"), ...words], environment });
  if ("reason" in answer) return "unknown";
  return /^D \d+$/m.test(answer.output) ? "yes" : "no";
}

/** Where there is none it has nothing to do. */
async function endAgent({ gpg, environment }: Keyring): Promise<void> {
  const command = [...siblingOf(gpg, "gpgconf"), "--kill", "gpg-agent"];
  await askTool({ command, environment, onSignal: "goes on" });
}

/** Another program of GnuPG, found as gpg itself is; beside a program of another name it is looked for on the PATH. */
function siblingOf(gpg: readonly string[], name: string): readonly string[] {
  const at = gpg.findIndex((word) => /(^|\/)gpg2?$/.test(word));
  if (at === -1) return [name];
  return [...gpg.slice(0, at), (gpg[at] ?? "").replace(/gpg2?$/, name)];
}
