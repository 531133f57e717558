/**
 * backup-verify: `cutter backup verify FILE`: whether a backup is as it was written, and can be restored.
 *
 * Connects to nothing unless --restore or --ledger-url is given, and then only to what --url, --service or --ledger-url
 * names, never to one of the configuration. Called by backup.ts.
 */
import { dirname, resolve } from "node:path";
import { removeLeftovers } from "../execution/backup/leftovers.ts";
import { type VerifiedBackup, verifyBackup } from "../execution/backup/verify.ts";
import { readConfiguration } from "../kernel/conninfo/configuration.ts";
import { describeTarget } from "../kernel/conninfo/describe.ts";
import { resolveTarget } from "../kernel/conninfo/resolve.ts";
import type { ServerTarget } from "../kernel/conninfo/target.ts";
import { Failure } from "../kernel/failure.ts";
import { readVouchers, type VoucherFlags } from "./backup-vouchers.ts";
import type { Globals } from "./command/command.ts";
import { showProgress } from "./command/progress.ts";
import { EXIT } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

type Invocation = {
  readonly positionals: { readonly FILE: string };
  readonly flags: VoucherFlags & {
    readonly restore: boolean;
    readonly unvouched: boolean;
    readonly "gnupg-home": string | undefined;
  };
  readonly globals: Globals;
};

/** `cutter.backup-verify/v1`: `{ schema, file, snapshot_at, target, checked, remarks: [sentence], verdict }`. */
export async function backupVerify(
  { positionals, flags, globals }: Invocation,
  terminal: Terminal,
): Promise<number | Failure> {
  const configuration = await readConfiguration(globals.config, process.env);
  if (configuration instanceof Failure) return configuration;
  const restoreTo = flags.restore ? await scratchServer(globals) : null;
  if (restoreTo instanceof Failure) return restoreTo;
  if (restoreTo !== null) await terminal.talk(describeTarget(restoreTo));
  const vouchers = await readVouchers(flags, globals);
  if (vouchers instanceof Failure) return vouchers;
  const { "gnupg-home": home } = flags;
  const { backup } = configuration;
  const file = resolve(positionals.FILE);
  const left = removeLeftovers(dirname(file));
  if (left instanceof Failure) return left;
  for (const sentence of left) await terminal.alarm(sentence);
  const progress = showProgress(terminal);
  progress.now("verifying");
  const verified = await verifyBackup({
    ...{ path: file, decrypt: home === undefined ? "if possible" : "must", restoreTo },
    gnupgHome: home === undefined ? (backup?.gnupgHome ?? null) : resolve(home),
    gpg: backup?.gpg ?? ["gpg"],
    pgRestore: backup?.pgRestore ?? ["pg_restore"],
    ...{ vouchers, unvouched: flags.unvouched ? "allowed" : "refused" },
    tell: (sentence) => terminal.talk(sentence),
    observe: progress.advanced,
  }).finally(() => progress.stop());
  if (verified instanceof Failure) return verified;
  if (globals.format === "json") await terminal.document(document(file, verified));
  else await terminal.result(text(file, verified));
  return EXIT.done;
}

async function scratchServer({ url, service }: Globals): Promise<ServerTarget | Failure> {
  if (url === undefined && service === undefined) {
    return new Failure("USAGE", "--restore needs a server on which it may make a scratch database", {
      hint: "Name one with --url or --service, as a role that may create databases.",
    });
  }
  const target = await resolveTarget({
    environment: process.env,
    ...(url === undefined ? {} : { url }),
    ...(service === undefined ? {} : { service }),
  });
  if (target instanceof Failure || target.kind === "server") return target;
  return new Failure("USAGE", "a backup cannot be restored into the database inside");
}

const VERDICT = "CUTTER_BACKUP INTACT";

function document(file: string, { manifest, checked, remarks }: VerifiedBackup) {
  const { snapshot_at, target } = manifest;
  return { schema: "cutter.backup-verify/v1", file, snapshot_at, target, checked, remarks, verdict: VERDICT };
}

function text(file: string, { manifest, checked, remarks }: VerifiedBackup): string {
  const lines = [
    `backup ${file}`,
    `of ${manifest.target.database} at ${manifest.snapshot_at}`,
    ...checked.map((sentence) => `checked: ${sentence}`),
    ...remarks.map((sentence) => `remark: ${sentence}`),
    VERDICT,
  ];
  return `${lines.join("\n")}\n`;
}
