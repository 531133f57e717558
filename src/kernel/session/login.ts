/**
 * login: from a fresh stream to the first ReadyForQuery: startup packet, authentication, what the server reports.
 *
 * We do it ourselves, so that the password never reaches the driver, an unknown method is refused instead of waited
 * for, and nothing of the environment gets into the startup packet. Ends in a LoginReply or a coded Failure; a refusal
 * by the server itself carries `facts.sqlstate`. Called by open.ts; the caller bounds it in time.
 */
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { Authentication, CLEAR_TEXT, type Credentials } from "./authentication.ts";
import type { Channel } from "./channel.ts";
import { loginFailure, readNotice, readServerError } from "./database-error.ts";
import { checkEncoding } from "./encoding.ts";
import { encodeRequest, type Message, readParameter, zeroTerminated } from "./messages.ts";
import type { Notice } from "./session.ts";

export type Startup = Credentials & {
  /** Everything that goes into the startup packet beside the user, e.g. `database`, `options`, run-time parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether others could read what is sent. */
  readonly readable: "by others" | "by the server only";
};

export type LoginReply = {
  readonly backendPid: number;
  /** The secret of BackendKeyData: never shown. */
  readonly cancelKey: Buffer;
  /** ParameterStatus values, e.g. `server_version`, `in_hot_standby`. */
  readonly reported: Readonly<Record<string, string>>;
  readonly notices: readonly Notice[];
};

const PROTOCOL_3_0 = 196_608;
const KEY_DATA_BYTES = 8;

/** libpq sends it too, so we do; but a report can say that it was so. */
const CLEAR_TEXT_NOTICE: Notice = {
  severity: "WARNING",
  code: "01000",
  message: "the server asked for the password in clear text on a connection without TLS, and it was sent",
};

export async function login(channel: Channel, startup: Startup): Promise<LoginReply | Failure> {
  const packet = startupPacket(startup);
  if (packet instanceof Failure) return packet;
  channel.send(packet);
  const authentication = new Authentication(startup);
  const notices: Notice[] = [];
  const reported: Record<string, string> = {};
  let backendPid = 0;
  let cancelKey: Buffer = Buffer.alloc(0);
  let state: "asked who we are" | "in" = "asked who we are";
  for (let received = 0; received < limits.loginMessages; received++) {
    const message = await channel.next();
    if (message instanceof Failure) return message;
    const { type, body } = message;
    if (type === "E") return loginFailure(readServerError(body), startup.address);
    if (type === "N") notices.push(readNotice(body));
    else if (state === "asked who we are") {
      if (type !== "R" || body.length < 4) return unexpected(message, startup);
      const method = body.readUInt32BE(0);
      const step = await authentication.step(method, body.subarray(4));
      if (step instanceof Failure) return step;
      if (step === "done") state = "in";
      if (method === CLEAR_TEXT && startup.readable === "by others") notices.push(CLEAR_TEXT_NOTICE);
      if (Buffer.isBuffer(step)) channel.send(step);
    } else if (type === "S") {
      const misread = checkEncoding(body);
      if (misread !== null) return misread;
      const [name, value] = readParameter(body);
      reported[name] = value;
    } else if (type === "K" && body.length >= KEY_DATA_BYTES) {
      backendPid = body.readUInt32BE(0);
      cancelKey = Buffer.from(body.subarray(4));
    } else if (type === "Z") return { backendPid, cancelKey, reported, notices };
    else return unexpected(message, startup);
  }
  return new Failure("SESSION_PROTOCOL", `${startup.address} does not come to an end of the login`);
}

function startupPacket({ user, parameters }: Startup): Buffer | Failure {
  const pairs = Object.entries({ user, ...parameters });
  const spoiled = pairs.find(([name, value]) => name === "" || `${name}${value}`.includes("\0"));
  if (spoiled !== undefined) return new Failure("CONNINFO_INVALID", `"${spoiled[0]}" holds a zero byte or has no name`);
  const body = pairs.flatMap(([name, value]) => [zeroTerminated(name), zeroTerminated(value)]);
  return encodeRequest(PROTOCOL_3_0, Buffer.concat([...body, Buffer.alloc(1)]));
}

function unexpected({ type }: Message, { address }: Startup): Failure {
  const shown = JSON.stringify(type);
  return new Failure("SESSION_PROTOCOL", `${address} sent ${shown} during the login; is it a PostgreSQL server?`, {
    facts: { address, message_type: type },
  });
}
