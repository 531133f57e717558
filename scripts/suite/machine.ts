/**
 * machine: what the suite and the demo need of the machine beyond npm packages, and fetching it where we may.
 *
 * Only what is missing is installed, only as root, only with apt. Otherwise it says in one sentence what to install.
 * Never starts a server: Debian's package would, so it is told not to make a cluster first.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

type Need = { readonly package: string; readonly isThere: () => boolean };

const NEEDS: readonly Need[] = [
  { package: "postgresql-15", isThere: hasPostgres15 },
  { package: "postgresql-client-15", isThere: () => Bun.which("psql") !== null },
  { package: "openssl", isThere: () => Bun.which("openssl") !== null },
  { package: "openssh-client", isThere: () => Bun.which("ssh-keygen") !== null },
  { package: "util-linux", isThere: () => Bun.which("setpriv") !== null },
  { package: "strace", isThere: () => Bun.which("strace") !== null },
  { package: "gnupg", isThere: () => Bun.which("gpg") !== null && Bun.which("gpg-agent") !== null },
  { package: "bsdutils", isThere: () => Bun.which("script") !== null },
  { package: "faketime", isThere: () => Bun.which("faketime") !== null },
];

const CLUSTER_SETTINGS = "/etc/postgresql-common/createcluster.conf";

export function hasPostgres15(): boolean {
  return existsSync("/usr/lib/postgresql/15/bin/postgres");
}

/** Installs what is missing; answers a sentence for the operator where it may or can not. */
export function prepareMachine(): string | undefined {
  const missing = NEEDS.filter(({ isThere }) => !isThere()).map((need) => need.package);
  if (missing.length === 0) return undefined;
  const command = `apt-get install ${missing.join(" ")}`;
  if (process.getuid?.() !== 0) return `as root, please run: ${command}`;
  if (Bun.which("apt-get") === null) return `this machine has no apt-get; please install: ${missing.join(", ")}`;
  if (!existsSync(CLUSTER_SETTINGS)) {
    mkdirSync(dirname(CLUSTER_SETTINGS), { recursive: true });
    writeFileSync(
      CLUSTER_SETTINGS,
      "# Written by cutter's scripts/test before it installed the server.\ncreate_main_cluster = false\n",
    );
  }
  apt("update", "-qq");
  apt("install", "-y", "-qq", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold", ...missing);
  const still = NEEDS.filter(({ isThere }) => !isThere()).map((need) => need.package);
  return still.length === 0 ? undefined : `apt-get could not install: ${still.join(", ")}`;
}

function apt(...words: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  Bun.spawnSync(["apt-get", ...words], { env, stdin: "ignore", stdout: "inherit", stderr: "inherit" });
}
