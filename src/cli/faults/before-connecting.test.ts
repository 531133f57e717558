/**
 * before-connecting.test: what is wrong with the command line or a file is told before any connection is made.
 *
 * The database that is named here is a port that counts who came: nobody may.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fakeServer } from "../../../scripts/database/fake-server.ts";
import { TEST_PASSWORD } from "../../../scripts/database/server.ts";
import { folderWith } from "../../../scripts/faults/program.ts";
import { type Refusal, refusal } from "../../../scripts/faults/refusal.ts";

const FILES: Readonly<Record<string, string | Uint8Array>> = {
  "unparsable.sql": "SELECT 1;\nINSERT INTO stock VALUES (1, 2;\n",
  "unterminated.sql": "SELECT 'no end",
  "commit.sql": "INSERT INTO stock VALUES (11, 1);\nCOMMIT;\n",
  "chain.sql": "INSERT INTO stock VALUES (11, 1);\nROLLBACK AND CHAIN;\n",
  "vacuum.sql": "VACUUM stock;\n",
  "copy-in.sql": "COPY stock FROM STDIN;\n",
  "meta.sql": "\\connect postgres\n",
  "binary.sql": new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0xff, 0xfe, 0, 0x80]),
  "unknown-key.toml": 'statements = ["SELECT 1"]\nstatment = "x"\n',
  "not.toml": "statements = [\n",
  "config.toml": '[connections.exec]\nulr = "postgres://h/d"\n',
};
const NOT_CONNECTED = "No connection was made; nothing was read or written.";

let files: string;
beforeAll(() => {
  files = folderWith(FILES);
});
afterAll(() => rmSync(files, { recursive: true }));

/** `FILES/` in an argument stands for the folder of the files above. */
async function refused(line: string): Promise<Refusal> {
  const server = await fakeServer((socket) => socket.destroy());
  const url = `postgres://nobody:${TEST_PASSWORD}@127.0.0.1:${server.port}/nothing`;
  const argv = line.split(" ").map((word) => word.replace("FILES/", `${files}/`));
  const told = await refusal(["proof", "rollback", "--url", url, ...argv]);
  server.stop();
  expect({ connections: server.came(), ...told }).toMatchObject({ connections: 0 });
  return told;
}

const CASES: readonly (readonly [line: string, exit: number, code: string, says: RegExp])[] = [
  ["--slq FILES/commit.sql", 2, "USAGE", /unknown option: --slq.*did you mean --sql\?/s],
  ["--statement-timeout 2147483648", 2, "USAGE", /from 1 to 2147483647, and is 2147483648/],
  ["--lock-timeout 2147483648", 2, "USAGE", /from 1 to 2147483647, and is 2147483648/],
  ["--sql FILES/none.sql", 2, "FILE_UNREADABLE", /none\.sql: .*no such file/i],
  ["--sql FILES/", 2, "FILE_UNREADABLE", /directory/i],
  ["--sql FILES/binary.sql", 4, "SCRIPT_UNPARSABLE", /UTF-8/],
  ["--sql FILES/unparsable.sql", 4, "SCRIPT_UNPARSABLE", /line 2, column 31/],
  ["--sql FILES/unterminated.sql", 4, "SCRIPT_UNPARSABLE", /line 1, column 8/],
  ["--sql FILES/commit.sql", 4, "SCRIPT_NOT_SEALABLE", /line 2, COMMIT: /],
  ["--sql FILES/chain.sql", 4, "SCRIPT_NOT_SEALABLE", /line 2, ROLLBACK AND CHAIN: /],
  ["--sql FILES/vacuum.sql", 4, "SCRIPT_NOT_SEALABLE", /line 1, VACUUM: /],
  ["--sql FILES/copy-in.sql", 4, "SCRIPT_NOT_SEALABLE", /line 1, COPY: its data comes from the client/],
  ["--sql FILES/meta.sql", 4, "SCRIPT_UNPARSABLE", /line 1.*psql/],
  ["--spec FILES/unknown-key.toml", 2, "CONFIG_INVALID", /unknown-key\.toml: .*statment/],
  ["--spec FILES/not.toml", 2, "CONFIG_INVALID", /not\.toml: /],
  ["--spec FILES/none.toml", 2, "FILE_UNREADABLE", /none\.toml: .*no such file/i],
  ["--config FILES/config.toml", 2, "CONFIG_INVALID", /connections\.exec\.ulr/],
  ["--sql FILES/commit.sql --spec FILES/not.toml", 2, "USAGE", /--sql and --spec/],
];

for (const [line, exit, code, says] of CASES) {
  test.concurrent(`${line} is refused with ${code}`, async () => {
    const told = await refused(line);
    expect({ exit: told.exit, code: told.code }).toEqual({ exit, code });
    expect(`${told.message}\n${told.hint}`).toMatch(says);
    expect(told.data).toMatch(/^(No connection was made; nothing was read or|Nothing was) written\.$/);
  });
}

test.concurrent("with no database named both choices are named", async () => {
  const told = await refusal(["proof", "rollback"]);
  expect(told).toMatchObject({ exit: 2, code: "NO_DATABASE_NAMED", data: NOT_CONNECTED });
  expect(`${told.message} ${told.hint}`).toMatch(/--url.*--embedded.*PGHOST/);
});

test.concurrent("a database that only a file of the working directory names is not taken", async () => {
  const folder = folderWith({ ".env": "PGHOST=127.0.0.1\nDATABASE_URL=postgres://h/d\n" });
  const told = await refusal(["proof", "rollback"], { directory: folder });
  rmSync(folder, { recursive: true });
  expect(told.code).toBe("NO_DATABASE_NAMED");
});

test.concurrent("the other commands that connect refuse as early", async () => {
  const saved = join(files, "none.json");
  expect(await refusal(["proof", "counts"])).toMatchObject({ exit: 2, code: "NO_DATABASE_NAMED" });
  expect(await refused(`--compare ${saved}`)).toMatchObject({ exit: 2, code: "USAGE" });
  expect(await refusal(["schema", "verify"])).toMatchObject({ exit: 2, code: "NO_DATABASE_NAMED" });
});
