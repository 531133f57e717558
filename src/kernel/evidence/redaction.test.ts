import { expect, test } from "bun:test";
import { stopwatch } from "../clock.ts";
import { redact, redactFact, registerSecret } from "./redaction.ts";

test("a registered secret is found in every form that quoting gives it", () => {
  const secret = "c4n/ary p@ss<&>'\"\\ñ";
  registerSecret(secret);
  const written = {
    plain: secret,
    json: JSON.stringify({ secret }),
    json_in_json: JSON.stringify(JSON.stringify({ secret })),
    url: `postgres://u:${encodeURIComponent(secret)}@h/db`,
    query: `x=${encodeURIComponent(secret)}`,
    query_lower: `x=${encodeURIComponent(secret).toLowerCase()}`,
    form: `x=${encodeURIComponent(secret).replaceAll("%20", "+")}`,
    xml: `<a b="c4n/ary p@ss&lt;&amp;&gt;&apos;&quot;\\ñ"/>`,
    sql: `SELECT '${secret.replaceAll("'", "''")}'`,
    conninfo: `x='${secret.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`,
    base64: Buffer.from(secret).toString("base64"),
  };
  for (const [kind, text] of Object.entries(written)) {
    const clean = redact(text);
    expect([kind, clean.includes("[redacted]"), /c4n|ary|ñ|YzRu/i.test(clean)]).toEqual([kind, true, false]);
  }
});

test("a secret that holds another one leaves no rest of itself", () => {
  registerSecret("canary");
  registerSecret("canary-tail-of-the-longer");
  expect(redact("a canary-tail-of-the-longer b canary c")).toBe("a [redacted] b [redacted] c");
});

test("a key file is found whole, escaped, and line by line", () => {
  const lines = ["MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"];
  const key = `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`;
  registerSecret(key);
  for (const text of [key, JSON.stringify(key), `  > ${lines[0]}\r\n  > ${lines[1]}`]) {
    expect(redact(text)).not.toMatch(/MIIE|BKcw/);
  }
});

test("three characters are not registered: they would redact ordinary words", () => {
  registerSecret("the");
  expect(redact("the end")).toBe("the end");
});

const unregistered: readonly [hazard: string, text: string, clean: string][] = [
  ["a URL", "at postgres://u:hunter2@h:5432/db now", "at postgres://u:[redacted]@h:5432/db now"],
  ["encoded @ and /", "postgresql://u:a%40b%2Fc@h/db", "postgresql://u:[redacted]@h/db"],
  ["a bare @ and /", "postgresql://u:a@b/c@h/db", "postgresql://u:[redacted]@h/db"],
  ["no user", "postgres://:pw@h", "postgres://:[redacted]@h"],
  ["two URLs", "a://u:p1@h b://u:p2@h", "a://u:[redacted]@h b://u:[redacted]@h"],
  ["several hosts", "postgres://u:p@h1:1,h2:2/db", "postgres://u:[redacted]@h1:1,h2:2/db"],
  ["an upper-case scheme", "POSTGRES://u:pw@h", "POSTGRES://u:[redacted]@h"],
  ["an escaped quote", '"postgres://u:a\\"b@h/db"', '"postgres://u:[redacted]@h/db"'],
  ["a URL's query", "postgres://h/db?password=pw&user=u", "postgres://h/db?password=[redacted]&user=u"],
  ["a keyword string", "host=h password=pw user=u", "host=h password=[redacted] user=u"],
  ["quotes", "password = 'a b\\'c''d' user=u", "password = '[redacted]' user=u"],
  ["toml", 'password = "a b" # x', "password = [redacted] # x"],
  ["the environment", "PGPASSWORD=pw DB_PASSWORD=pw2 psql", "PGPASSWORD=[redacted] DB_PASSWORD=[redacted] psql"],
  ["sslpassword", "sslpassword=pw", "sslpassword=[redacted]"],
  ["JSON", '{"password": "p\\"w", "a": 1}', '{"password": "[redacted]", "a": 1}'],
  ["a double quote in single ones", "password='a\"b' user=u", "password='[redacted]' user=u"],
  ["JSON in JSON", '"{\\"password\\":\\"pw\\",\\"a\\":1}"', '"{\\"password\\":\\"[redacted]\\",\\"a\\":1}"'],
  ["SQL", "ALTER ROLE u ENCRYPTED PASSWORD 'it''s' LOGIN", "ALTER ROLE u ENCRYPTED PASSWORD '[redacted]' LOGIN"],
  ["a user mapping", "OPTIONS (user 'u', password E'p\\'w')", "OPTIONS (user 'u', password E'[redacted]')"],
  ["a literal in one", "EXECUTE 'ROLE u PASSWORD ''p w'' LOGIN'", "EXECUTE 'ROLE u PASSWORD ''[redacted]'' LOGIN'"],
  ["two ends in one", "E 'ROLE u PASSWORD ''p w''' LOGIN", "E 'ROLE u PASSWORD ''[redacted]''' LOGIN"],
  ["three deep", "'''PASSWORD ''''p''''''''w'''' x'''", "'''PASSWORD ''''[redacted]'''' x'''"],
  ["quotes at both its ends", "PASSWORD '''pw''' LOGIN", "PASSWORD '''[redacted]' LOGIN"],
  ["an escape two deep", "'PASSWORD E''p\\''w'' LOGIN'", "'PASSWORD E''[redacted]'' LOGIN'"],
  ["dollars", "PASSWORD $$p'w$$ LOGIN", "PASSWORD $$[redacted]$$ LOGIN"],
  ["dollars with a tag", "password := $a$p$$w$a$;", "password := $a$[redacted]$a$;"],
  ["an assignment", "password := E'pw'; x", "password := E'[redacted]'; x"],
  ["a declaration", "DECLARE password text := 'p w'; x", "DECLARE password text := '[redacted]'; x"],
  [
    "a declaration with all that it may have",
    "api_password CONSTANT character varying(20) NOT NULL = E'pw';\npasswd shop.secret DEFAULT 'pw'",
    "api_password CONSTANT character varying(20) NOT NULL = E'[redacted]';\npasswd shop.secret DEFAULT '[redacted]'",
  ],
  ["a setting", "SET app.api_password TO 'pw'; x", "SET app.api_password TO '[redacted]'; x"],
  ["an argument", "jsonb_build_object('password', 'p w')", "jsonb_build_object('password', '[redacted]')"],
  ["a comment between", "PASSWORD /* x */\n'p w'", "PASSWORD /* x */\n'[redacted]'"],
  ["JSON of SQL", `{"q":"PASSWORD E'p\\\\'w'","a":1}`, `{"q":"PASSWORD E'[redacted]'","a":1}`],
  ["no end", "PASSWORD ''p w\nnext", "PASSWORD ''[redacted]\nnext"],
];

for (const [hazard, text, clean] of unregistered) {
  test(`a password that nobody registered: ${hazard}`, () => {
    expect(redact(text)).toBe(clean);
    expect(redact(clean)).toBe(clean);
  });
}

test("what is no password stays: ports, addresses, mail, the server's own words", () => {
  for (const text of [
    "postgres://u@h:5432/db?application_name=x",
    "postgres://[::1]:5432/db",
    "http://h:80/ and mail a@b.example",
    'password authentication failed for user "u"',
    '{"has_password": true, "password": null, "next": "x"}',
    '{"dsn":"host=x password=","next":"kept"}',
    "SELECT password FROM users WHERE status = 'active'",
    "INSERT INTO users (password, name) VALUES (1, 'active')",
  ]) {
    expect(redact(text)).toBe(text);
  }
});

test("JSON stays JSON, whatever the strings in it hold", () => {
  const hostile = [
    "password=",
    "password=a\\",
    'password="',
    "password='",
    "x://u:p\\",
    'x://u:"@',
    "password = '\n'",
    '"password":"',
  ];
  for (const first of hostile) {
    for (const second of [...hostile, "", "@", "'", '"', "\\"]) {
      const text = JSON.stringify({ first, second, third: [first, second], last: { deep: "'@\"" } });
      for (const one of [text, JSON.stringify(text), JSON.stringify(JSON.parse(text), null, 2)]) {
        expect(() => JSON.parse(redact(one))).not.toThrow();
      }
    }
  }
});

test("a document is redacted string by string, keys too, and keeps its other values", () => {
  registerSecret("canary-in-document");
  const value = { "canary-in-document": ["x canary-in-document", 1, null, true, { a: "postgres://u:p@h" }] };
  expect(redactFact(value)).toEqual({
    "[redacted]": ["x [redacted]", 1, null, true, { a: "postgres://u:[redacted]@h" }],
  });
});

function fastestMs(text: string, rounds: number): number {
  const times = Array.from({ length: rounds }, () => {
    const elapsed = stopwatch();
    redact(text);
    return elapsed();
  });
  return Math.min(...times);
}

test("ten times the report takes ten times as long, and not a hundred", () => {
  for (let index = 0; index < 8; index++) registerSecret(`canary number ${index} with "quotes" & more`);
  const line = "2026-05-21 04:23:59 public.orders 158 159 postgres://u:p@h/db password=x canary number 3\n";
  const [few, many] = [500_000, 5_000_000].map((bytes) => fastestMs(line.repeat(bytes / line.length), 5));
  expect((many ?? 0) / (few ?? 0)).toBeLessThan(40);
});

test("no text makes it slow: 1 MB of each stays far from the minutes that quadratic work would take", () => {
  const size = 1_000_000;
  const parts = [
    "a://b:",
    "a",
    "://u:@",
    "password ",
    "password a",
    "password text ",
    "password=",
    "password='",
    "\\",
    '"password": "',
    "'",
    '"',
    ":@",
  ];
  const texts = [
    ...parts.map((part) => part.repeat(size / part.length)),
    ...["'", '"', ""].map((quote) => `password=${quote}${"x".repeat(size)}${quote}`),
    `password=${"\\x".repeat(size / 2)}`,
    `"password":"${"x".repeat(size)}"`,
  ];
  for (const text of texts) {
    expect({ text: text.slice(0, 20), quick: fastestMs(text, 1) < 1_000 }).toEqual({
      text: text.slice(0, 20),
      quick: true,
    });
  }
});
