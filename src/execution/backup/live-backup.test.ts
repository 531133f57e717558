/** Tests of the phase pre_write_backup with a real backup: what the ledger then holds, and that none means no write. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { backupTarget, makeKey, settingsFor } from "../../../scripts/database/backup.ts";
import { createDatabase, type TestDatabase } from "../../../scripts/database/database.ts";
import { DOCUMENT_ID, liveAdapter, planLive, smallLaw } from "../../../scripts/database/live.ts";
import { failed, succeed } from "../../../scripts/database/target.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";
import type { LiveWork } from "../live-work.ts";
import { makeBackup } from "./make.ts";
import type { BackupSettings } from "./settings.ts";

let database: TestDatabase;
let work: LiveWork;
beforeEach(async () => {
  database = await createDatabase(await anyServer(), { template: "reference" });
  work = await planLive(database, smallLaw(3));
});
afterEach(() => database.drop());

function adapterWith(settings: BackupSettings) {
  const { runId, target: expected } = work;
  const backUp = () => makeBackup({ target: backupTarget(database), settings, runId, expected });
  return liveAdapter(database, work, { backUp }).adapter;
}

const units = (): string =>
  database.psql(`SELECT count(*) FROM information_unit WHERE canonical_address LIKE '${DOCUMENT_ID}%'`);

test("a backup that was made and read back is in the ledger, file and counts, and leg A goes on", async () => {
  const settings = settingsFor(makeKey());
  const adapter = adapterWith(settings);
  const { facts } = succeed(await adapter.pre_write_backup({ runId: work.runId, attempt: 1 }));
  const row = database.psql(`SELECT file_name, cipher_sha256, snapshot_counts->>'public.information_unit',
    snapshot_counts->>'cutter_governance.backup_artifact' FROM cutter_governance.backup_artifact
    WHERE run_id = '${work.runId}'`);
  // Those of the reference data, and not yet its own.
  const recorded = Number(database.psql("SELECT count(*) FROM cutter_governance.backup_artifact"));
  expect(row).toBe([facts.file_name, facts.cipher_sha256, "158", `${recorded - 1}`].join("|"));
  expect(readdirSync(settings.directory)).toContain(`${facts.file_name}`);
  succeed(await adapter.cut_leg_a({ runId: work.runId, attempt: 1 }));
  expect(units()).toBe("3");
});

test.each([
  ["a key that has expired", () => settingsFor(makeKey({ madeAt: "20200101T000000!", expires: "1y" }))],
  ["a pg_dump that is not there", () => settingsFor(makeKey(), { pgDump: ["/nowhere/pg_dump"] })],
])("%s: the phase is not recorded, and leg A writes nothing", async (_what, settings) => {
  const adapter = adapterWith(settings());
  expect(failed(await adapter.pre_write_backup({ runId: work.runId, attempt: 1 })).code).toBe("STOP_BACKUP_REFUSED");
  expect(
    database.psql(`SELECT (SELECT count(*) FROM cutter_governance.backup_artifact WHERE run_id = '${work.runId}'),
      (SELECT count(*) FROM cutter_governance.run_phase
        WHERE run_id = '${work.runId}' AND phase = 'pre_write_backup')`),
  ).toBe("0|0");
  failed(await adapter.cut_leg_a({ runId: work.runId, attempt: 1 }));
  expect(units()).toBe("0");
});
