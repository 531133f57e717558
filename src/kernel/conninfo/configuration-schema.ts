/**
 * configuration-schema: what may stand in cutter.toml, key by key.
 *
 * strictObject throughout, so that a misspelt key is refused and not ignored. Loaded only where there is a file to
 * check, since it loads valibot.
 */
import { resolve } from "node:path";
import * as v from "valibot";
import { parseDuration } from "../clock.ts";
import { limits } from "../limits.ts";
import { type ApprovalPolicy, NO_APPROVAL_POLICY, POLICY_GATES } from "./approval-policy.ts";
import { CONNECTIONS, type ConnectionName } from "./connection-name.ts";

const text = v.pipe(v.string(), v.nonEmpty("must not be empty"));

/** One of url, service and env_file; the last with env_map. */
const connection = v.pipe(
  v.strictObject({
    url: v.optional(text),
    service: v.optional(text),
    env_file: v.optional(text),
    env_map: v.optional(v.record(v.string(), text)),
  }),
  v.check(({ url, service }) => url === undefined || service === undefined, "url and service exclude each other"),
  v.check(({ env_file, env_map }) => (env_file === undefined) === (env_map === undefined), "env_file needs env_map"),
);

type Connections = { [name in ConnectionName]: v.OptionalSchema<typeof connection, undefined> };

const connections = Object.fromEntries(CONNECTIONS.map((name) => [name, v.optional(connection)])) as Connections;

/** Absolute, and the same place for everybody who reads it: `..` behind a link leads elsewhere than it seems. */
const absolutePath = v.pipe(
  text,
  v.check((path) => path.startsWith("/"), "should be an absolute path"),
  v.check((path) => !path.split("/").includes(".."), "should be a path without .."),
  v.check((path) => !path.includes("\0"), "should be a path without a zero byte"),
  v.transform((path) => resolve(path)),
);

/** The folders and files that a run must not change; without any the table has no use and is a mistake. */
const integrity = v.strictObject({
  trees: v.pipe(
    v.array(absolutePath),
    v.check((trees) => trees.length > 0, "should name at least one tree"),
    v.check((trees) => trees.length <= limits.integrityTrees, `should name at most ${limits.integrityTrees} trees`),
    v.check((trees) => new Set(trees).size === trees.length, "should name each tree once"),
  ),
});

/**
 * The keys of the DOT pair, one for each leg, and the key of attestations: Ed25519 in PEM. `ssh_key`, a private key of
 * OpenSSH, or the public half of one that an agent has: it signs the digests of evidence.
 */
const signing = v.strictObject({
  exec_key: v.optional(absolutePath),
  verify_key: v.optional(absolutePath),
  attest_key: v.optional(absolutePath),
  ssh_key: v.optional(absolutePath),
});

const signatures = v.picklist([1, 2]);

const perGate = v.strictObject(v.entriesFromList(POLICY_GATES, v.optional(signatures)));

const validFor = v.pipe(
  text,
  v.check((value) => parseDuration(value) !== null, "should be a duration such as 90m, 24h or 7d"),
  v.check((value) => (parseDuration(value) ?? 0) <= limits.longestApprovalMs, "should be 30d at most"),
  v.transform((value) => parseDuration(value) ?? limits.approvalMs),
);

/** The first word is a place and no name: what is found by name depends on who asks. */
const program = v.pipe(
  v.array(text),
  v.check(([first]) => first?.startsWith("/") === true, "should begin with the absolute path of a program"),
);

/**
 * Whose signature lets a run pass a gate: `allowed_signers`, the file of OpenSSH; `required`, how many people sign, 1
 * or 2, for all gates or in a table by gate (one that it leaves out: 1); `valid_for`, how long `cutter approve` writes
 * an approval for; `ssh_keygen`, the program where it is not the one on the PATH.
 */
const approvals = v.pipe(
  v.strictObject({
    allowed_signers: v.optional(absolutePath),
    required: v.optional(v.union([signatures, perGate], "should be 1, 2 or a table of gates with 1 or 2 each")),
    valid_for: v.optional(validFor),
    ssh_keygen: v.optional(program),
  }),
  v.transform(({ allowed_signers, required = 1, valid_for, ssh_keygen }): ApprovalPolicy => {
    const named =
      typeof required === "number" ? POLICY_GATES.map((gate) => [gate, required]) : Object.entries(required);
    return {
      allowedSigners: allowed_signers ?? null,
      required: { ...NO_APPROVAL_POLICY.required, ...Object.fromEntries(named) },
      validForMs: valid_for ?? NO_APPROVAL_POLICY.validForMs,
      sshKeygen: ssh_keygen ?? null,
    };
  }),
);

/** A program and its first arguments; started without a shell. */
const tool = v.pipe(
  v.array(
    v.pipe(
      text,
      v.check((word) => !word.includes("\0"), "should be words without a zero byte"),
    ),
  ),
  v.check((words) => words.length > 0, "should name a program"),
);

/** The key that backups are encrypted for, where it is found, and where they lie. */
const backup = v.pipe(
  v.strictObject({
    key: v.pipe(
      v.string(),
      v.check((key) => /^[0-9A-Fa-f]{40}$/.test(key), "should be a full fingerprint, 40 hex digits"),
    ),
    key_file: v.optional(absolutePath),
    gnupg_home: v.optional(absolutePath),
    directory: v.optional(absolutePath),
    retention: v.optional(
      v.pipe(
        v.string(),
        v.check((days) => /^[1-9]\d{0,4}d$/.test(days), 'should be a number of days, e.g. "30d"'),
      ),
    ),
    pg_dump: v.optional(tool),
    pg_restore: v.optional(tool),
    gpg: v.optional(tool),
  }),
  v.check(
    ({ key_file, gnupg_home }) => (key_file === undefined) !== (gnupg_home === undefined),
    "should have one of key_file and gnupg_home",
  ),
);

export const configurationSchema = v.strictObject({
  document: v.optional(text),
  connections: v.optional(v.strictObject(connections)),
  integrity: v.optional(integrity),
  signing: v.optional(signing),
  approvals: v.optional(approvals),
  backup: v.optional(backup),
  /** Checked by flow/profiles, which knows what a profile is. */
  profiles: v.optional(v.record(text, v.unknown())),
});
