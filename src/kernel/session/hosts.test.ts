import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { createDatabase, type TestDatabase, testServer } from "../../../scripts/database/database.ts";
import { type FakeServer, fakeServer } from "../../../scripts/database/fake-server.ts";
import { TEST_PASSWORD } from "../../../scripts/database/server.ts";
import { failed, hostOf, succeed, targetOf } from "../../../scripts/database/target.ts";
import { stopwatch } from "../clock.ts";
import type { HostChoice, ServerTarget, TargetSessionAttributes } from "../conninfo/target.ts";
import { encode, MessageReader, zeroTerminated } from "./messages.ts";
import { openSession } from "./open.ts";
import type { Session, SessionSettings } from "./session.ts";

let database: TestDatabase;
const fakes: FakeServer[] = [];

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "empty" });
  database.psql(`ALTER ROLE postgres PASSWORD '${TEST_PASSWORD}'`);
});

afterEach(() => {
  for (const fake of fakes.splice(0)) fake.stop();
});

afterAll(() => database.drop());

async function fake(behave: (socket: Socket) => void): Promise<FakeServer> {
  const server = await fakeServer(behave);
  fakes.push(server);
  return server;
}

/** A server that lets anybody in, says these things of itself, and does no more. */
function welcoming(parameters: Readonly<Record<string, string>>): Promise<FakeServer> {
  const reports = Object.entries(parameters).map(([name, value]) =>
    encode("S", Buffer.concat([zeroTerminated(name), zeroTerminated(value)])),
  );
  const welcome = [
    encode("R", Buffer.alloc(4)),
    ...reports,
    encode("K", Buffer.alloc(8)),
    encode("Z", Buffer.from("I")),
  ];
  return fake((socket) => socket.once("data", () => socket.write(Buffer.concat(welcome))));
}

const STANDBY = { in_hot_standby: "on", default_transaction_read_only: "off" };

/** The real server, but it does not say what it is, as one before 14 or behind a pooler. */
function reticent(): Promise<FakeServer> {
  return fake((inner) => {
    const outer = connect({ host: "127.0.0.1", port: database.server.port });
    const reader = new MessageReader();
    reader.maximumBytes = 1_000_000;
    outer.on("data", (bytes: Buffer) => {
      const messages = reader.push(bytes);
      if (!Array.isArray(messages)) return;
      const kept = messages.filter(({ type, body }) => type !== "S" || !body.includes("in_hot_standby"));
      inner.write(Buffer.concat(kept.map(({ frame }) => frame)));
    });
    outer.on("error", () => {});
    inner.on("data", (bytes: Buffer) => outer.write(bytes));
    inner.on("close", () => outer.destroy());
  });
}

const real = (): HostChoice => hostOf(database.server.port);
const refused = (): HostChoice => hostOf(1);

type Attempt = Partial<ServerTarget> & { readonly settings?: Partial<SessionSettings> };

async function open(hosts: readonly HostChoice[], { settings, ...changes }: Attempt = {}) {
  const target = targetOf(hosts, { database: database.name, ...changes });
  return openSession(target, { label: "test", ...settings });
}

/** Port of the server that was taken; 0 is the real one. */
async function taken(session: Session | unknown): Promise<number | string> {
  if (!(session instanceof Object && "query" in session)) return failed(session).code;
  const opened = session as Session;
  const port = Number(opened.login.address.split(":").at(-1));
  await opened.close();
  return port === database.server.port ? 0 : port;
}

describe("several hosts are tried in order", () => {
  test("past one that refuses, one that is silent, one that does not resolve", async () => {
    const silent = await fake(() => {});
    const unknown = hostOf(5432, { host: "no-such-host.invalid" });
    const hosts = [refused(), hostOf(silent.port), unknown, real()];
    expect(await taken(await open(hosts, { connectTimeoutMs: 300 }))).toBe(0);
    expect(silent.came()).toBe(1);
  });

  test("past one that is starting up", async () => {
    const body = "SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0";
    const starting = await fake((socket) => socket.once("data", () => socket.end(encode("E", Buffer.from(body)))));
    expect(await taken(await open([hostOf(starting.port), real()]))).toBe(0);
  });

  test("a host name is tried at each of its addresses", async () => {
    expect(await taken(await open([hostOf(database.server.port, { host: "localhost" })]))).toBe(0);
  });

  test("not past a refused login, which another host would hide", async () => {
    const next = await welcoming({});
    const wrong = { ...real(), password: "wrong-password" };
    expect(await taken(await open([wrong, hostOf(next.port)]))).toBe("AUTHENTICATION_FAILED");
    expect(next.came()).toBe(0);
  });

  test("each with its own password", async () => {
    expect(await taken(await open([{ ...refused(), password: "another" }, real()]))).toBe(0);
  });

  test("when none can be used, all of them are named", async () => {
    const failure = failed(await open([refused(), hostOf(2, { host: "/nowhere" })]));
    expect(failure.code).toBe("CONNECT_FAILED");
    expect(failure.message).toContain("127.0.0.1:1");
    expect(failure.message).toContain("/nowhere/.s.PGSQL.2");
    expect(failure.facts.attempts).toHaveLength(2);
  });

  test("one name that does not resolve", async () => {
    const failure = failed(await open([hostOf(5432, { host: "no-such-host.invalid" })], { connectTimeoutMs: 2_000 }));
    expect(["HOST_UNKNOWN", "CONNECT_TIMEOUT"]).toContain(failure.code);
  });

  test("each has the whole time, and no more", async () => {
    const silent = await fake(() => {});
    const elapsed = stopwatch();
    failed(await open([hostOf(silent.port), hostOf(silent.port)], { connectTimeoutMs: 100 }));
    expect(elapsed()).toBeGreaterThan(190);
    expect(elapsed()).toBeLessThan(1_000);
  });
});

describe("target_session_attrs", () => {
  test.each<[TargetSessionAttributes, number | string]>([
    ["any", 0],
    ["primary", 0],
    ["read-write", 0],
    ["prefer-standby", 0],
    ["standby", "CONNECT_FAILED"],
    ["read-only", "CONNECT_FAILED"],
  ])("%s at a primary", async (targetSessionAttributes, expected) => {
    expect(await taken(await open([real()], { targetSessionAttributes }))).toBe(expected);
  });

  test.each<[TargetSessionAttributes, "standby" | "primary"]>([
    ["any", "standby"],
    ["primary", "primary"],
    ["read-write", "primary"],
    ["standby", "standby"],
    ["read-only", "standby"],
    ["prefer-standby", "standby"],
  ])("%s at a standby, then a primary", async (targetSessionAttributes, expected) => {
    const standby = await welcoming(STANDBY);
    const port = await taken(await open([hostOf(standby.port), real()], { targetSessionAttributes }));
    expect(port).toBe(expected === "standby" ? standby.port : 0);
  });

  test("prefer-standby passes a primary by for a standby behind it", async () => {
    const standby = await welcoming(STANDBY);
    const wanted = { targetSessionAttributes: "prefer-standby" } as const;
    expect(await taken(await open([real(), hostOf(standby.port)], wanted))).toBe(standby.port);
  });

  test("a server that is read-only by default is not read-write", async () => {
    const options = "-c default_transaction_read_only=on";
    const session = await open([real()], { options, targetSessionAttributes: "read-write" });
    expect(failed(session).facts).toMatchObject({ wanted: "read-write", is: ["primary", "read-only"] });
    expect(await taken(await open([real()], { options, targetSessionAttributes: "read-only" }))).toBe(0);
  });

  test("a session that makes itself read-only still finds the read-write server", async () => {
    const settings = { parameters: { default_transaction_read_only: "on" } };
    const session = succeed(await open([real()], { settings, targetSessionAttributes: "read-write" }));
    expect(await taken(session)).toBe(0);
  });

  test("a server that does not say what it is is asked", async () => {
    const server = await reticent();
    const wanted = { targetSessionAttributes: "read-write" } as const;
    expect(await taken(await open([hostOf(server.port)], wanted))).toBe(server.port);
    const refusedOne = await open([hostOf(server.port)], { targetSessionAttributes: "standby" });
    expect(failed(refusedOne).facts.is).toEqual(["primary", "read-write"]);
  });
});
