/**
 * stage/facts: what was made and staged for the scenarios, by where it lies: types only.
 *
 * Made by keys.ts and files.ts; kept by the sandbox; read by the desk and the gates.
 */
export type Keys = {
  /** Of the sovereign's private SSH key. */
  readonly ssh: string;
  readonly sshPublic: string;
  readonly exec: string;
  readonly verify: string;
  readonly gnupgHome: string;
  /** 40 hex digits. */
  readonly backupKey: string;
  /** File of its public part. */
  readonly backupPublic: string;
  /** Files that hold a secret: they are not searched for it. */
  readonly homes: readonly string[];
};

export type StagedFile = { readonly name: string; readonly path: string; readonly sha256: string };

export type Staged = {
  readonly files: readonly StagedFile[];
  /** cutter.toml. */
  readonly configuration: string;
  readonly document: { readonly id: string; readonly path: string; readonly profile: string };
  /** A configuration with the profile `bare`, whose words no vocabulary has. */
  readonly bare: string;
  /** Three units under `markdown`, for what needs no more. */
  readonly handbook: string;
};
