/**
 * commands: the table C-01 to C-13: what each does, the command lines that say so, and the gates that have to pass.
 *
 * Data and pure functions of names: `cutter sandbox plan` prints it, and the sequence is run in its order. A line that
 * begins with # is done by this program itself; the others are the processes that it starts. Changes nothing.
 */

import { SERVICE_PROPERTIES } from "./measure/host-state.ts";
import type { ProviderName } from "./providers/provider.ts";
import { DATABASE, DUMP_WORDS, GPG_WORDS, RESTORE_WORDS, type SourceKind, sshKeygenWords } from "./words.ts";

/** What the lines are made of: a word in capitals where the run itself decides. */
export type PlanNames = {
  readonly name: string;
  readonly provider: ProviderName;
  readonly source: SourceKind;
  /** Of a backup: its path; of a live source: which database, without a password. */
  readonly sourceLine: string;
  readonly workDirectory: string;
  readonly minFreeBytes: number;
  readonly scenarios: readonly { readonly id: string; readonly title: string; readonly lines: readonly string[] }[];
};

export type CommandRow = {
  readonly id: string;
  readonly action: string;
  readonly gates: readonly string[];
  lines(names: PlanNames): readonly string[];
};

export const COMMANDS: readonly CommandRow[] = [
  {
    id: "C-01",
    action: "preflight",
    gates: ["G-01", "G-02", "G-03"],
    lines: ({ name, minFreeBytes, workDirectory }) => [
      `# statfs ${workDirectory}: at least ${minFreeBytes} bytes free`,
      `# nothing is called ${name}: no directory, process, container, volume or network, and no record`,
      "# each PostgreSQL server of this host: its process, when it was begun, its data directory (from /proc)",
      "docker ps --no-trunc",
      "docker container inspect CONTAINER",
      `systemctl show --type=service --state=running ${SERVICE_PROPERTIES} '*'`,
    ],
  },
  {
    id: "C-02",
    action: "work directory, one-time secrets",
    gates: ["G-04"],
    lines: ({ workDirectory: work }) => [
      `# mkdir -m 0700 ${work}; a password of 24 random bytes for each role, in ${work}/passwords/pgpass, 0600`,
      `ssh-keygen ${sshKeygenWords(`${work}/keys/sovereign`).map(quoted).join(" ")}`,
      `gpg --homedir GNUPG_HOME ${GPG_WORDS.join(" ")} --quick-generate-key sandbox ed25519 cert,sign never`,
      `gpg --homedir GNUPG_HOME ${GPG_WORDS.join(" ")} --quick-add-key FINGERPRINT cv25519 encr never`,
      `gpg --homedir GNUPG_HOME ${GPG_WORDS.join(" ")} --output ${work}/keys/backup.gpg --export FINGERPRINT`,
      "gpgconf --homedir GNUPG_HOME --kill all",
      `# two Ed25519 keys of the DOT pair: ${work}/keys/exec.pem, ${work}/keys/verify.pem`,
    ],
  },
  { id: "C-03", action: "obtain the dump", gates: ["G-05", "G-06"], lines: dumpLines },
  {
    id: "C-04",
    action: "start the isolated server",
    gates: ["G-07"],
    lines: (names) => [
      ...startLines(names, names.name, "may be cloned"),
      "# its system identifier is compared at once, before anything is written there (G-10)",
    ],
  },
  {
    id: "C-05",
    action: "restore",
    gates: ["G-08"],
    lines: ({ workDirectory: work, source }) => [
      ...(source === "backup" ? [] : ["# the roles of production, without a password, and their memberships"]),
      `# CREATE DATABASE ${DATABASE}`,
      ...(source === "backup" ? ["# the schema, as cutter schema install makes it; its tables emptied"] : []),
      `pg_restore ${RESTORE_WORDS[source].join(" ")} --dbname=${DATABASE} < ${work}/dump`,
      "# rows of every table as in the dump; of what a cut writes the digest, as in the dump's snapshot",
    ],
  },
  {
    id: "C-06",
    action: "roles and privilege matrix",
    gates: ["G-09"],
    lines: ({ source }) => [
      ...(source === "backup"
        ? []
        : ["# the settings of production's roles and database, but for what is told (ALTER)"]),
      "# each role that logs in is given a SCRAM verifier of its one-time password (ALTER ROLE)",
      "# what the roles may do, compared with the matrix, as cutter schema verify does it",
      ...(source === "backup" ? [] : ["# and what it said of production in C-03"]),
    ],
  },
  {
    id: "C-07",
    action: "identity",
    gates: ["G-10"],
    lines: () => ["# SELECT system_identifier FROM pg_control_system(), in both: equal is a hard abort"],
  },
  {
    id: "C-08",
    action: "harness",
    gates: ["G-11", "G-12"],
    lines: () => ["# programs, packages and services of this host, compared with C-01"],
  },
  {
    id: "C-09",
    action: "stage",
    gates: ["G-13"],
    lines: ({ workDirectory: work }) => [
      `# documents and cutter.toml into ${work}/stage; SHA-256 of each and of this program, read back`,
    ],
  },
  {
    id: "C-10",
    action: "scenarios S1 to S12",
    gates: [],
    lines: ({ scenarios }) => scenarios.flatMap(({ id, title, lines }) => [`# ${id}: ${title}`, ...lines]),
  },
  {
    id: "C-11",
    action: "verification",
    gates: ["G-14", "G-15", "G-16", "G-17", "G-18", "G-19", "G-20", "G-21", "G-22"],
    lines: () => [
      "# programs, packages and services of this host once more (G-11, G-12)",
      "# catalog, rows, privileges, sessions and prepared transactions of the sandbox; its log; the ledger's own times",
      "# sessions, identity and contents of production, read-only; secrets in every file and command line",
    ],
  },
  {
    id: "C-12",
    action: "evidence",
    gates: ["G-23"],
    lines: ({ name }) => [`# logs, traces, journal and report; SHA256SUMS (of ${name}, below runs/)`],
  },
  {
    id: "C-13",
    action: "teardown, by exact names only",
    gates: ["G-24", "G-25"],
    lines: (names) => [
      `# SIGQUIT to the server processes that were started; then ${names.workDirectory} and what else is on record`,
      "# G-24 and G-25: what is protected, and production's identity, read once more",
    ],
  },
];

/** As a shell reads it. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_./:=,-]+$/.test(word) ? word : `'${word}'`;
}

function dumpLines(names: PlanNames): readonly string[] {
  const { workDirectory: work, source, sourceLine } = names;
  const dump = `pg_dump ${DUMP_WORDS.join(" ")} --snapshot=SNAPSHOT > ${work}/dump`;
  if (source === "backup") {
    return [
      "gpg-connect-agent --homedir GNUPG_HOME --no-autostart 'getinfo pid' /bye",
      "gpg --homedir GNUPG_HOME --list-secret-keys FINGERPRINT",
      `gpg --homedir GNUPG_HOME --output ${work}/dump --decrypt ${sourceLine}`,
      "gpgconf --homedir GNUPG_HOME --kill gpg-agent",
      `pg_restore --file=- ${work}/dump`,
      "# digests and rows, compared with its manifest (as cutter backup verify does it)",
    ];
  }
  const stand =
    source === "live"
      ? [`# ${sourceLine}`]
      : [...startLines(names, `${names.name}-p`, "fresh"), "# the reference database in it"];
  return [
    ...stand,
    "# its roles, their memberships and settings, and what cutter schema verify says of their rights, from catalogs",
    "# BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; rows and digest of each relation; pg_export_snapshot()",
    dump,
    `pg_restore --file=- ${work}/dump`,
  ];
}

function startLines({ provider }: PlanNames, server: string, cluster: "fresh" | "may be cloned"): readonly string[] {
  if (provider === "embedded") return [`# ${server}: the database inside this program`];
  if (provider === "docker") {
    const hardened = "--network none --cap-drop ALL --security-opt no-new-privileges --read-only";
    return [`docker run --name ${server} ${hardened} postgres`];
  }
  return [
    "setpriv --no-new-privs --pdeathsig QUIT postgres --version",
    ...(cluster === "fresh" ? [] : ["# or a copy of a cluster that was made before and never started:"]),
    "setpriv --pdeathsig KILL unshare --mount --net --ipc --pid --fork --kill-child sh -c 'mount -t tmpfs closed /tmp'",
    "# in a network, a root directory and a table of processes of its own, from which it reaches nothing, each of:",
    "setpriv --pdeathsig KILL unshare --mount --net --ipc --pid --fork --kill-child sh HOME/close.sh ...",
    "setpriv --no-new-privs --pdeathsig QUIT initdb --auth=reject --pgdata DATA",
    ...(cluster === "fresh" ? [] : ["setpriv --pdeathsig KILL cp --archive TEMPLATE DATA"]),
    "setpriv --no-new-privs --pdeathsig QUIT postgres -D DATA -c listen_addresses= -c unix_socket_directories=SOCKET",
  ];
}
