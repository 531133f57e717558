/**
 * encoding: holds a session to UTF8, the only client_encoding in which its text is read.
 *
 * A server reports each change of it; after one, text would be read wrongly without anybody noticing, so the session
 * ends. Never converts. Called by login.ts and wire.ts.
 */
import { Failure } from "../failure.ts";
import { readParameter } from "./messages.ts";

const ENCODING = "UTF8";

/** Null unless this ParameterStatus reports another client_encoding. */
export function checkEncoding(parameterStatus: Buffer): Failure | null {
  const [name, value] = readParameter(parameterStatus);
  if (name !== "client_encoding" || value === ENCODING) return null;
  return new Failure("SESSION_PROTOCOL", `client_encoding was changed to ${value}; cutter reads ${ENCODING} only`);
}
