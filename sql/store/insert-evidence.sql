-- Purpose: the next link of the chain of evidence digests.
-- Parameters: each column by its name.
-- Locks taken: RESERVED, by the transaction that it is in.
INSERT INTO evidence (sequence, folder, step, sums_sha256, at, previous_sha256, sha256)
VALUES (:sequence, :folder, :step, :sums_sha256, :at, :previous_sha256, :sha256)
