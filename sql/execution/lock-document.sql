-- Purpose: the lock that keeps two hosts from cutting one document at a time. One row: whether we have it.
-- search_path must be pinned.
-- Parameters: $1 text, the document id.
-- Locks: a session-level advisory lock, until the session ends. The key is ours by its first half, the first four
-- bytes of SHA-256 of 'cutter', and the document's by its second.
SELECT pg_try_advisory_lock(
  ('x1e672dcc')::bit(32)::int4,
  ('x' || substr(
    encode(sha256(convert_to($1, 'UTF8')), 'hex'), 1, 8))
    ::bit(32)::int4) AS locked
