/**
 * roles: the roles that log in to a sandbox, each with a one-time password.
 *
 * From the frozen matrix: its owner and whoever may log in. Data only.
 */
import { privilegeMatrix } from "../schema/matrix.ts";

export const LOGIN_ROLES: readonly string[] = [privilegeMatrix.owner, ...privilegeMatrix.roles]
  .filter(({ attributes }) => attributes.login === true)
  .map(({ name }) => name);
