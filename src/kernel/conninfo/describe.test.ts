import { expect, test } from "bun:test";
import { Failure } from "../failure.ts";
import { childEnvironment, scrubEnvironment } from "./child-environment.ts";
import { describeTarget } from "./describe.ts";
import { accountInPasswd } from "./local-account.ts";
import { resolveTarget } from "./resolve.ts";
import type { ServerTarget } from "./target.ts";

async function resolved(url: string, environment: Record<string, string> = {}): Promise<ServerTarget> {
  const target = await resolveTarget({ url, environment, homeDirectory: "/nonexistent" });
  if (target instanceof Failure || target.kind === "embedded") throw new Error(`${url} was not resolved`);
  return target;
}

test("the first line says database, role, place, TLS and where the name came from", async () => {
  const line = async (url: string): Promise<string> => describeTarget(await resolved(url));
  expect(await line("postgres://cutter_exec:pw@127.0.0.1/icx")).toBe(
    'database "icx" as "cutter_exec" at 127.0.0.1:5432, sslmode=prefer (from --url)',
  );
  expect(await line("host=/run/postgresql port=5433 user=u dbname=d sslmode=require")).toBe(
    'database "d" as "u" at /run/postgresql:5433 (from --url)',
  );
  expect(await line("postgres://u@[::1]:1,db/d?hostaddr=::1,10.0.0.7&target_session_attrs=read-write")).toBe(
    'database "d" as "u" at [::1]:1 or db (10.0.0.7):5432, sslmode=prefer, ' +
      "target_session_attrs=read-write (from --url)",
  );
});

test("a line break or escape sequence in a name cannot forge a line", async () => {
  const line = describeTarget(await resolved("postgres://u%0A@h%1B%5B2J/d%0Aall%20good"));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  expect(line).not.toMatch(/[\u0000-\u001f]/);
});

test("the embedded database says that it is not yours", () => {
  const line = describeTarget({ kind: "embedded", source: "--embedded" });
  expect(line).toContain("proves the harness, not your database");
});

test("nothing of the parent's environment can turn a child elsewhere", async () => {
  const target = await resolved("postgres://u@h/d");
  const hostile = {
    PATH: "/bin",
    HOME: "/home/u",
    PGSERVICE: "s",
    PGSERVICEFILE: "/f",
    PGHOSTADDR: "10.9.9.9",
    PGOPTIONS: "-c x=y",
    PGPASSWORD: "of-another",
    PGREQUIREPEER: "x",
    DATABASE_URL: "postgres://x",
    BUN_OPTIONS: "--preload=/x",
    NODE_OPTIONS: "--require /x",
  };
  expect(childEnvironment(target, hostile)).toEqual({
    PATH: "/bin",
    HOME: "/home/u",
    PGHOST: "h",
    PGPORT: "5432",
    PGDATABASE: "d",
    PGUSER: "u",
    PGPASSFILE: "/nonexistent/.pgpass",
    PGTARGETSESSIONATTRS: "any",
    PGCONNECT_TIMEOUT: "10",
    PGSSLMODE: "prefer",
    PGSSLNEGOTIATION: "postgres",
    PGSSLSNI: "1",
    PGSSLCERTMODE: "disable",
    PGGSSENCMODE: "disable",
  });
  expect(scrubEnvironment(hostile)).toEqual({ PATH: "/bin", HOME: "/home/u" });
});

test("an account is found by user id, and a bare number has no name", () => {
  const passwd = "root:x:0:0:root:/root:/bin/sh\n# note\napp:x:10:10::/srv/app:/bin/false\nodd:x:11:11:::\n";
  expect(accountInPasswd(passwd, 10)).toEqual({ user: "app", homeDirectory: "/srv/app" });
  expect(accountInPasswd(passwd, 11)).toEqual({ user: "odd", homeDirectory: null });
  expect(accountInPasswd(passwd, 1)).toBeNull();
});
