/**
 * profile-names: the built-in profiles, for whoever completes a command line.
 *
 * Loads them only when it is asked. Those of a configuration are not in it: no file is read. Called by the tables of
 * commands.
 */
export async function profileNames(): Promise<readonly string[]> {
  const { BUILT_IN_PROFILES } = await import("../flow/profiles/built-in.ts");
  return ["auto", ...BUILT_IN_PROFILES.map(({ name }) => name)];
}
