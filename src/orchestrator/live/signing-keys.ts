/**
 * live/signing-keys: the two private keys of the DOT pair, read from files that only their owner may read.
 *
 * Ed25519 in PEM (PKCS #8), one for each leg and never the same for both: a pair by one key would show one signer.
 * `openssl genpkey -algorithm ed25519` makes one. Called by the verbs that run a live phase.
 */
import { type DotSigner, dotSigner, type Leg } from "../../execution/dot-signer.ts";
import type { Configuration } from "../../kernel/conninfo/configuration.ts";
import { readEd25519Key } from "../../kernel/evidence/private-key.ts";
import { Failure } from "../../kernel/failure.ts";

export type SigningKeys = { readonly exec: DotSigner; readonly verify: DotSigner };

type Legs = { readonly signing: Pick<Configuration["signing"], "execKey" | "verifyKey"> };

/** CONFIG_INVALID where one is not named, SIGNING_KEY_INVALID, FILE_NOT_PRIVATE, FILE_UNREADABLE. */
export function readSigningKeys({ signing }: Legs): SigningKeys | Failure {
  const exec = readSigner("exec", signing.execKey);
  if (exec instanceof Failure) return exec;
  const verify = readSigner("verify", signing.verifyKey);
  if (verify instanceof Failure) return verify;
  if (exec.keyFingerprint !== verify.keyFingerprint) return { exec, verify };
  return new Failure(
    "SIGNING_KEY_INVALID",
    "signing.exec_key and signing.verify_key are one key, and a pair needs two",
  );
}

function readSigner(leg: Leg, path: string | null): DotSigner | Failure {
  if (path === null) {
    return new Failure(
      "CONFIG_INVALID",
      `signing.${leg}_key is not configured: the key that signs for the leg ${leg}`,
      {
        hint: `openssl genpkey -algorithm ed25519 -out FILE; chmod 600 FILE; then [signing] ${leg}_key = "FILE".`,
      },
    );
  }
  const key = readEd25519Key(path);
  return key instanceof Failure ? key : dotSigner(leg, key);
}
