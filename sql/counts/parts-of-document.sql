-- Purpose: condition on a table AS counted with information_unit_id: its row belongs to a unit of one document.
-- Parameters: $1 text, the document id. Locks: AccessShareLock on public.information_unit.
counted.information_unit_id OPERATOR(pg_catalog.=) ANY (SELECT u.id FROM public.information_unit AS u
  WHERE u.canonical_address OPERATOR(pg_catalog.=) $1
    OR pg_catalog.starts_with(u.canonical_address, pg_catalog.concat($1::pg_catalog.text, '/')))
