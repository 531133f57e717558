/** Tests of who may be written to: each refusal is provoked on a real server where that is possible. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { psqlOn, stopTestServers, type TestDatabase, testMajor } from "../../../scripts/database/database.ts";
import { startServer } from "../../../scripts/database/server.ts";
import { makeShop, sessionOn } from "../../../scripts/database/shop.ts";
import { resolveTarget } from "../conninfo/resolve.ts";
import { Failure } from "../failure.ts";
import { openSession } from "../session/open.ts";
import type { Session } from "../session/session.ts";
import { inspectSession, refuseUnsafe, type SessionIdentity } from "./identity.ts";

let shop: TestDatabase;

beforeAll(async () => {
  shop = await makeShop();
});

afterAll(async () => {
  shop?.drop();
  await stopTestServers();
});

async function identify(session: Session): Promise<SessionIdentity> {
  const identity = await inspectSession(session);
  await session.close();
  if (identity instanceof Failure) throw new Error(identity.message);
  return identity;
}

const refusal = (identity: SessionIdentity, allowSuperuser = false): string | undefined =>
  refuseUnsafe(identity, { allowSuperuser })?.code;

describe("the identity of a session", () => {
  test("is what the server says, and an ordinary role is not refused", async () => {
    const identity = await identify(await sessionOn(shop, "shop_owner"));
    expect(identity).toMatchObject({
      role: "shop_owner",
      sessionRole: "shop_owner",
      superuser: false,
      database: shop.name,
      timeline: 1,
      inRecovery: false,
      trackCounts: true,
      systemIdentifier: shop.psql("SELECT system_identifier FROM pg_control_system()"),
    });
    expect(Math.trunc(identity.serverVersionNumber / 10_000)).toBe(testMajor());
    expect(refusal(identity)).toBeUndefined();
  });

  test("is known without the right to ask for the system identifier", async () => {
    shop.psql("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC");
    expect((await identify(await sessionOn(shop, "shop_owner"))).systemIdentifier).toBeNull();
  });
});

describe("a session in which nothing may be written is refused", () => {
  test("a superuser, also behind SET ROLE, unless that is allowed", async () => {
    const session = await sessionOn(shop, "postgres");
    await session.query("SET ROLE shop_owner");
    const identity = await identify(session);
    expect([identity.role, identity.sessionRole]).toEqual(["shop_owner", "postgres"]);
    expect([refusal(identity), refusal(identity, true)]).toEqual(["TARGET_IS_SUPERUSER", undefined]);
  });

  test("track_counts turned off for the role", async () => {
    shop.psql(`ALTER ROLE shop_guest IN DATABASE ${shop.name} SET track_counts = off`);
    expect(refusal(await identify(await sessionOn(shop, "shop_guest")))).toBe("TRACK_COUNTS_OFF");
  });

  test("a backend that is not the one that was logged in to", async () => {
    const session = await sessionOn(shop, "shop_owner");
    const pooled = new Proxy(session, {
      get: (real, name) => {
        if (name === "login") return { ...real.login, backendPid: 1 };
        const value = Reflect.get(real, name);
        return typeof value === "function" ? value.bind(real) : value;
      },
    });
    expect(refusal(await identify(pooled))).toBe("TARGET_IS_POOLER");
  });

  test("a backend that changes between two statements", async () => {
    const identity = await identify(await sessionOn(shop, "shop_owner"));
    expect(refusal({ ...identity, backendPids: [identity.loginPid, 1] })).toBe("TARGET_IS_POOLER");
  });

  test("a server older than what was tested", async () => {
    const identity = await identify(await sessionOn(shop, "shop_owner"));
    expect(refusal({ ...identity, serverVersionNumber: 130_023 })).toBe("SERVER_TOO_OLD");
  });

  test("a standby", async () => {
    const server = await startServer(testMajor());
    try {
      psqlOn(server, "postgres", "CHECKPOINT");
      writeFileSync(join(server.dataDirectory, "standby.signal"), "");
      await server.restart();
      const host = encodeURIComponent(server.socketDirectory);
      const target = await resolveTarget({
        url: `postgres://postgres@${host}:${server.port}/postgres`,
        environment: {},
      });
      if (target instanceof Failure) throw new Error(target.message);
      const session = await openSession(target, { label: "test" });
      if (session instanceof Failure) throw new Error(session.message);
      const identity = await identify(session);
      expect([identity.timeline, refusal(identity, true)]).toEqual([null, "TARGET_IS_STANDBY"]);
    } finally {
      await server.stop();
    }
  });
});
