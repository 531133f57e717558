/**
 * backup/encrypted-dump: pg_dump → gpg → a file, and at the same time → pg_restore, which reads all of it back.
 *
 * The pieces go through our hands, so that both sides are digested and the end of any of the three programs is noticed:
 * gpg succeeds on a dump that broke off, and pg_dump does not see that gpg died. All three have to end with 0, gpg has
 * to say that it is done, and the rows that were read back have to be those that were counted. Nothing in the clear
 * touches the disk. Called by make.ts.
 */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { sleep } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { failedCall } from "../../kernel/private-files/errno.ts";
import { CopyRows } from "./copy-rows.ts";
import { refuseBackup } from "./refusal.ts";
import { readOutput, startTool, type Tool, type ToolOrder } from "./tool.ts";

export type DumpOrder = {
  readonly dump: ToolOrder;
  readonly encrypt: ToolOrder;
  readonly readBack: ToolOrder;
  /** An open, empty file. */
  readonly file: number;
  /** Nothing moves for so long: it is given up. */
  readonly stallMs: number;
  /** Why it must not go on, asked again and again; null while it may. */
  readonly off: () => string | null;
  /** Told how many rows were read back, and of how many bytes of a dump, each time that some were. */
  readonly moved: (rows: number, bytes: number) => void;
};

export type Digested = { readonly sha256: string; readonly bytes: number };

export type Dumped = {
  readonly plain: Digested;
  readonly cipher: Digested;
  /** Rows by relation as pg_restore read them back; null where it did not come to the end of the dump. */
  readonly rows: Readonly<Record<string, number>> | null;
};

/** The file is synced when it resolves to a value; after a Failure all programs have ended, and it is worth nothing. */
export async function dumpEncrypted(order: DumpOrder): Promise<Dumped | Failure> {
  const { dump, encrypt, readBack, file } = order;
  const [pgDump, gpg, pgRestore] = [startTool(dump), startTool(encrypt), startTool(readBack)];
  const tools = [pgDump, gpg, pgRestore];
  const watch = watchOver(tools, order);
  const rows = new CopyRows();
  const cipher = collect(gpg, (piece) => writeAll(file, piece), watch);
  const reading = collect(pgRestore, (piece) => rows.add(piece), watch);
  const plain = await pump(pgDump, [gpg, pgRestore], (bytes) => {
    watch.moved();
    order.moved(rows.seen, bytes);
  });
  const stopped = "stopped" in plain ? await whyStopped(plain.stopped) : null;
  if (stopped !== null) pgDump.kill();
  // Only a dump that says that it is whole may become a file that looks whole.
  const dumped = await pgDump.ended;
  const whole = stopped === null && dumped === null;
  for (const tool of [gpg, pgRestore]) (whole ? tool.end : tool.kill)();
  const [written] = await Promise.all([cipher, reading]);
  const [encrypted, restored] = await Promise.all([gpg.ended, pgRestore.ended]);
  watch.stop();
  if (written instanceof Failure) return written;
  const reason = watch.late() ?? stopped ?? dumped ?? encrypted ?? restored;
  if (reason !== null || "stopped" in plain) return refuseBackup(reason ?? "the dump broke off");
  const unsaid = whyNotEncrypted(gpg.status());
  if (unsaid !== null) return refuseBackup(unsaid);
  const unsynced = sync(file);
  if (unsynced !== null) return unsynced;
  return { plain, cipher: written as Digested, rows: rows.end() };
}

/** A program that no longer reads has ended, or is about to. */
async function whyStopped(tool: Tool): Promise<string> {
  const how = await Promise.race([tool.ended, sleep(limits.closeTimeoutMs).then(() => null)]);
  return how ?? `${tool.name} stopped reading before the dump was over`;
}

/** Source: GnuPG, doc/DETAILS, "Format of the --status-fd output". */
function whyNotEncrypted(status: string): string | null {
  const words = status.split("\n").map((line) => line.split(" ")[1] ?? "");
  const wrong = words.find((word) => word === "INV_RECP" || word === "FAILURE" || word === "ERROR");
  if (wrong !== undefined) return `gpg ended with 0 and said ${wrong}`;
  return words.includes("END_ENCRYPTION") ? null : "gpg ended with 0 and did not say that it was done encrypting";
}

type Watch = { moved(): void; stop(): void; late(): string | null };

/** Kills all of them where nothing moves for too long, the whole takes too long, or it is switched off. */
function watchOver(tools: readonly Tool[], { stallMs, off }: Pick<DumpOrder, "stallMs" | "off">): Watch {
  let reason: string | null = null;
  const strike = (why: string) => (): void => {
    reason ??= why;
    for (const tool of tools) tool.kill();
  };
  const stalled = strike(`nothing moved for ${stallMs} ms, so the dump was given up`);
  const whole = setTimeout(strike(`it took longer than ${limits.backupTimeoutMs} ms`), limits.backupTimeoutMs);
  let stall = setTimeout(stalled, stallMs);
  const asking = setInterval(() => {
    const why = off();
    if (why !== null) strike(why)();
  }, limits.killSwitchWatchMs);
  return {
    moved: () => {
      clearTimeout(stall);
      stall = setTimeout(stalled, stallMs);
    },
    stop: () => {
      clearTimeout(stall);
      clearTimeout(whole);
      clearInterval(asking);
    },
    late: () => reason,
  };
}

/** Each piece to both, and no further before both have taken it; `stopped` is the first that reads no more. */
async function pump(
  from: Tool,
  into: readonly Tool[],
  moved: (bytes: number) => void,
): Promise<Digested | { readonly stopped: Tool }> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const piece of from.output) {
      hash.update(piece);
      bytes += piece.byteLength;
      const answers = await Promise.all(into.map((tool) => tool.write(piece)));
      moved(bytes);
      const stopped = into[answers.indexOf("ended")];
      if (stopped !== undefined) return { stopped };
    }
  } catch {
    // Killed by us: how it ended says why.
    return { stopped: from };
  }
  return { sha256: hash.digest("hex"), bytes };
}

/** Reads an output to its end; where a piece cannot be kept the program is killed, and the system's word told. */
async function collect(tool: Tool, keep: (piece: Buffer) => void, watch: Watch): Promise<Digested | Failure> {
  const hash = createHash("sha256");
  let bytes = 0;
  let lost: Failure | null = null;
  await readOutput(tool, (piece) => {
    hash.update(piece);
    bytes += piece.byteLength;
    watch.moved();
    if (lost !== null) return;
    try {
      keep(piece);
    } catch (cause) {
      lost = refuseBackup(failedCall("write the backup", cause), cause);
      tool.kill();
    }
  });
  return lost ?? { sha256: hash.digest("hex"), bytes };
}

/** write(2) may take less than it was given; the next call then says why. */
function writeAll(file: number, piece: Uint8Array): void {
  let written = 0;
  while (written < piece.byteLength) written += fs.writeSync(file, piece, written);
}

function sync(file: number): Failure | null {
  try {
    fs.fsyncSync(file);
    return null;
  } catch (cause) {
    return refuseBackup(failedCall("sync the backup", cause), cause);
  }
}
