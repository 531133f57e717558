/**
 * gates/sample-build: samples of G-01 to G-13: what is measured while a sandbox is built.
 *
 * Used by sample.ts; never by the program.
 */
import { G01, G02, G03, G04, G05, G06 } from "./before.ts";
import {
  CONTENT,
  DIFFERENCE,
  HOST_STATE,
  ISOLATION,
  PRIVATE,
  PRIVILEGES,
  type Sample,
  SCAN,
  SIZE,
  sample,
  TABLE,
} from "./sample-parts.ts";
import { type CodeOf, G07, G08, G09, G10, G11, G12, G13 } from "./server.ts";

export const BUILD: readonly Sample[] = [
  sample(
    G01,
    { path: "/s", freeBytes: 10, neededBytes: 10 },
    {
      "a byte is missing": (one) => ({ ...one, freeBytes: 9 }),
      "nobody knows how much there is": (one) => ({ ...one, freeBytes: Number.NaN }),
    },
  ),
  sample(
    G02,
    { name: "n", taken: [] as readonly string[] },
    {
      "a directory has the name": (one) => ({ ...one, taken: ["/tmp/n"] }),
    },
  ),
  sample(G03, SCAN, {
    "a server could not be identified": (one) => ({ ...one, unknown: ["process 8"] }),
    "docker did not answer": (one) => ({ ...one, containers: [], unknown: ["containers: docker did not answer"] }),
    "the host does not say who it is": (one) => ({ ...one, host: "" }),
  }),
  sample(
    G04,
    { user: 0, entries: [PRIVATE], gitTree: null as string | null, secrets: 2, printed: [] as string[] },
    {
      "a directory is open to others": (one) => ({ ...one, entries: [{ ...PRIVATE, mode: 0o755 }] }),
      "a file is": (one) => ({ ...one, entries: [{ ...PRIVATE, kind: "file" as const, mode: 0o644 }] as never }),
      "a socket is": (one) => ({ ...one, entries: [{ ...PRIVATE, kind: "socket" as const, mode: 0o755 }] as never }),
      "it belongs to somebody else": (one) => ({ ...one, entries: [{ ...PRIVATE, owner: 5 }] as never }),
      "a link lies in it": (one) => ({ ...one, entries: [{ ...PRIVATE, kind: "other" as const }] as never }),
      "it lies in a git work tree": (one) => ({ ...one, gitTree: "/src" }),
      "a password was printed": (one) => ({ ...one, printed: ["password of x"] }),
      "there are no secrets": (one) => ({ ...one, secrets: 0 }),
      "nothing was looked at": (one) => ({ ...one, entries: [] }),
    },
  ),
  sample(
    G05,
    {
      ...{ from: "server" as const, transactionReadOnly: "on", transactionIds: [] as readonly string[] },
      dump: { looks: 3, transactionIds: [] as readonly string[] },
    },
    {
      "the session may write": (one) => ({ ...one, transactionReadOnly: "off" }),
      "a transaction id was given to it": (one) => ({ ...one, transactionIds: ["700"] }),
      "a transaction id was given to pg_dump": (one) => ({ ...one, dump: { looks: 3, transactionIds: ["700"] } }),
      "nobody saw pg_dump read": (one) => ({ ...one, dump: { looks: 0, transactionIds: [] } }),
      "nothing of a backup was verified": () => ({ from: "file", checked: [] }) as never,
    },
  ),
  sample(
    G06,
    { systemIdentifier: "7" as string | null, timeline: 1, database: "d", server: "primary" as const },
    {
      "the role may not ask for it": (one) => ({ ...one, systemIdentifier: null }),
      "it is no number": (one) => ({ ...one, systemIdentifier: "0" }),
    },
  ),
  sample(
    G07,
    { isolation: ISOLATION, code: "the source" as CodeOf },
    {
      "listen_addresses is set": (one) => ({ ...one, isolation: { ...ISOLATION, listenAddresses: "*" } }),
      "a socket listens": (one) => ({ ...one, isolation: { ...ISOLATION, tcpListeners: ["127.0.0.1:5432"] } }),
      "a port is published": (one) => ({ ...one, isolation: { ...ISOLATION, publishedPorts: ["5432/tcp"] } }),
      "it is in a network": (one) => ({ ...one, isolation: { ...ISOLATION, networks: ["bridge"] } }),
      "it sees a socket of somebody": (one) => ({ ...one, isolation: { ...ISOLATION, waysOut: ["the socket /s"] } }),
      "nothing was asked": (one) => ({ ...one, isolation: { ...ISOLATION, asked: "" } }),
    },
  ),
  sample(
    G08,
    {
      ...{ failure: null as string | null, notices: [] as readonly string[], dumped: [CONTENT], restored: [CONTENT] },
      tables: [TABLE],
    },
    {
      "pg_restore failed": (one) => ({ ...one, failure: "exit code 1" }),
      "it warned": (one) => ({ ...one, notices: ["pg_restore: warning: errors ignored on restore: 1"] }),
      "a row is missing": (one) => ({ ...one, restored: [{ ...CONTENT, rows: 2 }] }),
      "a row is another one": (one) => ({ ...one, restored: [{ ...CONTENT, contentSha256: "b".repeat(64) }] }),
      "a relation is missing": (one) => ({ ...one, restored: [] }),
      "nothing was dumped": (one) => ({ ...one, dumped: [], restored: [] }),
      "a row of a table that no cut writes is missing": (one) => ({ ...one, tables: [{ ...TABLE, restored: 2 }] }),
      "a row came into one": (one) => ({ ...one, tables: [{ ...TABLE, restored: 4 }] }),
      "such a table is missing": (one) => ({ ...one, tables: [{ ...TABLE, restored: null }] }),
      "a row of an extension's table is missing": (one) => ({
        ...one,
        tables: [{ ...TABLE, restored: 2, may: "have more, which its extension brought" as const }],
      }),
      "no table of the dump was counted": (one) => ({ ...one, tables: [] }),
    },
  ),
  sample(
    G09,
    { ...PRIVILEGES, size: SIZE, production: { differences: [], copied: [], leftOut: [] } },
    {
      "one grant too many": (one) => ({ ...one, differences: [DIFFERENCE] as never }),
      "one grant too few, by its number": (one) => ({ ...one, tablePrivileges: 32 }),
      "a column may be updated": (one) => ({ ...one, columnUpdates: 4 }),
      "a grant option": (one) => ({ ...one, grantOptions: ["SELECT on run to x"] as never }),
      "nothing was compared": (one) => ({ ...one, checked: {} as never }),
      "production has what the copy does not show": (one) => ({
        ...one,
        production: { ...one.production, differences: [DIFFERENCE] as never },
      }),
    },
  ),
  sample(
    G10,
    { production: "7" as string | null, sandbox: "8" as string | null },
    {
      "it is production": (one) => ({ ...one, sandbox: "7" }),
      "production's is not known": (one) => ({ ...one, production: null }),
      "its own is not known": (one) => ({ ...one, sandbox: "" }),
    },
  ),
  sample(
    G11,
    { before: HOST_STATE, after: HOST_STATE },
    {
      "a program was added": (one) => ({
        ...one,
        after: { ...HOST_STATE, installed: [{ place: "/usr/bin", files: ["ls 1", "new 2"] }] },
      }),
      "a program was changed": (one) => ({
        ...one,
        after: { ...HOST_STATE, installed: [{ place: "/usr/bin", files: ["ls 2"] }] },
      }),
      "a place came": (one) => ({
        ...one,
        after: { ...HOST_STATE, installed: [...HOST_STATE.installed, { place: "/opt", files: [] }] },
      }),
      "nothing was looked at": () => ({
        before: { ...HOST_STATE, installed: [] },
        after: { ...HOST_STATE, installed: [] },
      }),
    },
  ),
  sample(
    G12,
    { before: HOST_STATE, after: HOST_STATE },
    {
      "a service has another process": (one) => ({
        ...one,
        after: { ...HOST_STATE, services: [{ name: "ssh", begun: "MainPID=13" }] },
      }),
      "a server is gone": (one) => ({ ...one, after: { ...HOST_STATE, protected: [] } }),
      "the host was booted": (one) => ({ ...one, after: { ...HOST_STATE, boot: "host, boot 2" } }),
      "systemd is asked no more": (one) => ({ ...one, after: { ...HOST_STATE, servicesHow: "not asked" } }),
    },
  ),
  sample(
    G13,
    {
      files: [{ name: "cutter", expected: "a", actual: "a" as string | null }],
      ...{ sums: "agrees", findings: [] as readonly string[] },
    },
    {
      "a file was changed": (one) => ({ ...one, files: [{ name: "cutter", expected: "a", actual: "b" }] }),
      "a file is gone": (one) => ({ ...one, files: [{ name: "cutter", expected: "a", actual: null }] }),
      "SHA256SUMS says otherwise": (one) => ({ ...one, findings: ["its digest is another one"] }),
      "nothing is staged": (one) => ({ ...one, files: [] }),
    },
  ),
];
