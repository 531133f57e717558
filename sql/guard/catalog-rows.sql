-- Purpose: rows of one system catalog as addresses with digests. One row, one column: JSON [[class, object,
--   sub-object, type, identity, digest, digest of the privileges, file, empty, gone, label], ...].
-- Parameters: filled in by catalog-changes.ts: @catalog@, @class@, @object@, @sub@ (the address of the object that a
--   row is about), @without@ (columns that are noise), @identity@ and @label@ (what it is called, where that is not
--   what the server says of the address), @acl@ (name of the privileges column), @file@, @empty@, @gone@, @where@ (rows
--   that are objects to a person), @filter@ (which rows are asked for), @limit@. search_path must be pinned.
-- Locks taken: ACCESS SHARE on the catalog; @empty@ takes ACCESS SHARE on the changed relation itself.
SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(
    r.class::text, r.object::text, r.sub, i.type, coalesce(r.identity, i.identity),
    pg_catalog.hashtextextended(r.content, 0)::text,
    pg_catalog.hashtextextended(r.acl, 0)::text, r.file, r.empty, r.gone, r.label))::text, '[]') AS rows
FROM (
  SELECT @class@::pg_catalog.oid AS class, @object@::pg_catalog.oid AS object, @sub@::pg_catalog.int4 AS sub,
    (pg_catalog.to_jsonb(x) - @without@::pg_catalog.text[])::text AS content,
    coalesce((pg_catalog.to_jsonb(x) -> '@acl@')::text, '') AS acl,
    @file@ AS file, @empty@ AS empty, @gone@ AS gone, @identity@ AS identity, @label@ AS label
  FROM pg_catalog.@catalog@ AS x
  WHERE (@where@) AND (@filter@)
  LIMIT @limit@
) AS r
LEFT JOIN LATERAL pg_catalog.pg_identify_object(r.class, r.object, r.sub) AS i ON true
