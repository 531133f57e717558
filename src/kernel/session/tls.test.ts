import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { type CertificateFolder, makeCertificates, useCertificates } from "../../../scripts/database/certificates.ts";
import { psqlOn, testServer } from "../../../scripts/database/database.ts";
import { type FakeServer, fakeServer } from "../../../scripts/database/fake-server.ts";
import { type OwnServer, type Server, startServer, TEST_PASSWORD } from "../../../scripts/database/server.ts";
import { failed, hostOf, onlyCell, succeed, targetOf } from "../../../scripts/database/target.ts";
import type { ServerTarget, SslMode } from "../conninfo/target.ts";
import type { Failure } from "../failure.ts";
import { openSession } from "./open.ts";
import type { Session } from "./session.ts";

const folder = mkdtempSync(join(tmpdir(), "cutter-tls-"));
let files: CertificateFolder;
let server: OwnServer;
let withoutTls: Server;
const fakes: FakeServer[] = [];
const opened: Session[] = [];

const START_TIMEOUT_MS = 60_000;
const ACCESS_RULES = [
  "hostssl tls_only all 127.0.0.1/32 scram-sha-256",
  "hostnossl plain_only all 127.0.0.1/32 scram-sha-256",
  "hostssl client_only all 127.0.0.1/32 cert",
  "host all clear_text 127.0.0.1/32 password",
  "host all hashed 127.0.0.1/32 md5",
  "host tls_only,plain_only,client_only all 127.0.0.1/32 reject",
];

beforeAll(async () => {
  files = makeCertificates(folder);
  // 17 is the first that knows direct negotiation; the rest is the same since 14.
  server = await startServer(17, { accessRules: ACCESS_RULES });
  await useCertificates(server, files);
  withoutTls = await testServer();
  for (const one of [server, withoutTls]) psqlOn(one, "postgres", `ALTER ROLE postgres PASSWORD '${TEST_PASSWORD}'`);
  for (const name of ["tls_only", "plain_only", "client_only"]) psqlOn(server, "postgres", `CREATE DATABASE ${name}`);
  psqlOn(server, "postgres", `CREATE ROLE clear_text LOGIN PASSWORD '${TEST_PASSWORD}'`);
  psqlOn(server, "postgres", `SET password_encryption = 'md5'; CREATE ROLE hashed LOGIN PASSWORD '${TEST_PASSWORD}'`);
}, START_TIMEOUT_MS);

afterEach(async () => {
  for (const session of opened.splice(0)) await session.close();
  for (const fake of fakes.splice(0)) fake.stop();
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

type Changes = Partial<ServerTarget> & { readonly host?: string; readonly hostaddr?: string; readonly port?: number };

async function attempt(sslMode: SslMode, changes: Changes = {}): Promise<Session | Failure> {
  const { host = "localhost", hostaddr = "127.0.0.1", port = server.port, ...others } = changes;
  const target = targetOf([hostOf(port, { host, hostaddr })], { sslMode, ...others });
  const session = await openSession(target, { label: "test" });
  if ("query" in session) opened.push(session);
  return session;
}

/** How the connection came out: what our side says of it and what the server says, or the code of the Failure. */
async function outcome(sslMode: SslMode, changes: Changes = {}): Promise<string> {
  const session = await attempt(sslMode, changes);
  if (!("query" in session)) return session.code;
  const encrypted = onlyCell(await session.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"));
  const ours = session.login.tls?.replace(/^TLSv1.3 \S+, /, "") ?? "no TLS";
  return `${encrypted === "t" ? "encrypted" : "plain"}, ${ours}`;
}

async function fake(behave: Parameters<typeof fakeServer>[0]): Promise<FakeServer> {
  const started = await fakeServer(behave);
  fakes.push(started);
  return started;
}

describe("each sslmode, as libpq means it", () => {
  test.each<[SslMode, string]>([
    ["disable", "plain, no TLS"],
    ["allow", "plain, no TLS"],
    ["prefer", "encrypted, not verified"],
    ["require", "encrypted, not verified"],
  ])("%s", async (mode, expected) => {
    expect(await outcome(mode)).toBe(expected);
  });

  test.each<[SslMode, string, string]>([
    ["allow", "tls_only", "encrypted, not verified"],
    ["prefer", "plain_only", "plain, no TLS"],
    ["require", "plain_only", "AUTHENTICATION_FAILED"],
    ["disable", "tls_only", "AUTHENTICATION_FAILED"],
  ])("%s where pg_hba.conf has %s", async (mode, database, expected) => {
    expect(await outcome(mode, { database })).toBe(expected);
  });

  test.each<[SslMode, string]>([
    ["allow", "plain, no TLS"],
    ["prefer", "plain, no TLS"],
    ["require", "TLS_REFUSED"],
    ["verify-ca", "TLS_REFUSED"],
    ["verify-full", "TLS_REFUSED"],
  ])("%s at a server without TLS", async (mode, expected) => {
    const sslRootCert = mode.startsWith("verify") ? files.authority : null;
    expect(await outcome(mode, { port: withoutTls.port, sslRootCert })).toBe(expected);
  });

  test.each<[SslMode, string]>([
    ["require", "encrypted, verify-ca"],
    ["verify-ca", "encrypted, verify-ca"],
    ["verify-full", "encrypted, verify-full"],
  ])("%s with the right authority", async (mode, expected) => {
    expect(await outcome(mode, { sslRootCert: files.authority })).toBe(expected);
  });

  test.each<[SslMode, string]>([
    ["require", "TLS_INVALID"],
    ["verify-ca", "TLS_INVALID"],
    ["verify-full", "TLS_INVALID"],
    ["prefer", "plain, no TLS"],
  ])("%s with the wrong authority", async (mode, expected) => {
    expect(await outcome(mode, { sslRootCert: files.otherAuthority })).toBe(expected);
  });

  test.each<[SslMode, string]>([
    ["verify-ca", "encrypted, verify-ca"],
    ["verify-full", "TLS_INVALID"],
  ])("%s with the wrong host name", async (mode, expected) => {
    expect(await outcome(mode, { sslRootCert: files.authority, host: "db.example.org" })).toBe(expected);
  });

  test("verify-full by address, which the certificate names", async () => {
    const changes = { sslRootCert: files.authority, host: "127.0.0.1" };
    expect(await outcome("verify-full", changes)).toBe("encrypted, verify-full");
  });

  test("verify without a root certificate, and the system's roots where the name is not checked", async () => {
    expect(await outcome("verify-full")).toBe("TLS_INVALID");
    expect(await outcome("verify-full", { sslRootCert: "system" })).toBe("TLS_INVALID");
    expect(await outcome("require", { sslRootCert: "system" })).toBe("CONNINFO_INVALID");
  });

  test("a root certificate that cannot be read is no reason to go on without", async () => {
    expect(await outcome("prefer", { sslRootCert: join(folder, "missing.crt") })).toBe("FILE_UNREADABLE");
    writeFileSync(join(folder, "rubbish.crt"), "not a certificate");
    expect(await outcome("require", { sslRootCert: join(folder, "rubbish.crt") })).toBe("TLS_INVALID");
  });

  test("a socket directory has no TLS, whatever the mode", async () => {
    const changes = { host: server.socketDirectory, sslRootCert: join(folder, "missing.crt") };
    const target = targetOf([hostOf(server.port, { host: changes.host })], { sslMode: "verify-full" });
    const session = succeed(await openSession(target, { label: "test" }));
    opened.push(session);
    expect(session.login.tls).toBe(null);
  });

  test("no environment variable turns verification off", async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    try {
      expect(await outcome("verify-full", { sslRootCert: files.otherAuthority })).toBe("TLS_INVALID");
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });
});

describe("client certificates and passwords", () => {
  test("a client certificate logs in, and without one the server refuses", async () => {
    const { certificate: sslCert, key: sslKey } = files.client;
    expect(await outcome("require", { database: "client_only", sslCert, sslKey })).toBe("encrypted, not verified");
    expect(await outcome("require", { database: "client_only" })).toBe("AUTHENTICATION_FAILED");
  });

  test("a certificate without its key, or with another's, is refused", async () => {
    const sslCert = files.client.certificate;
    expect(await outcome("require", { sslCert })).toBe("TLS_INVALID");
    expect(await outcome("require", { sslCert, sslKey: files.server.key })).toBe("TLS_INVALID");
  });

  test("md5 logs in", async () => {
    expect(await outcome("disable", { user: "hashed" })).toBe("plain, no TLS");
  });

  test("a password in clear text is sent as libpq sends it, and said so where others could read it", async () => {
    const plain = succeed(await attempt("disable", { user: "clear_text" }));
    expect(succeed(await plain.query("SELECT 1")).notices.map(({ code }) => code)).toEqual(["01000"]);
    const encrypted = succeed(await attempt("require", { user: "clear_text" }));
    expect(succeed(await encrypted.query("SELECT 1")).notices).toEqual([]);
  });
});

describe("negotiation", () => {
  test("direct TLS is agreed on by ALPN, and an older server does not know it", async () => {
    const sslRootCert = files.authority;
    expect(await outcome("verify-full", { sslRootCert, sslNegotiation: "direct" })).toBe("encrypted, verify-full");
    expect(await outcome("require", { sslNegotiation: "direct", port: withoutTls.port })).toBe("TLS_INVALID");
  });

  test("direct TLS without ALPN could be any server, and is refused", async () => {
    const key = readFileSync(files.server.key);
    const anyServer = createServer({ key, cert: readFileSync(files.server.certificate) }, (socket) => socket.resume());
    await new Promise<void>((resolve) => anyServer.listen(0, "127.0.0.1", resolve));
    const { port } = anyServer.address() as AddressInfo;
    const failure = failed(await attempt("require", { sslNegotiation: "direct", port, connectTimeoutMs: 500 }));
    expect([failure.code, failure.message]).toEqual(["TLS_INVALID", expect.stringContaining("did not agree on ALPN")]);
    anyServer.close();
  });

  test("bytes that were put in before the handshake are refused", async () => {
    const { port, came } = await fake((socket) => socket.once("data", () => socket.write("S\0\0\0\0")));
    expect(await outcome("require", { port })).toBe("TLS_REFUSED");
    expect(came()).toBe(1);
  });

  test("an error in answer to the request for TLS is not shown, for nobody has signed it", async () => {
    const { port } = await fake((socket) => socket.once("data", () => socket.write("EFATAL: call 555-0100\0")));
    const failure = failed(await attempt("require", { port }));
    expect([failure.code, failure.message.includes("555")]).toEqual(["TLS_REFUSED", false]);
  });

  test("a server that is silent about TLS, or in the handshake, is a timeout", async () => {
    const silent = await fake(() => {});
    expect(await outcome("prefer", { port: silent.port, connectTimeoutMs: 100 })).toBe("CONNECT_TIMEOUT");
    const half = await fake((socket) => socket.once("data", () => socket.write("S")));
    expect(await outcome("require", { port: half.port, connectTimeoutMs: 100 })).toBe("CONNECT_TIMEOUT");
    expect([silent.came(), half.came()]).toEqual([1, 1]);
  });

  test("a server that closes when asked for TLS gets one attempt", async () => {
    const { port, came } = await fake((socket) => socket.end());
    expect(await outcome("prefer", { port })).toBe("CONNECT_FAILED");
    expect(came()).toBe(1);
  });

  test.each([true, false])("SNI names the host only if sslsni is on: %p", async (sslSni) => {
    const hello: Uint8Array[] = [];
    const { port } = await fake((socket) => {
      socket.once("data", () => {
        socket.on("data", (bytes: Buffer) => hello.push(bytes));
        socket.write("S");
      });
    });
    await outcome("require", { port, sslSni, connectTimeoutMs: 100 });
    expect(Buffer.concat(hello).includes("localhost")).toBe(sslSni);
  });
});

describe("what a session does over TLS", () => {
  test("cancel goes over TLS too", async () => {
    const firstBytes: Uint8Array[][] = [];
    const { port } = await fake((inner) => {
      const seen: Uint8Array[] = [];
      firstBytes.push(seen);
      const outer = connect({ host: "127.0.0.1", port: server.port });
      outer.on("error", () => {});
      inner.on("data", (bytes: Buffer) => {
        seen.push(bytes);
        outer.write(bytes);
      });
      outer.on("data", (bytes) => inner.write(bytes));
      outer.on("close", () => inner.destroy());
      inner.on("close", () => outer.destroy());
    });
    const session = succeed(await attempt("verify-full", { port, sslRootCert: files.authority }));
    const answer = session.query("SELECT pg_sleep(60)");
    await Bun.sleep(50);
    expect(await session.cancel()).toBe(null);
    expect(failed(await answer).facts.sqlstate).toBe("57014");
    // Each of the two connections began with SSLRequest and a ClientHello, and nothing else in plain text.
    expect(firstBytes.map(([request, hello]) => [request?.length, hello?.[0]])).toEqual([
      [8, 22],
      [8, 22],
    ]);
  });

  test("5 MB arrive whole, and close leaves no backend", async () => {
    const session = succeed(await attempt("require"));
    expect(onlyCell(await session.query("SELECT repeat('x', 5000000)"))?.length).toBe(5_000_000);
    await session.close();
    const left = `SELECT count(*) FROM pg_stat_activity WHERE pid = ${session.login.backendPid}`;
    expect(psqlOn(server, "postgres", left)).toBe("0");
  });

  test("a wrong password is not sent a second time without encryption", async () => {
    const target = targetOf([hostOf(server.port, { password: "wrong-password" })], { sslMode: "prefer" });
    const failure = failed(await openSession(target, { label: "test" }));
    expect([failure.code, failure.facts.also]).toEqual(["AUTHENTICATION_FAILED", undefined]);
  });
});
