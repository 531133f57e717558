import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Socket } from "node:net";
import { inspect } from "node:util";
import { createDatabase, psqlOn, type TestDatabase, testServer } from "../../../scripts/database/database.ts";
import { type FakeServer, fakeServer } from "../../../scripts/database/fake-server.ts";
import { TEST_PASSWORD } from "../../../scripts/database/server.ts";
import { failed, hostOf, onlyCell, openTestSession, succeed, targetOf } from "../../../scripts/database/target.ts";
import { stopwatch } from "../clock.ts";
import type { ServerTarget } from "../conninfo/target.ts";
import { registerSecret } from "../evidence/redaction.ts";
import { encode, zeroTerminated } from "./messages.ts";
import { openSession, versionNumber } from "./open.ts";
import { saslPrep, startScram } from "./scram.ts";

let database: TestDatabase;
const fakes: FakeServer[] = [];
const role = `login_${process.pid}`;
const PREPARED_PASSWORD = "I\u00adX\u00a0\u2168-\u00e9";

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "empty" });
  database.psql(`
    CREATE ROLE ${role} LOGIN PASSWORD '${TEST_PASSWORD}';
    CREATE ROLE ${role}_full LOGIN PASSWORD '${TEST_PASSWORD}' CONNECTION LIMIT 0;
    CREATE ROLE ${role}_prepared LOGIN PASSWORD '${PREPARED_PASSWORD}';
  `);
});

afterEach(() => {
  for (const fake of fakes.splice(0)) fake.stop();
});

afterAll(() => {
  database.drop();
  psqlOn(database.server, "postgres", `DROP ROLE ${role}, ${role}_full, ${role}_prepared`);
});

function target(changes: Partial<ServerTarget> & { readonly password?: string | null } = {}): ServerTarget {
  const { password = TEST_PASSWORD, ...others } = changes;
  return targetOf([hostOf(database.server.port, { password })], { user: role, database: database.name, ...others });
}

async function fake(behave: (socket: Socket) => void): Promise<FakeServer> {
  const server = await fakeServer(behave);
  fakes.push(server);
  return server;
}

/** A server that answers the startup packet with these bytes. */
function answering(...bytes: Buffer[]): Promise<FakeServer> {
  return fake((socket) => socket.once("data", () => socket.write(Buffer.concat(bytes))));
}

function request(method: number, data: Buffer = Buffer.alloc(0)): Buffer {
  return encode("R", Buffer.concat([Buffer.from([0, 0, 0, method]), data]));
}

const open = (wanted: ServerTarget) => openSession(wanted, { label: "test" });
const READY = encode("Z", Buffer.from("I"));
const WELCOME = Buffer.concat([request(0), encode("K", Buffer.alloc(8)), READY]);

describe("a login that the server refuses has a code", () => {
  test("a wrong password", async () => {
    const failure = failed(await open(target({ password: "canary-wrong-7Gx2" })));
    expect([failure.code, failure.facts.sqlstate]).toEqual(["AUTHENTICATION_FAILED", "28P01"]);
    expect(inspect(failure, { depth: 9 })).not.toContain("canary");
  });

  test("no password", async () => {
    const failure = failed(await open(target({ password: null })));
    expect([failure.code, failure.hint]).toEqual([
      "AUTHENTICATION_FAILED",
      "Give it in PGPASSWORD, a password file or the URL.",
    ]);
  });

  test("an unknown database", async () => {
    expect(failed(await open(target({ database: "no_such_database" }))).code).toBe("DATABASE_MISSING");
  });

  test("no connection slot left", async () => {
    expect(failed(await open(target({ user: `${role}_full` }))).code).toBe("TOO_MANY_CONNECTIONS");
  });

  test("no right to connect", async () => {
    database.psql(`REVOKE CONNECT ON DATABASE ${database.name} FROM PUBLIC`);
    const failure = failed(await open(target()));
    database.psql(`GRANT CONNECT ON DATABASE ${database.name} TO PUBLIC`);
    expect([failure.code, failure.data]).toEqual([
      "PERMISSION_DENIED",
      "No transaction was begun; nothing was read or written.",
    ]);
  });

  test("an unknown run-time parameter", async () => {
    const failure = failed(await openSession(target(), { label: "test", parameters: { no_such_setting: "1" } }));
    expect([failure.code, failure.facts.sqlstate]).toEqual(["CONNECT_FAILED", "42704"]);
  });
});

describe("SCRAM", () => {
  test("logs in, and a password that SASLprep changes too", async () => {
    for (const password of [PREPARED_PASSWORD, "IX IX-e\u0301"]) {
      const session = succeed(await open(target({ user: `${role}_prepared`, password })));
      expect(onlyCell(await session.query("SELECT current_user::text"))).toBe(`${role}_prepared`);
      await session.close();
    }
  });

  test("SASLprep leaves alone what it may not prepare", () => {
    expect(["plain ASCII\t", "\u00adonly\u0007bell", "\u00ad"].map(saslPrep)).toEqual([
      "plain ASCII\t",
      "\u00adonly\u0007bell",
      "\u00ad",
    ]);
  });

  test("takes no server signature that was made for another exchange", async () => {
    // Nonces, salt and signature of the example in RFC 7677, whose user name is not in PostgreSQL's messages.
    const exchange = startScram("pencil", "rOprNGfwEbeRWgbNEkqO");
    const nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    const answer = await exchange.answer(`r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`);
    expect("final" in answer && answer.final.startsWith(`c=biws,r=${nonce},p=`)).toBe(true);
    expect(exchange.verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")).toBe(false);
  });

  const offer = request(10, Buffer.from("SCRAM-SHA-256\0\0"));
  const first = (text: string) => request(11, Buffer.from(text));

  test.each([
    ["a nonce that does not continue ours", "r=stranger,s=AAAA,i=4096", "its nonce does not continue ours"],
    ["no iterations", "r=OURS1,s=AAAA,i=0", "its first SCRAM message is malformed"],
    ["no salt", "r=OURS1,i=4096", "its first SCRAM message is malformed"],
    ["work for an hour", "r=OURS1,s=AAAA,i=2147483647", "it asks for 2147483647 SCRAM iterations"],
  ])("refuses a server that sends %s", async (_, text, why) => {
    const server = await fake((socket) => {
      socket.once("data", () => {
        socket.write(offer);
        socket.once("data", (bytes: Buffer) => {
          const nonce = /r=([^,]+)$/.exec(bytes.toString())?.[1] ?? "";
          socket.write(first(text.replace("OURS", nonce)));
        });
      });
    });
    const failure = failed(await open(targetOf([hostOf(server.port)])));
    expect([failure.code, failure.message]).toEqual([
      "AUTHENTICATION_FAILED",
      `the login of postgres at 127.0.0.1:${server.port} was broken off: ${why}`,
    ]);
  });

  test("refuses a server that says welcome without having proven that it knows the password", async () => {
    const server = await fake((socket) => {
      socket.once("data", () => {
        socket.write(offer);
        socket.once("data", () => socket.write(WELCOME));
      });
    });
    expect(failed(await open(targetOf([hostOf(server.port)]))).message).toContain("it did not prove itself");
  });
});

describe("a server that is not what it should be fails fast and clearly", () => {
  test("one that accepts and closes gets one attempt", async () => {
    const server = await fake((socket) => socket.end());
    const elapsed = stopwatch();
    const failure = failed(await open(targetOf([hostOf(server.port)])));
    expect([failure.code, server.came()]).toEqual(["CONNECT_FAILED", 1]);
    expect(elapsed()).toBeLessThan(500);
  });

  test("one that accepts and is silent is a timeout", async () => {
    const server = await fake(() => {});
    const elapsed = stopwatch();
    const failure = failed(await open(targetOf([hostOf(server.port)], { connectTimeoutMs: 150 })));
    expect([failure.code, server.came()]).toEqual(["CONNECT_TIMEOUT", 1]);
    expect(elapsed()).toBeLessThan(600);
  });

  test("one that stops in the middle of the login is a timeout", async () => {
    const server = await answering(request(0));
    const failure = failed(await open(targetOf([hostOf(server.port)], { connectTimeoutMs: 150 })));
    expect(failure.code).toBe("CONNECT_TIMEOUT");
  });

  test.each([
    ["asks for GSSAPI", request(7), "AUTHENTICATION_FAILED", "it asks for GSSAPI"],
    ["asks for SSPI", request(9), "AUTHENTICATION_FAILED", "it asks for SSPI"],
    ["asks for something new", request(99), "AUTHENTICATION_FAILED", "it asks for method 99"],
    [
      "offers only OAUTHBEARER",
      request(10, Buffer.from("OAUTHBEARER\0\0")),
      "AUTHENTICATION_FAILED",
      "OAUTHBEARER only",
    ],
    ["speaks HTTP", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"), "SESSION_PROTOCOL", "was announced"],
    ["speaks another protocol version", encode("v", Buffer.alloc(8)), "SESSION_PROTOCOL", "during the login"],
    [
      "writes LATIN1",
      Buffer.concat([request(0), encode("S", zeroTerminated("client_encoding\0LATIN1"))]),
      "SESSION_PROTOCOL",
      "LATIN1",
    ],
    ["asks nothing and says it is ready", READY, "SESSION_PROTOCOL", "during the login"],
  ])("one that %s", async (...[, bytes, code, words]) => {
    const server = await answering(bytes);
    const failure = failed(await open(targetOf([hostOf(server.port)])));
    expect([failure.code, failure.message]).toEqual([code, expect.stringContaining(words)]);
    expect(server.came()).toBe(1);
  });

  const rubbish: [string, Buffer, string][] = [
    ["announces 2 GB", Buffer.from([68, 0x7f, 0xff, 0xff, 0xff]), "2147483647 bytes was announced"],
    ["announces a length that cannot be", Buffer.from([68, 0, 0, 0, 1]), "1 bytes was announced"],
    ["ends a statement without a command tag", READY, "without a command tag"],
    ["sends an unknown status", encode("Z", Buffer.from("?")), "no known status"],
    ["begins to replicate", encode("W", Buffer.alloc(3)), "as part of a reply"],
    ["suspends a portal", encode("s"), "as part of a reply"],
    ["sends a row that it did not describe", encode("D", Buffer.from([0, 1, 0, 0, 0, 1, 65])), "could not be read"],
    ["sends COPY data out of nowhere", encode("d", Buffer.from("x")), "outside COPY TO STDOUT"],
  ];

  test.each(rubbish)("one that %s in a reply ends the session", async (_, bytes, words) => {
    const server = await fake((socket) => {
      socket.once("data", () => {
        socket.write(WELCOME);
        socket.once("data", () => socket.write(bytes));
      });
    });
    const session = await openTestSession(targetOf([hostOf(server.port)]));
    const failure = failed(await session.query("SELECT 1", [], { wallClockMs: 1_000 }));
    expect([failure.code, failure.message]).toEqual(["SESSION_PROTOCOL", expect.stringContaining(words)]);
    expect(session.lost()).not.toBe(null);
    await session.close();
  });

  test("one that sends a reply that nobody asked for ends the session", async () => {
    const server = await answering(WELCOME, encode("C", zeroTerminated("COMMIT")), READY);
    const session = await openTestSession(targetOf([hostOf(server.port)]));
    await Bun.sleep(10);
    expect(failed(await session.query("SELECT 1")).message).toContain("between statements");
    await session.close();
  });
});

describe("secrets and surroundings", () => {
  test("the password is in no text of a session, even where the server quotes it", async () => {
    registerSecret(TEST_PASSWORD);
    const session = await openTestSession(target());
    const failure = failed(await session.query(`SELECT '${TEST_PASSWORD}'::int`));
    expect(failure.message).toContain("[redacted]");
    expect(inspect([failure, session], { depth: 9 })).not.toContain(TEST_PASSWORD);
    expect(JSON.stringify([failure, session])).not.toContain(TEST_PASSWORD);
    await session.close();
  });

  test("nothing in the environment changes a session", async () => {
    const before = { ...process.env };
    const shown = `SELECT current_setting('application_name') AS a, current_setting('work_mem') AS w,
      current_user::text AS u, current_database()::text AS d, pg_is_in_recovery() AS r`;
    const ask = async () => {
      const session = await openTestSession(target());
      const reply = succeed(await session.query(shown));
      const prepared = succeed(await session.query("SELECT count(*) FROM pg_prepared_statements WHERE name <> ''"));
      const login = { ...session.login, backendPid: 0 };
      await session.close();
      return { rows: reply.rows, prepared: prepared.rows, login };
    };
    const plain = await ask();
    Object.assign(process.env, {
      ...{ PGHOST: "192.0.2.1", PGPORT: "1", PGUSER: "nobody", PGUSERNAME: "nobody", PGPASSWORD: "x", PGDATABASE: "x" },
      ...{ PGSSLMODE: "require", PGSSL: "require", PGSSLNEGOTIATION: "direct", PGMAX: "7", PGPREPARE: "true" },
      ...{ PGAPPNAME: "stranger", PGOPTIONS: "-c work_mem=99MB", PGTARGETSESSIONATTRS: "standby", PGFETCH_TYPES: "1" },
      ...{ PGIDLE_TIMEOUT: "1", PGMAX_LIFETIME: "1", PGCONNECT_TIMEOUT: "1", PGKEEP_ALIVE: "1", PGDEBUG: "1" },
    });
    try {
      expect(await ask()).toEqual(plain);
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    }
  });

  test("a zero byte cannot smuggle a parameter into the startup packet", async () => {
    const failure = failed(await open(target({ database: "x\0replication\0true" })));
    expect(failure.code).toBe("CONNINFO_INVALID");
  });

  test.each([
    ["15.18 (Debian 15.18-0+deb12u1)", 150_018],
    ["9.6.24", 90_624],
    ["19beta1", 190_000],
    ["", 0],
  ])("version %s is %d", (text, number) => {
    expect(versionNumber(text)).toBe(number);
  });
});
