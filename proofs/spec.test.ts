/** spec.test: what a file of `--spec` may not say, each refused by its path before any connection is made. */
import { describe, expect, test } from "bun:test";
import { battery } from "../scripts/database/battery.ts";
import { fileWith } from "../scripts/database/files.ts";
import { failed } from "../scripts/database/target.ts";

const NOBODY = "postgres://nobody@127.0.0.1:1/x";

const HEAD = `
role = "shop_owner"
statements = [
  "INSERT INTO shop.orders (customer, total) VALUES (3, 1), (3, 2)",
  "DELETE FROM shop.customer WHERE id = 1;",
]
`;
const DECLARED = `
[[declare]]
relation = "shop.orders"
inserted = 2
deleted = { min = 1, max = 5 }
[[declare]]
relation = "shop.customer"
deleted = 1
[[declare]]
relation = "shop.audit"
inserted = { min = 3 }
`;

describe("a file that is not a spec is CONFIG_INVALID with the path of what is wrong, before any connection", () => {
  const FILES: readonly (readonly [text: string, path: string])[] = [
    [`${HEAD}\nlekq_query = "SELECT 0"`, "lekq_query"],
    [`${HEAD}[[declare]]\nrelation = "shop.orders"\ninsreted = 1`, "declare.0.insreted"],
    [`${HEAD}[[declare]]\nrelation = "shop.orders"\ninserted = -1`, "declare.0.inserted"],
    [`${HEAD}[[declare]]\nrelation = "shop.orders"\ninserted = { minimum = 1 }`, "declare.0.inserted"],
    [`${HEAD}[[watch]]\nwhere = "true"`, "watch.0.relation"],
    [
      `${HEAD}${DECLARED}[[declare]]\nrelation = 'Shop."orders"'`,
      "declare.3: shop.orders is declared already, by declare.0",
    ],
    [
      `${HEAD}${"[[catalog]]\nchange = 'created'\nkind = 'x'\nname = 'y'\n".repeat(2)}`,
      "catalog.1: created x y is declared",
    ],
    [`${HEAD}[[catalog]]\nchange = "made"\nkind = "x"\nname = "y"`, "catalog.0.change"],
    [`role = "x"`, "statements"],
    ["statements = []", "statements"],
    ["statements = [", "probe.toml"],
    [`${HEAD}[[watch]]\nrelation = "shop.orders"\nwhere = "true) UNION SELECT (1"`, "true) UNION SELECT (1"],
    [`${HEAD}[[watch]]\nrelation = "shop.orders"\nwhere = "true) LIMIT (1"`, "true) LIMIT (1"],
    [`leak_query = "DELETE FROM shop.orders"\n${HEAD}`, "DELETE FROM shop.orders"],
  ];
  for (const [text, path] of FILES) {
    test(path, async () => {
      const refused = failed(await battery({ flags: { spec: fileWith("probe.toml", text) }, url: NOBODY }));
      expect([refused.code, refused.message]).toEqual(["CONFIG_INVALID", expect.stringContaining(path)]);
    });
  }
});
