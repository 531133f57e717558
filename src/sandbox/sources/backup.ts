/**
 * sources/backup: an encrypted backup of `cutter backup create`: verified, decrypted into a private file, restored.
 *
 * Verified by the same code as `cutter backup verify`: nothing of an archive that is not as its manifest says is used.
 * No connection is made; production is what the manifest says it was. Called by C-03.
 */

import { withAgent } from "../../execution/backup/agent.ts";
import { countsOf } from "../../execution/backup/contents.ts";
import { withDecrypted } from "../../execution/backup/decrypted.ts";
import { openKeyring } from "../../execution/backup/keyring.ts";
import { type BackupManifest, readManifest } from "../../execution/backup/manifest.ts";
import { NOT_RESTORED, verifyBackup } from "../../execution/backup/verify.ts";
import { Failure } from "../../kernel/failure.ts";
import type { ProductionState } from "../gates/verification.ts";
import type { Sandbox } from "../sandbox.ts";
import { NO_FOREIGN_ROLES } from "./foreign-roles.ts";
import type { BackupOrder } from "./order.ts";
import type { Source } from "./source.ts";

export async function backupSource(sandbox: Sandbox, order: BackupOrder): Promise<Source | Failure> {
  const { path, gnupgHome, gpg, pgRestore } = order;
  const end = sandbox.journal.begin({ kind: "look", what: `cutter backup verify ${path}` });
  const verified = await verifyBackup({
    ...{ path, gnupgHome, decrypt: "must", gpg, pgRestore, restoreTo: null },
    // It is restored where nothing can be lost; what nobody vouches for is said in the report.
    ...{ vouchers: [], unvouched: "allowed" },
    tell: (sentence) => sandbox.tell(sentence),
  });
  end(verified instanceof Failure ? verified.code : "intact");
  if (verified instanceof Failure) return verified;
  const { manifest, checked } = verified;
  // Here it is.
  const remarks = verified.remarks.filter((remark) => remark !== NOT_RESTORED);
  for (const remark of [...remarks, ROLES_UNKNOWN]) await sandbox.tell(remark);
  const dump = sandbox.path("dump");
  const decrypted = await decryptTo(dump, sandbox, { order, manifest });
  if (decrypted instanceof Failure) return decrypted;
  const { systemIdentifier, timeline, database } = manifest.target;
  const contents = manifest.relations.map(({ relation, rows, content_sha256: contentSha256 }) => {
    return { relation, rows, contentSha256 };
  });
  return {
    ...{ kind: "backup", line: `backup ${path} of ${database}, ${manifest.snapshot_at}`, dump, contents },
    identity: { systemIdentifier, timeline, database, server: "unknown" },
    ...{ reading: { from: "file", checked }, encoding: manifest.encoding, before: stateOf(manifest) },
    ...{ roles: { ...NO_FOREIGN_ROLES, differences: null }, remarks: [...remarks, ROLES_UNKNOWN] },
    dumpedRows: countsOf(contents),
    state: async () => {
      const again = readManifest(path);
      return again instanceof Failure ? again : stateOf(again);
    },
    recorded: () => [],
    watch: async () => ({
      seen: async () => ({ sessions: [], runs: [], how: "production was not asked: a backup was restored" }),
      end: async () => {},
    }),
  };
}

/** Neither the archive, which holds tables of one database, nor its manifest names a role. */
const ROLES_UNKNOWN =
  "a backup holds tables alone, and nothing of production's roles: their memberships, settings and privileges are " +
  "not in this sandbox, whose roles are those of the contract; cutter schema verify compares production's own";

type Decrypting = { readonly order: BackupOrder; readonly manifest: BackupManifest };

/** gpg's plaintext has no name until its digest was compared; only then is it the dump. */
async function decryptTo(dump: string, sandbox: Sandbox, { order, manifest }: Decrypting): Promise<Failure | null> {
  const { gpg, gnupgHome, path } = order;
  const keyring = await openKeyring({ gpg, gnupgHome, keyFile: null });
  if (keyring instanceof Failure) return keyring;
  const directory = sandbox.path(".");
  const done = await withAgent(keyring, () => {
    return withDecrypted({ path, manifest, keyring, directory }, (plain) => plain.copyTo(dump));
  });
  keyring.close();
  return done;
}

function stateOf({ target, relations }: BackupManifest): ProductionState {
  const { systemIdentifier, timeline } = target;
  const contents = relations.map((one) => `${one.relation}: ${one.rows} rows, ${one.content_sha256}`);
  return { systemIdentifier, timeline, startedAt: null, contents, written: null };
}
