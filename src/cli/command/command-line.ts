/**
 * command-line: the command as it was given, for reports and evidence: without the values of --param.
 *
 * Those are data of the operator, which belong into no report; their number shows. Pure. Passwords in a --url are taken
 * out by whoever writes the text, as everywhere. Called by the rollback command.
 */
const SHOWN = "[value]";

export function commandLine(program: string, argv: readonly string[]): string {
  return [program, ...argv.map((word, index) => shown(word, argv[index - 1]))].join(" ");
}

function shown(word: string, before: string | undefined): string {
  if (before === "--param") return SHOWN;
  return word.startsWith("--param=") ? `--param=${SHOWN}` : word;
}
