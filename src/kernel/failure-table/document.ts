/**
 * failure-table/document: what is wrong with a source document or a segmentation profile, found before any connection.
 *
 * A part of the one table of codes, which failure-table.ts puts together. Data only.
 */
import { type FailureEntry, NOT_CONNECTED } from "./entry.ts";

export const DOCUMENT_FAILURES = {
  DOCUMENT_ID_INVALID: {
    exit: 2,
    cause: "The document id cannot be the first part of an address.",
    action: "Use 1 to 64 of A-Z a-z 0-9 . _ -, the first of them a letter or digit, e.g. ICX-CONST.",
    data: NOT_CONNECTED,
  },
  DOCUMENT_EMPTY: {
    exit: 2,
    cause: "The source document has no bytes, so there is nothing to cut.",
    action: "Check that the file was copied whole.",
    data: NOT_CONNECTED,
  },
  DOCUMENT_NOT_TEXT: {
    exit: 2,
    cause: "The source document is not UTF-8 text that PostgreSQL can store.",
    action: "Convert the file to UTF-8 without NUL bytes; the message says at which offset it goes wrong.",
    data: NOT_CONNECTED,
  },
  DOCUMENT_TOO_LARGE: {
    exit: 2,
    cause: "The source document is larger than what is cut in one piece.",
    action: "Split the document, for instance by its volumes, each with a document id of its own.",
    data: NOT_CONNECTED,
  },
  PROFILE_UNKNOWN: {
    exit: 2,
    cause: "There is no segmentation profile of that name.",
    action: "Use one of the built-in ones, one of [profiles.*] in the configuration, or auto.",
    data: NOT_CONNECTED,
  },
  CUTPLAN_REFUSED: {
    exit: 2,
    cause: "The cutplan holds rows that the write contract or the lifecycle would refuse.",
    action: "Mend what each problem names, in the document, the profile or the vocabulary, and plan again.",
    data: NOT_CONNECTED,
  },
} as const satisfies Record<string, FailureEntry>;
