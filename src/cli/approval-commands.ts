/**
 * approval-commands: the table of the verbs about approvals: what writes one, and what says whether one holds.
 *
 * Data, and a `run` that imports its verb when it is called, never sooner. No logic here. Read by commands.ts.
 */
import { type Command, defineCommand, type Group } from "./command/command.ts";

const approve = defineCommand({
  name: "approve",
  summary: "Shows what a run is about to do, and writes the approval or rejection of it for somebody to sign.",
  description: [
    "The plan, what it does with each unit, the database, and what its rehearsal came to. An approval is for this " +
      "run, gate, plan and database alone, and until it expires; nothing is approved until it is signed.",
    "With --sign-with ssh-keygen signs it: KEY is a private key, or the public half of one that an agent or a " +
      "hardware key holds. No connection is made, and no file is replaced.",
  ],
  examples: [
    { arguments: "RUN --gate SG1 --authority anna --sign-with ~/.ssh/id_ed25519", explanation: "Signed at once." },
    {
      arguments: "RUN --gate SG2 --authority anna --authority ben",
      explanation: "For two to sign, each by ssh-keygen.",
    },
    { arguments: 'RUN --gate SG1 --authority anna --reject --note "no article 3"', explanation: "Stops the run." },
  ],
  positionals: [{ name: "RUN", description: "The run, as cutter runs lists it.", required: true }],
  flags: [
    {
      name: "gate",
      kind: "choice",
      choices: ["SG1", "SG2", "REVERT", "HARD_DELETE"],
      required: true,
      description: "What is decided: the cut, the enactment, taking a run back, or deleting its drafts.",
    },
    {
      name: "authority",
      kind: "list",
      valueName: "NAME",
      description: "Who signs, by the name in allowed_signers; once for each.",
    },
    { name: "sign-with", kind: "string", valueName: "KEY", description: "Sign it with this SSH key." },
    {
      name: "unrehearsed",
      kind: "boolean",
      description: "Approve SG1 although the cut or its revert was not rehearsed.",
    },
    { name: "reject", kind: "boolean", description: "Say no; --note says why." },
    { name: "note", kind: "string", valueName: "TEXT", description: "What the record is to say." },
    {
      name: "valid-for",
      kind: "string",
      valueName: "DURATION",
      description: "How long it holds: 90m, 24h, 7d; as configured, else 24h.",
    },
    {
      name: "out",
      kind: "string",
      valueName: "FILE",
      description: "Where it is written; RUN.GATE.json here if not given. Never over a file that is there.",
    },
  ],
  run: async (invocation, terminal) => (await import("./approve.ts")).approve(invocation, terminal),
});

const verify = defineCommand({
  name: "verify",
  summary: "Says who signed an approval, for what, and whether its run would accept it now, with all reasons if not.",
  description: ["From the run store of this machine and the configured allowed_signers. No connection is made."],
  examples: [{ arguments: "RUN.SG1.json", explanation: "Exit code 0: it lets the run pass. 4: it does not, and why." }],
  positionals: [{ name: "FILE", description: "The approval, as it was signed.", required: true }],
  flags: [
    {
      name: "signature",
      kind: "list",
      valueName: "FILE",
      description: "A signature of it; FILE.sig, FILE.2.sig … beside it if not given.",
    },
  ],
  run: async (invocation, terminal) => (await import("./approval-verify.ts")).approvalVerify(invocation, terminal),
});

const approval: Group = {
  name: "approval",
  summary: "What a signed approval is worth.",
  examples: [],
  commands: [verify],
};

export const APPROVAL_COMMANDS: readonly Command[] = [approve, approval];
