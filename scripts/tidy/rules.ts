/**
 * rules: the list of all rules of tidy.
 *
 * A rule that is not in here is not checked; a test sees to it that each one in here has a bad sample. Read by tidy.ts.
 * Rules must stay pure, so that they can be tested on a few lines of text.
 */
import { header, promise, sqlHeader } from "./comments.ts";
import { barrel, defaultExport, unusedExport } from "./exports.ts";
import { usedFailures } from "./failures.ts";
import { armingImport, driverImport, importCycle, importDirection, importExtension, sqlAsText } from "./imports.ts";
import { asciiSql, foreignPlaces, kernelFiles, oneVersion, sourceFolders, topLevel } from "./layout.ts";
import { fileLines, functionLines, lineColumns, positionalParameters } from "./sizes.ts";
import {
  anyType,
  booleanParameter,
  consoleUse,
  countedProcess,
  endlessLoop,
  hiddenTest,
  processExit,
} from "./statements.ts";
import type { Rule } from "./tree.ts";

export const RULES: readonly Rule[] = [
  ...[topLevel, sourceFolders, kernelFiles, foreignPlaces, oneVersion, asciiSql],
  ...[fileLines, functionLines, lineColumns, positionalParameters],
  ...[header, sqlHeader, promise],
  ...[importDirection, driverImport, armingImport, sqlAsText, importExtension, importCycle],
  ...[barrel, defaultExport, unusedExport, usedFailures],
  ...[processExit, countedProcess, consoleUse, endlessLoop, anyType, booleanParameter, hiddenTest],
];
