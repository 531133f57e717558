/**
 * document: the bytes of one source document, checked once, with their digest.
 *
 * First step of the flow. It refuses what can never become units: a bad identifier, no bytes, bytes that are not UTF-8,
 * NUL bytes (PostgreSQL's text cannot hold them), too many bytes. It never changes a byte: BOM, line ends and combining
 * marks stay as they are. Pure: the bytes come in as a value. Called by the verbs that cut.
 */
import { isUtf8 } from "node:buffer";
import { sha256 } from "../kernel/digest.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";

export type SourceDocument = {
  readonly documentId: string;
  readonly bytes: Uint8Array;
  /** 64 lower-case hex digits, of all bytes. */
  readonly sourceSha256: string;
  /** `text/markdown; charset=utf-8` or `text/plain; charset=utf-8`, from the name's ending. */
  readonly mediaType: string;
};

export type DocumentSource = { readonly documentId: string; readonly fileName: string; readonly bytes: Uint8Array };

const DOCUMENT_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** DOCUMENT_ID_INVALID, DOCUMENT_EMPTY, DOCUMENT_NOT_TEXT (facts.offset, in bytes from 0), DOCUMENT_TOO_LARGE. */
export function openDocument({ documentId, fileName, bytes }: DocumentSource): SourceDocument | Failure {
  const wrongId = checkDocumentId(documentId);
  if (wrongId !== null) return wrongId;
  const size = bytes.byteLength;
  if (size > limits.documentBytes) {
    return new Failure("DOCUMENT_TOO_LARGE", `${fileName} has ${size} bytes, more than ${limits.documentBytes}`, {
      facts: { bytes: size, limit_bytes: limits.documentBytes },
    });
  }
  if (size === 0) return new Failure("DOCUMENT_EMPTY", `${fileName} is empty`, { facts: { bytes: 0 } });
  if (!isUtf8(bytes)) {
    const offset = firstBadByte(bytes);
    const byte = (bytes[offset] ?? 0).toString(16).padStart(2, "0");
    const message = `${fileName} is not valid UTF-8: first bad byte at offset ${offset} (0x${byte})`;
    return new Failure("DOCUMENT_NOT_TEXT", message, { facts: { offset } });
  }
  const nul = bytes.indexOf(0);
  if (nul !== -1) {
    const message = `${fileName} holds a NUL byte at offset ${nul}, which PostgreSQL's text cannot store`;
    return new Failure("DOCUMENT_NOT_TEXT", message, { facts: { offset: nul } });
  }
  const mediaType = `text/${/\.(md|markdown|mkd)$/i.test(fileName) ? "markdown" : "plain"}; charset=utf-8`;
  return { documentId, bytes, sourceSha256: sha256(bytes), mediaType };
}

/** The identifier is the first part of every canonical address, so that nothing in it may look like another part. */
export function checkDocumentId(documentId: string): Failure | null {
  if (DOCUMENT_ID.test(documentId)) return null;
  const allowed = "1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit";
  const hint = `A document id is ${allowed}, e.g. ICX-CONST.`;
  const facts = { document: documentId, allowed: DOCUMENT_ID.source };
  return new Failure("DOCUMENT_ID_INVALID", `not a document id: ${JSON.stringify(documentId)}`, { hint, facts });
}

/** Offset of the first byte at which a strict decoder stops; the bytes are known to be invalid. */
function firstBadByte(bytes: Uint8Array): number {
  let offset = 0;
  while (offset < bytes.length) {
    const length = sequenceLength(bytes, offset);
    if (length === 0) return offset;
    offset += length;
  }
  return offset;
}

/** Length of the well-formed sequence at an offset (Unicode, table 3-7), or 0. */
function sequenceLength(bytes: Uint8Array, offset: number): number {
  const lead = bytes[offset] ?? 0;
  if (lead < 0x80) return 1;
  const length =
    lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  for (let index = 1; index < length; index += 1) {
    const byte = bytes[offset + index] ?? 0;
    if (byte < (index === 1 ? least : 0x80) || byte > (index === 1 ? most : 0xbf)) return 0;
  }
  return length;
}
