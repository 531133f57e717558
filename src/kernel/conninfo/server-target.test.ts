import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { resolveTarget } from "./resolve.ts";
import type { ServerTarget } from "./target.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "cutter-target-"));
  mkdirSync(join(home, ".postgresql"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function put(name: string, mode = 0o600): string {
  const path = join(home, ".postgresql", name);
  writeFileSync(path, "x");
  chmodSync(path, mode);
  return path;
}

async function resolve(text: string, environment: Record<string, string> = {}): Promise<ServerTarget | Failure> {
  const target = await resolveTarget({ url: text, environment, homeDirectory: home });
  if (!(target instanceof Failure) && target.kind === "embedded") throw new Error("not asked for");
  return target;
}

async function codeOf(text: string, environment: Record<string, string> = {}): Promise<string> {
  const target = await resolve(text, environment);
  return target instanceof Failure ? target.code : "accepted";
}

async function tlsFiles(text: string): Promise<(string | null)[]> {
  const target = await resolve(text);
  if (target instanceof Failure) throw new Error(target.message);
  return [target.sslRootCert, target.sslCert, target.sslKey];
}

test("sslmode=verify-full without any root certificate is refused before connecting", async () => {
  expect(await codeOf("host=h sslmode=verify-full")).toBe("CONNINFO_INVALID");
  expect(await codeOf("host=h sslmode=verify-ca")).toBe("CONNINFO_INVALID");
  const root = put("root.crt");
  expect(await tlsFiles("host=h sslmode=verify-full")).toEqual([root, null, null]);
});

test("a root certificate that was named and is missing is refused, where libpq would go on unverified", async () => {
  expect(await codeOf("host=h sslmode=require sslrootcert=/nonexistent")).toBe("FILE_UNREADABLE");
  expect(await codeOf("host=h sslmode=disable sslrootcert=/nonexistent")).toBe("accepted");
  expect(await codeOf("host=/socket sslmode=require sslrootcert=/nonexistent")).toBe("accepted");
});

test("sslrootcert=system implies verify-full and takes nothing weaker", async () => {
  const target = await resolve("host=h sslrootcert=system");
  expect(target).toMatchObject({ sslMode: "verify-full", sslRootCert: "system" });
  expect(await codeOf("host=h sslrootcert=system sslmode=require")).toBe("CONNINFO_INVALID");
});

test("sslnegotiation=direct needs a mode that insists on TLS", async () => {
  expect(await codeOf("host=h sslnegotiation=direct")).toBe("CONNINFO_INVALID");
  expect(await codeOf("host=h sslnegotiation=direct sslmode=require")).toBe("accepted");
});

test("a revocation list that libpq would use is not passed over", async () => {
  put("root.crt");
  put("root.crl");
  expect(await codeOf("host=h sslmode=verify-full")).toBe("CONNINFO_UNSUPPORTED");
});

test("a client key that others may use is refused, and a certificate without a key too", async () => {
  const cert = put("postgresql.crt", 0o644);
  expect(await codeOf("host=h")).toBe("FILE_UNREADABLE");
  const key = put("postgresql.key", 0o644);
  expect(await codeOf("host=h")).toBe("FILE_NOT_PRIVATE");
  expect(await tlsFiles("host=h sslcertmode=disable")).toEqual([null, null, null]);
  chmodSync(key, 0o600);
  expect(await tlsFiles("host=h")).toEqual([null, cert, key]);
  expect(await codeOf("host=h sslcert=/nonexistent")).toBe("FILE_UNREADABLE");
  expect(await codeOf("host=h sslkey=pkcs11:7")).toBe("CONNINFO_UNSUPPORTED");
});

test("a password file that others may read is ignored, with a remark", async () => {
  const path = join(home, ".pgpass");
  writeFileSync(path, "*:*:*:*:of-the-file\n");
  chmodSync(path, 0o644);
  const target = await resolve("host=h");
  expect(target).toMatchObject({
    hosts: [{ password: null }],
    remarks: [`The password file ${path} is ignored: others may read it; make it 0600.`],
  });
  chmodSync(path, 0o600);
  expect(await resolve("host=h")).toMatchObject({ hosts: [{ password: "of-the-file" }], remarks: [] });
});

test("a password file that was named must be readable, bounded and text", async () => {
  expect(await codeOf("host=h passfile=/nonexistent")).toBe("FILE_UNREADABLE");
  expect(await codeOf("host=h password=given passfile=/nonexistent")).toBe("accepted");
  const path = join(home, "pass");
  writeFileSync(path, new Uint8Array([0xff, 0xfe, 0x0a]), { mode: 0o600 });
  expect(await codeOf(`host=h passfile=${path}`)).toBe("FILE_UNREADABLE");
  truncateSync(path, limits.credentialFileBytes + 1);
  expect(await codeOf(`host=h passfile=${path}`)).toBe("FILE_UNREADABLE");
});

test("the default role is the account's by user id, whatever $USER says", async () => {
  const account = Bun.spawnSync(["id", "-un"]).stdout.toString().trim();
  expect(await resolve("host=h", { USER: "liar", LOGNAME: "liar", HOME: "/liar" })).toMatchObject({
    user: account,
    database: account,
  });
});

test("connect_timeout has a limit where libpq has none, and no less than two seconds", async () => {
  const timeout = async (value: string): Promise<unknown> => {
    const target = await resolve(`host=h connect_timeout=${value}`);
    return target instanceof Failure ? target.code : target.connectTimeoutMs;
  };
  expect(await timeout("''")).toBe(limits.connectTimeoutMs);
  expect(await timeout("7")).toBe(7_000);
  expect(await timeout("1")).toBe(2_000);
  expect(await timeout("0")).toBe(limits.longestConnectTimeoutMs);
  expect(await timeout("2147483647")).toBe(limits.longestConnectTimeoutMs);
  expect(await timeout("soon")).toBe("CONNINFO_INVALID");
});

test("a hostaddr must be an address, so that no name is resolved behind the operator's back", async () => {
  expect(await codeOf("hostaddr=db.example")).toBe("CONNINFO_INVALID");
  expect(await codeOf("hostaddr=127.0.0.1")).toBe("accepted");
  expect(await codeOf("hostaddr=fe80::1%eth0")).toBe("accepted");
});
