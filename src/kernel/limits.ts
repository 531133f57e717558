/**
 * limits: every bound that cutter keeps, by name, in one place.
 *
 * A number that stops something (a wait, a retry, a size) stands here and nowhere else, with its unit last in the
 * name. Nothing in here may be read from the environment; what an operator may change comes in by a flag whose
 * default is one of these.
 */
export const limits = {
  /** libpq has no default; without one a silent host would hold an operator for minutes. */
  connectTimeoutMs: 10_000,
  /** What connect_timeout=0, libpq's "no limit", comes to. */
  longestConnectTimeoutMs: 600_000,
  /** The server gives up a lock wait after this; also the longest a proof may make others wait. */
  lockTimeoutMs: 5_000,
  statementTimeoutMs: 60_000,
  /** The largest that a timeout of the server can be. */
  longestTimeoutMs: 2_147_483_647,
  idleInTransactionTimeoutMs: 60_000,
  transactionTimeoutMs: 300_000,
  /** The server looks this often whether we are still there (client_connection_check_interval, 14 and newer). */
  clientConnectionCheckMs: 500,
  tcpKeepalivesIdleSeconds: 5,
  tcpKeepalivesIntervalSeconds: 2,
  tcpKeepalivesCount: 2,
  /** Our own clock beside statement_timeout, which tested SQL can swallow once: cancel, then terminate. */
  wallClockGraceMs: 2_000,
  cancelTimeoutMs: 2_000,
  closeTimeoutMs: 1_000,
  /** One message from the server; a larger one is refused before it is buffered. */
  messageBytes: 256 * 1024 * 1024,
  /** Until the login is over, when anybody may be at the other end. */
  loginMessageBytes: 64 * 1024,
  /** Messages of one login; a real one has about twenty. */
  loginMessages: 1_000,
  /** All rows of one reply, as sent. */
  replyBytes: 512 * 1024 * 1024,
  /** Notices kept of one statement; the others are counted. */
  replyNotices: 1_000,
  /** What a server may make us compute at login (scram_iterations is 4,096 unless set). */
  scramIterations: 10_000_000,
  scriptBytes: 32 * 1024 * 1024,
  scriptStatements: 100_000,
  /** Changed rows of one system catalog that a report names one by one. */
  catalogRows: 10_000,
  /** Relations or functions that one remark names; the others are counted in it. */
  namedInRemark: 20,
  /** Sequences whose position is read beforehand, and how many of them are locked at a time. */
  surveyedSequences: 20_000,
  sequenceBatch: 500,
  /** How long our own reading of a sequence waits for another session; then its position is unknown. */
  surveyLockTimeoutMs: 500,
  specBytes: 1024 * 1024,
  /** Of a source document. It is read whole; cutting takes a few times as much memory. */
  documentBytes: 256 * 1024 * 1024,
  /** A quotation that is not closed within this is taken for a forgotten mark. */
  quotedBytes: 256 * 1024,
  /** A YAML block at a document's start is looked for in this much of it. */
  frontMatterBytes: 64 * 1024,
  /** What `auto` reads of a document to choose a profile. */
  sampleBytes: 128 * 1024,
  /** Of a unit's heading and title; the full text stays in its body. */
  headingCharacters: 300,
  /** Of the number or heading in one part of a canonical address. */
  addressPartCharacters: 64,
  configBytes: 1024 * 1024,
  baselineBytes: 16 * 1024 * 1024,
  credentialFileBytes: 1024 * 1024,
  /** The embedded engine starts in well under a second; a busy machine may take longer. */
  embeddedStartTimeoutMs: 30_000,
  /** initdb inside the program takes a few seconds of one processor. */
  embeddedInitdbTimeoutMs: 120_000,
  /** All that the embedded engine answers to one batch of messages: it is held in memory twice. */
  embeddedAnswerBytes: 64 * 1024 * 1024,
  proofRetries: 3,
  watchedRelations: 2_000,
  /** Time for exact counts in one snapshot under --mode auto; then estimates, marked as such. */
  exactCountBudgetMs: 2_000,
  /** Relations up to this many bytes together are counted exactly under --mode auto; larger ones are estimated. */
  exactCountBytes: 16 * 1024 * 1024,
  countsPerStatement: 100,
  /** Of relations that one statement counts where its progress is shown; about a tenth of a second. */
  countedBytesPerStatement: 64 * 1024 * 1024,
  /** Blocks counted between two looks at the clock, when rows are counted inside a proof's transaction. */
  netCountPartBlocks: 256,
  /** Below deadlock_timeout (1 s), so that a look never makes the server look for a deadlock. */
  witnessLockTimeoutMs: 500,
  witnessLookTimeoutMs: 5_000,
  /** How often the witness asks whether the proof has reached the rendezvous. */
  rendezvousPollMs: 20,
  /**
   * How long the proof waits for the witness to look, with every lock held: the witness's own budget and some more. It
   * is kept by the server, so it holds for a program that was stopped, too. The second one is for --mode exact, where
   * the operator asked for looks that take longer.
   */
  rendezvousTimeoutMs: 8_000,
  exactRendezvousTimeoutMs: 20_000,
  /** Units of one document that a survey takes in, and how many come in one reply, with and without their bodies. */
  surveyedUnits: 1_000_000,
  surveyedUnitsPerFetch: 5_000,
  surveyedBodiesPerFetch: 500,
  /** Rows of the ledger, and planned rows with their bodies, that go through one statement of a live phase. */
  ledgerRowsPerFetch: 5_000,
  rowsPerBatch: 400,
  batchBytes: 1 * 1024 * 1024,
  /** Differences that a verification names; the others are counted. */
  verifyFindings: 1_000,
  /** How long the outcome of a COMMIT whose answer was lost is asked for, and how often; then it is unknown. */
  resolveTimeoutMs: 30_000,
  resolvePauseMs: 250,
  /** While a phase runs: how often what says off is asked, and how long a cancelled statement may take to end. */
  killSwitchWatchMs: 500,
  /** A run that is enacted is armed for so long to be closed out. */
  closeoutMs: 600_000,
  brokenOffGraceMs: 1_000,
  /** One statement of a live phase: a batch of calls on a busy server. */
  phaseStatementTimeoutMs: 120_000,
  /** The COMMIT of a phase, which no timeout of the server's ends: a standby that is missing never confirms it. */
  commitTimeoutMs: 60_000,
  /** A phase of 100,000 units takes a minute or two. */
  phaseTransactionTimeoutMs: 1_800_000,
  /** Documents that a survey names; the others are counted. */
  surveyedDocuments: 50,
  /** A whole backup, and how long it may stand still: a program that reads or writes nothing is killed. */
  backupTimeoutMs: 3_600_000,
  backupStallMs: 300_000,
  /** gpg or pg_dump asked for a list or its version. */
  backupToolTimeoutMs: 60_000,
  /** What is kept of a program's complaint, or of gpg's status lines. */
  toolComplaintCharacters: 64 * 1024,
  publicKeyBytes: 1024 * 1024,
  /** How often the removal of a folder is tried that another process may still write into. */
  removeAttempts: 20,
  removePauseMs: 50,
  /** How far the clocks of this machine and of a server may be apart before it is said to be too far. */
  clockSkewMs: 10_000,
  /** How often is asked whether the session that made a scratch database is gone. */
  scratchPollMs: 50,
  /** The manifest beside a backup. */
  backupManifestBytes: 1024 * 1024,
  /** Of a private key in PEM. */
  signingKeyBytes: 16 * 1024,
  /** rehearsal.json beside a run. */
  rehearsalBytes: 16 * 1024 * 1024,
  approvalBytes: 64 * 1024,
  /** An armored signature by the largest RSA key is below 4 KiB. */
  signatureBytes: 16 * 1024,
  allowedSignersBytes: 256 * 1024,
  /** Of one document. */
  approvalAuthorities: 8,
  /** How long an approval holds where nobody says otherwise, and the longest that one is written for. */
  approvalMs: 24 * 3_600_000,
  longestApprovalMs: 30 * 24 * 3_600_000,
  /** ssh-keygen verifies in milliseconds; for a signature a person types a passphrase or touches a key. */
  sshKeygenTimeoutMs: 10_000,
  signingTimeoutMs: 300_000,
  sshKeygenOutputBytes: 64 * 1024,
  /** How long the approvals hold that a dry run writes for itself: a person may try the gates later. */
  smokeApprovalMs: 7 * 24 * 3_600_000,
  /** survey.json of a run: a million units come to a few hundred bytes each. */
  surveyFileBytes: 1024 * 1024 * 1024,
  slowestStatements: 5,
  /** Named processes shown when other sessions were writing during a proof. */
  activityRows: 20,
  errorTextCharacters: 4_000,
  /** Of a value that is shown because it is not what it should be. */
  shownValueCharacters: 60,
  /** Of one statement's plan under --explain. */
  planCharacters: 100_000,
  /** What is read of a file that says `off`; its first line goes into reports. */
  holdFileBytes: 64 * 1024,
  evidenceFileBytes: 256 * 1024 * 1024,
  /** Trees that [integrity] of the configuration may name. */
  integrityTrees: 32,
  /** Of one tree: files, folders and the rest; levels of folders; bytes read; and the time for it. */
  integrityEntries: 100_000,
  integrityDepth: 64,
  integrityBytes: 16 * 1024 * 1024 * 1024,
  integrityTimeMs: 120_000,
  /** What is read of one unit file, crontab or script, and how many files of one directory are. */
  serviceFileBytes: 1024 * 1024,
  serviceFiles: 5_000,
  /** `sudo nice sh -c "timeout 5 …"`: how many commands inside each other are followed. */
  nestedCommands: 16,
  /** Asking systemctl, docker or another tool what runs: time, and what is read of its answer. */
  toolTimeoutMs: 5_000,
  /** After a tool has ended: how long its status stream, which a process that it left may hold open, is waited for. */
  toolStatusWaitMs: 2_000,
  toolOutputBytes: 8 * 1024 * 1024,
  /** Of a line that is shown as evidence. */
  evidenceLineCharacters: 400,
  /** What is read of a file below /proc, and how many generations of processes are followed. */
  processFileBytes: 64 * 1024,
  ancestors: 64,
  /** What is read of the running program to digest it. */
  programBytes: 1024 * 1024 * 1024,
  /** What is read of a SHA256SUMS beside it. */
  sumsBytes: 64 * 1024,
  /** What is read of a file at a time while it is digested. */
  digestChunkBytes: 1024 * 1024,
  /** report.html, which a phone opens; facts.json beside it holds what it leaves out. */
  htmlBytes: 4 * 1024 * 1024,
  /** Rows of a table in the text report; the rest is counted there and listed in full in the other formats. */
  reportRows: 40,
  /** Progress of long work: how often it is drawn on a terminal, and told where there is none. */
  progressDrawMs: 500,
  progressLineMs: 10_000,
  /** Steps that were over sooner get no line of their own. */
  progressTellMs: 100,
  /** A pace is of the last so long, is told after so long, and not once nothing more has come for so long. */
  paceWindowMs: 20_000,
  paceBasisMs: 3_000,
  paceStillMs: 5_000,
  paceSampleMs: 250,
  suggestionDistance: 3,
  /** How long a write into the run store waits for another process's write, a few milliseconds each. */
  storeBusyTimeoutMs: 5_000,
  /** A run store up to this size is read through when it is opened; any is by `verifyChain`. */
  storeReadThroughBytes: 4 * 1024 * 1024,
  /** What one phase leaves in the run store: at most a whole cutplan. */
  storePayloadBytes: 64 * 1024 * 1024,
  /** One event holds words and digests, and a message of errorTextCharacters. */
  storeEventBytes: 64 * 1024,
  /** How long starters that come at the same moment sort out which of them has the run; a holder keeps it longer. */
  runLockWaitMs: 300,
  /** What is read of a table that the kernel writes, such as /proc/locks. */
  kernelTableBytes: 4 * 1024 * 1024,
  /** Causes shown below a failure; a chain may bite its tail. */
  causeChain: 8,
  /** After the first signal: time for cleaning up, then for saying so. A second signal ends at once. */
  signalCleanupMs: 5_000,
  signalReportMs: 1_000,
  /** One question to the container engine; removing a container that runs is one. */
  engineTimeoutMs: 10_000,
  /** How often a server in a container is looked at while it starts: each look starts a process. */
  containerPollMs: 100,
  /** What a container of the sandbox may use; its cluster lies in memory, and counts. */
  containerProcesses: 256,
  containerMemoryMegabytes: 4_096,
  containerDataMegabytes: 3_072,
  /** What a socket's directory may have: sun_path holds 107 bytes, and `/.s.PGSQL.5432` follows. */
  socketDirectoryBytes: 93,
  /** How often a server of the sandbox that starts or ends is looked at. */
  sandboxPollMs: 5,
  /** How often a dump is taken that was over before its session was looked at. */
  sandboxDumpAttempts: 5,
  /** Writing a record of leftovers takes no longer, whatever the disk does. */
  unfinishedRecordMs: 60_000,
  /** From nothing to the first answer, and how long its end is waited for before it is killed. */
  sandboxStartTimeoutMs: 120_000,
  /** How often production's sessions are looked at while the scenarios run. */
  sandboxWatchMs: 250,
  sandboxStopTimeoutMs: 2_000,
  /** What is shown of the log of a server that did not start, and what is read of one that ended. */
  sandboxLogCharacters: 2_000,
  sandboxLogEndBytes: 64 * 1024,
  /** One process of a scenario; a resume that waits for locks and resolves an outcome is done sooner. */
  sandboxProcessTimeoutMs: 300_000,
  /** Of one process, kept of each of its streams. */
  sandboxOutputBytes: 4 * 1024 * 1024,
  /** Of the server's log, for the trace of one scenario, and for what is read of it at the end. */
  sandboxTraceBytes: 64 * 1024 * 1024,
  /** A log that something of its server blows up is not read for ever. */
  sandboxLogBytes: 4 * 1024 ** 3,
  /** A search for secrets below one directory; and how large a file may be of which most is a hole. */
  secretSearchMs: 3_600_000,
  searchedHoleBytes: 4 * 1024 * 1024 * 1024,
  /** Room that is left on the disk unless somebody says otherwise. */
  sandboxFreeGib: 5,
  /** What a scenario waits for at most: a row, a process that should be stopped by something. */
  sandboxPatienceMs: 60_000,
  /** GnuPG's directory: behind it comes `/S.gpg-agent.browser`, and all of it has to fit into a socket's address. */
  gnupgHomeBytes: 87,
  /** The file that names what a sandbox made. */
  leftoverRecordBytes: 256 * 1024,
  /** The oldest server that the rollback-only transaction was tested on. */
  oldestServerVersion: 140_000,
} as const;
