/**
 * service-state/wrapper: programs that start another program, and where on their command line that one stands.
 *
 * Data only, from the manual pages of coreutils, util-linux, sudo, systemd and the shells. What is not in here is taken
 * for a program of its own: our name among its arguments is then a mention. Read by command.ts.
 */
export type Wrapper = {
  /** Letters of short options that take a value, joined or as the next word. */
  readonly values?: string;
  /** Long options, without dashes, that may take the next word. */
  readonly long?: readonly string[];
  /** Letters of short options whose value is a line for a shell, and long ones alike. */
  readonly script?: string;
  readonly longScript?: readonly string[];
  /** Operands before the other program: a duration, a lock file, a folder. */
  readonly operands?: number;
  /** An option after which the first operand is the other program. */
  readonly direct?: RegExp;
};

const PLAIN: Wrapper = {};

const SHELL: Wrapper = { values: "oO", script: "c" };

/** Never comes to a program by operands: what follows the name of the account goes to its shell. */
const SWITCH_USER: Wrapper = {
  values: "gGsw",
  long: ["group", "supp-group", "shell", "whitelist-environment"],
  script: "c",
  longScript: ["command", "session-command"],
  operands: Number.MAX_SAFE_INTEGER,
};

const SYSTEMD_RUN_LONG = [
  ...[
    "unit",
    "property",
    "setenv",
    "description",
    "slice",
    "uid",
    "gid",
    "nice",
    "working-directory",
    "machine",
    "host",
  ],
  ...["on-active", "on-boot", "on-startup", "on-unit-active", "on-unit-inactive", "on-calendar", "timer-property"],
  ...["service-type", "path-property", "socket-property"],
];

const SETPRIV_LONG = [
  ...["reuid", "regid", "ruid", "euid", "rgid", "egid", "groups", "securebits", "pdeathsig", "selinux-label"],
  ...["apparmor-profile", "inh-caps", "ambient-caps", "bounding-set", "ptracer", "landlock-access", "landlock-rule"],
];

export const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  ...Object.fromEntries(["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "rbash"].map((name) => [name, SHELL])),
  ...Object.fromEntries(
    ["nohup", "setsid", "command", "builtin", "busybox", "chronic", "cronic", "ifne", "eval", "fakeroot"].map(
      (name) => [name, PLAIN],
    ),
  ),
  chrt: { values: "TPD", operands: 1 },
  chroot: { long: ["groups", "userspec"], operands: 1 },
  doas: { values: "uC" },
  env: { values: "uC", long: ["unset", "chdir"], script: "S", longScript: ["split-string"] },
  exec: { values: "a" },
  flock: {
    values: "wE",
    long: ["timeout", "wait", "conflict-exit-code"],
    script: "c",
    longScript: ["command"],
    operands: 1,
  },
  ionice: { values: "cnpPu", long: ["class", "classdata"] },
  nice: { values: "n", long: ["adjustment"] },
  nsenter: { values: "tSG", long: ["target", "setuid", "setgid"] },
  prlimit: { values: "p" },
  runuser: {
    ...SWITCH_USER,
    values: "gGswu",
    long: [...(SWITCH_USER.long ?? []), "user"],
    direct: /^(-[A-Za-z]*u|--user)/,
  },
  screen: { values: "cehpsStTX" },
  script: { values: "EIOBmTot", script: "c", longScript: ["command"], operands: Number.MAX_SAFE_INTEGER },
  setarch: { operands: 1 },
  setpriv: { long: SETPRIV_LONG },
  stdbuf: { values: "ioe", long: ["input", "output", "error"] },
  strace: { values: "abeEIoOpPsSuUX", long: ["output", "trace"] },
  su: SWITCH_USER,
  sudo: {
    values: "CDghpRrtTUu",
    long: ["user", "group", "host", "prompt", "chdir", "chroot", "role", "type", "close-from", "command-timeout"],
  },
  "systemd-cat": { values: "tp", long: ["identifier", "priority", "stderr-priority"] },
  "systemd-inhibit": { long: ["what", "who", "why", "mode"] },
  "systemd-run": { values: "upEMHC", long: SYSTEMD_RUN_LONG },
  taskset: { operands: 1 },
  time: { values: "fo", long: ["format", "output"] },
  timeout: { values: "sk", long: ["signal", "kill-after"], operands: 1 },
  tmux: { values: "cefFLnsStTxy", operands: 1 },
  unshare: { values: "SGRw", long: ["setuid", "setgid", "root", "wd"] },
  watch: { values: "nq", long: ["interval"] },
  xargs: { values: "adEILnPs", long: ["max-args", "max-procs", "delimiter", "arg-file", "max-lines", "max-chars"] },
};
