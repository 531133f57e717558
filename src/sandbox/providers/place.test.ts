/** Tests of where a server's files may lie, on real directories. */
import { afterAll, expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import { type Account, asAccount, closedTo, serverAccount } from "./account.ts";
import { choosePlace } from "./place.ts";
import { ok, sampleFolder } from "./sample-sandbox.ts";

const root = sampleFolder();
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const NAME = "cutter-sandbox-t1-a";
const ours: Account = { uid: 4711, gid: 4711, caller: "me", is: "ours" };
const dropped: Account = { ...ours, is: "dropped" };

function folder(name: string, mode: number): string {
  const path = join(root, name);
  fs.mkdirSync(path);
  fs.chmodSync(path, mode);
  return path;
}

function home(account: Account, ...bases: readonly string[]): string {
  const place = choosePlace(NAME, account, bases);
  return place instanceof Failure ? `${place.code} ${place.message}` : place.home;
}

test("the first base that will do is taken, and a path that no socket can have is not", () => {
  const short = folder("short", 0o700);
  const long = folder("l".repeat(93 - Buffer.byteLength(`${root}//${NAME}/s`) + 1), 0o700);
  const longest = folder("m".repeat(93 - Buffer.byteLength(`${root}//${NAME}/s`)), 0o700);
  expect([home(ours, long, short), home(ours, longest, short)]).toEqual([join(short, NAME), join(longest, NAME)]);
  expect(home(ours, long)).toContain("has 94 bytes, at most 93");
});

test("a base that the server's user cannot go through is left for one that it can", () => {
  fs.chmodSync(root, 0o711);
  const [closed, open] = [folder("closed", 0o700), folder("open", 0o711)];
  expect([home(dropped, closed, open), home(ours, closed, open)]).toEqual([join(open, NAME), join(closed, NAME)]);
  expect(home(dropped, closed)).toBe(
    "SANDBOX_PROVIDER_UNAVAILABLE no place for a local server's files: " +
      `${closed}: user 4711, whom the server runs as, cannot go through ${closed}`,
  );
  fs.chmodSync(root, 0o700);
});

test("a base where others could put something else in its place is refused, and so is one that is no directory", () => {
  const [open, sticky] = [folder("writable", 0o777), folder("sticky", 0o1777)];
  const file = join(root, "file");
  fs.writeFileSync(file, "");
  expect(home(ours, open, file, join(root, "nowhere"), "relative", sticky)).toBe(join(sticky, NAME));
  expect(home(ours, open, file)).toContain(`${open}: others may replace what is in it; ${file}: not a directory`);
});

test("root runs a server as nobody before postgres, and never as root", () => {
  const passwd = (...lines: readonly string[]): string => {
    fs.writeFileSync(join(root, "passwd"), `${lines.join("\n")}\n`);
    return join(root, "passwd");
  };
  const us = `me:x:${process.geteuid?.()}:0::/:/bin/sh`;
  const [postgres, nobody] = ["postgres:x:106:113::/:/bin/sh", "nobody:x:65534:65534::/:/bin/sh"];
  const account = (...lines: readonly string[]): unknown => {
    const found = serverAccount(passwd(us, ...lines));
    return found instanceof Failure ? found.message : found.uid;
  };
  if (process.geteuid?.() !== 0) return;
  expect([account(postgres, nobody), account(postgres), account()]).toEqual([
    ...[65_534, 106, `a local server cannot be started: root would need nobody or postgres in ${join(root, "passwd")}`],
  ]);
  expect(account("nobody:x:0:0::/:/bin/sh")).toContain("root would need");
  const words = asAccount(ok(serverAccount(passwd(us, nobody))), ["/bin/true"]);
  expect(words.join(" ")).toBe(
    "setpriv --no-new-privs --pdeathsig QUIT --reuid 65534 --regid 65534 --clear-groups /bin/true",
  );
});

test("a directory is open to a user by its owner, its group or everybody, and through all that lies above", () => {
  if (process.geteuid?.() !== 0) return;
  const path = folder("tree", 0o750);
  fs.chmodSync(root, 0o711);
  const before = closedTo(dropped, path);
  fs.chownSync(path, 0, dropped.gid);
  const byGroup = closedTo(dropped, path);
  fs.chownSync(path, dropped.uid, 0);
  const byOwner = closedTo(dropped, path);
  fs.chmodSync(root, 0o700);
  expect([before, byGroup, byOwner, closedTo(dropped, path)]).toEqual([path, null, null, root]);
});
