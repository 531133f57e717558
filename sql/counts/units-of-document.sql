-- Purpose: condition on public.information_unit AS counted: its row is a unit of one document.
-- Parameters: $1 text, the document id: the first segment of a canonical address. Locks: none of its own.
(counted.canonical_address OPERATOR(pg_catalog.=) $1
  OR pg_catalog.starts_with(counted.canonical_address, pg_catalog.concat($1::pg_catalog.text, '/')))
