/**
 * tidy: the house style as a check: `bun scripts/tidy.ts` names each line that breaks a rule and exits 1.
 *
 * Learnt from TigerBeetle's tidy.zig: style as a test, with tests of its own. Part of scripts/test. Changes no file.
 */
import { join } from "node:path";
import { RULES } from "./tidy/rules.ts";
import { loadTree } from "./tidy/tree.ts";

const tree = loadTree(join(import.meta.dirname, ".."));
const lines = RULES.flatMap(({ name, check }) =>
  check(tree).map(({ path, line, message }) => `${path}:${line} ${name}: ${message}`),
);
const files = tree.sources.length;
process.stdout.write(
  `${[...lines.sort(), `tidy: ${files} files, ${RULES.length} rules, ${lines.length} found`].join("\n")}\n`,
);
process.exitCode = lines.length === 0 && files > 0 ? 0 : 1;
