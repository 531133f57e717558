-- Purpose: the words that fn_iu_create resolves its arguments against. Parameters: none.
-- Locks: AccessShareLock on public.system_vocab, which the role must be allowed to read.
SELECT pg_catalog.split_part(v.key, '.', 2) AS family, pg_catalog.split_part(v.key, '.', 3) AS word
FROM public.system_vocab AS v
WHERE pg_catalog.split_part(v.key, '.', 1) = 'vocab'
ORDER BY v.key COLLATE "C"
