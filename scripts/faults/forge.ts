/**
 * forge: an evidence file with other content, and SHA256SUMS as it would be if that had been written.
 *
 * For the tests of what notices it all the same; never used by the program.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export function forge(evidence: string, name: string, content: string): void {
  writeFileSync(join(evidence, name), content);
  const digest = createHash("sha256").update(content).digest("hex");
  const sums = readFileSync(join(evidence, "SHA256SUMS"), "utf8").split("\n");
  const forged = sums.map((line) => (line.endsWith(`  ${name}`) ? `${digest}  ${name}` : line));
  writeFileSync(join(evidence, "SHA256SUMS"), forged.join("\n"));
}
