/**
 * leftovers/resource: one thing that a sandbox makes outside its process, by the exact name by which it goes again.
 *
 * Nothing is ever removed by a pattern or a prefix: what is not such a value is not touched. Pure. Written down by
 * record.ts before the thing is made, removed by the providers and by sweep.ts.
 */
export type Resource =
  | ProcessResource
  /** Ours only where the marker file in it holds the record's token, and never where it is a symbolic link. */
  | { readonly kind: "directory"; readonly path: string }
  | EngineResource;

/** Ours only where its label says so; `command` is the program that was asked to make it, e.g. `["docker"]`. */
export type EngineResource = {
  readonly kind: "container" | "volume" | "network";
  readonly name: string;
  readonly command: readonly string[];
};

export type ProcessResource = {
  readonly kind: "process";
  readonly pid: number;
  /** In clock ticks since boot, field 22 of proc_pid_stat(5): a number that was given out again has another. */
  readonly startTime: string;
  /** /proc/sys/kernel/random/boot_id: after a reboot the process is gone, whatever has its number. */
  readonly bootId: string;
};

/** For people and logs, e.g. `container cutter-sandbox-1`, `process 4711`. */
export function describeResource(resource: Resource): string {
  if (resource.kind === "process") return `process ${resource.pid}`;
  return `${resource.kind} ${resource.kind === "directory" ? resource.path : resource.name}`;
}
