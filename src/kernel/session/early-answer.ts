/**
 * early-answer: answers the driver's question about the types of parameters, so that a statement is one round trip.
 *
 * The driver (postgres 3.4.9, src/connection.js, describeFirst) sends Parse, Describe and Flush of a statement with
 * parameters, waits for the types, and only then binds. Our values are text whatever the types, so the wire answers at
 * once and sends the held question together with the Bind. Pure; decides nothing about the statement itself.
 */
import { encode } from "./messages.ts";

const FLUSH = encode("H");
const PARSE = "P".charCodeAt(0);
const NAME_START = 5;
const COUNT_BYTES = 2;
const TYPE_BYTES = 4;

/** The question without its Flush, or null where these bytes are something else. */
export function heldQuestion(bytes: Buffer): Buffer | null {
  const asks = bytes[0] === PARSE && bytes.subarray(-FLUSH.length).equals(FLUSH);
  return asks ? bytes.subarray(0, -FLUSH.length) : null;
}

/** ParseComplete, and a ParameterDescription that leaves every type open (oid 0). */
export function earlyAnswer(question: Buffer): Buffer {
  const endOfName = question.indexOf(0, NAME_START);
  const endOfText = question.indexOf(0, endOfName + 1);
  const parameters = question.readUInt16BE(endOfText + 1);
  const description = Buffer.alloc(COUNT_BYTES + parameters * TYPE_BYTES);
  description.writeUInt16BE(parameters, 0);
  return Buffer.concat([encode("1"), encode("t", description)]);
}
