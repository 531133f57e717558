/**
 * alone: how the program under test is started in a table of processes of its own, where root may make one.
 *
 * A sandbox holds every PostgreSQL server of this host against its gates G-12 and G-24, and beside a test others start
 * and end theirs. Used by the fault tests of sandboxes; never by the program.
 */
import type { Setting } from "./program.ts";

const WORDS = 'exec unshare --pid --fork --mount-proc --kill-child /bin/sh -c \'"$@"; exit $?\' sh "$@"';

export const ALONE: Pick<Setting, "script"> = process.geteuid?.() === 0 ? { script: WORDS } : {};
