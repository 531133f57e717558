/**
 * embedded-parser: makes libpg-query's WebAssembly file part of a program, in place of the path where it was built.
 *
 * The package looks for the file beside its own source, and the bundler writes that folder's path into the program: it
 * would work on the machine that built it and on no other. Fails where the package is not as it was when this was
 * written. Used by scripts/build.ts.
 */
import type { BunPlugin } from "bun";

const SOURCE = /[/\\]libpg-query[/\\]wasm[/\\]libpg-query\.js$/;

/** What stands in the source once, and what takes its place. */
const REPLACEMENTS = [
  ['return locateFile("libpg-query.wasm")', 'const file=require("./libpg-query.wasm");return file.default??file'],
  ['scriptDirectory=__dirname+"/"', 'scriptDirectory=""'],
  ['if(typeof __filename!="undefined"){_scriptName=__filename}else if', "if"],
] as const;

export const embeddedParser: BunPlugin = {
  name: "embedded-parser",
  setup(build) {
    build.onLoad({ filter: SOURCE }, async ({ path }) => {
      let contents = await Bun.file(path).text();
      for (const [found, replacement] of REPLACEMENTS) {
        if (contents.split(found).length !== 2) throw new Error(`${path} does not hold ${found} once`);
        contents = contents.replace(found, () => replacement);
      }
      return { contents, loader: "js" };
    });
  },
};
