/**
 * walk: what tests of a run share: a surveyed database, a store of their own, a run at its first gate.
 *
 * The survey is of a real server; the adapter is the simulator. Never used outside tests.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Simulator } from "../../src/execution/simulator/simulator.ts";
import { type Approval, smokeApproval } from "../../src/flow/approval.ts";
import type { Gate } from "../../src/flow/phase.ts";
import type { SurveyDocument } from "../../src/flow/survey-document.ts";
import { runId } from "../../src/kernel/evidence/run-id.ts";
import { Failure } from "../../src/kernel/failure.ts";
import { type BeginOrder, beginRun } from "../../src/orchestrator/begin.ts";
import { liveSurveyor, type Surveyor } from "../../src/orchestrator/dry-run/surveyor.ts";
import { standOf } from "../../src/orchestrator/gates.ts";
import type { AdapterWork } from "../../src/orchestrator/prepare.ts";
import { type RunParts, resumeRun } from "../../src/orchestrator/run.ts";
import { simulatedAdapter } from "../../src/orchestrator/simulated.ts";
import { openStore } from "../../src/orchestrator/store/open-store.ts";
import type { RunRecord } from "../../src/orchestrator/store/run-record.ts";
import type { Store } from "../../src/orchestrator/store/store.ts";
import { createDatabase, type TestDatabase, testServer } from "./database.ts";
import { hostOf, succeed, targetOf } from "./target.ts";

const HOUR_MS = 3_600_000;
const NOW = "2026-05-21T04:30:00.000Z";
const MARKDOWN = "# Handbook\n\n## One\n\ntext\n\n## Two\n\nmore\n";

export class SampleWalk {
  readonly database: TestDatabase;
  readonly #surveyor: Surveyor;
  readonly #folders: string[] = [];
  /** How often the database was looked at. */
  looks = 0;

  private constructor(database: TestDatabase, surveyor: Surveyor) {
    this.database = database;
    this.#surveyor = surveyor;
  }

  static async open(): Promise<SampleWalk> {
    const database = await createDatabase(await testServer(), { template: "reference" });
    const host = hostOf(database.server.port, { host: database.server.socketDirectory, password: null });
    const target = targetOf([host], { database: database.name, user: "context_pack_readonly" });
    return new SampleWalk(database, liveSurveyor(target));
  }

  async close(): Promise<void> {
    await this.#surveyor.close();
    this.database.drop();
    for (const folder of this.#folders) rmSync(folder, { recursive: true });
  }

  async store(): Promise<Store> {
    const folder = mkdtempSync(join(tmpdir(), "cutter-run-"));
    this.#folders.push(folder);
    return succeed(await openStore(folder));
  }

  async look(documentId: string): Promise<SurveyDocument | Failure> {
    this.looks += 1;
    const sight = await this.#surveyor.look({ documentId, because: "test", writingRole: "refused" });
    return sight instanceof Failure ? sight : sight.document;
  }

  /** A dry run of a small Markdown document, at its first gate unless `settings` say otherwise. */
  async begin(
    store: Store,
    { documentId = "NEW-DOC", text = MARKDOWN, settings = {} }: BeginChanges = {},
  ): Promise<RunRecord> {
    const survey = succeed(await this.look(documentId));
    const begun = await beginRun({
      ...{ store, runId: runId("ictr"), sessionId: null, mode: "dryrun", survey },
      source: Buffer.from(text),
      settings: {
        source: { from: "file", fileName: "new.md" },
        ...{ profile: "markdown", ownProfile: null, actor: "test", ownerRef: null, publicationType: null },
        surveyed: "live",
        ...settings,
      },
    });
    return succeed(begun).run;
  }

  parts(store: Store, approval: Uint8Array | null, changes: Partial<RunParts> = {}): RunParts {
    return {
      ...{ store, approval, adapterFor: simulatedAdapter, now: () => NOW },
      surveyAgain: (documentId) => this.look(documentId),
      closeOut: async () => ({ simulated: true }),
      ...changes,
    };
  }

  async resume(store: Store, run: RunRecord, approval: Uint8Array | null) {
    return succeed(await resumeRun(run.runId, this.parts(store, approval)));
  }

  removeDocument(documentId: string): void {
    this.database.psql(`DELETE FROM unit_version WHERE information_unit_id IN
      (SELECT id FROM information_unit WHERE canonical_address LIKE '${documentId}/%');
      DELETE FROM information_unit WHERE canonical_address LIKE '${documentId}/%'`);
  }
}

type BeginChanges = {
  readonly documentId?: string;
  readonly text?: string;
  readonly settings?: Partial<BeginOrder["settings"]>;
};

/** The bytes of an approval that fits the run at this gate, but for the changes. */
export function approvalOf(run: RunRecord, gate: Gate, changes: Partial<Approval> = {}): Uint8Array {
  return Buffer.from(JSON.stringify({ ...smokeApproval(standOf({ run, gate, now: NOW }), HOUR_MS), ...changes }));
}

/** The simulator with some of its methods replaced. */
export function replacing(methods: Partial<Simulator>): (work: AdapterWork) => Promise<Simulator> {
  return async (work) => ({ ...succeed(await simulatedAdapter(work)), ...methods });
}
