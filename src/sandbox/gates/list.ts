/**
 * gates/list: the twenty-five gates, in order, and how large the frozen matrix is.
 *
 * Data only. The ledger of gates begins with all of them NOT RUN; the table of commands names them by id.
 */
import { expandMatrix } from "../../schema/matrix.ts";
import { G23, G24, G25 } from "./after.ts";
import { G01, G02, G03, G04, G05, G06 } from "./before.ts";
import { G19, G20, G21, G22 } from "./conduct.ts";
import { G07, G08, G09, G10, G11, G12, G13, type MatrixSize } from "./server.ts";
import { G14, G15, G16, G17, G18 } from "./verification.ts";

type Named = { readonly id: string; readonly claim: string };

export const ALL_GATES: readonly Named[] = [
  ...[G01, G02, G03, G04, G05, G06, G07, G08, G09, G10, G11, G12, G13],
  ...[G14, G15, G16, G17, G18, G19, G20, G21, G22, G23, G24, G25],
].map(({ id, claim }) => ({ id, claim }));

export function matrixSize(): MatrixSize {
  const ledger = expandMatrix().filter(({ area }) => area === "governance");
  return {
    tablePrivileges: ledger.filter(({ kind }) => kind === "tables").length,
    columnUpdates: ledger.filter(({ kind }) => kind === "columns").length,
  };
}
