-- Purpose: who is a member of which role of a server, with the options, in one row for each pair.
-- Parameters: none. Locks: none on a relation of users. Left out: what initdb makes among its own roles (pg_*).
-- Before PostgreSQL 16 a membership has neither of the options INHERIT and SET: they are null. Where a pair has others,
-- the grant that 16 and newer make for who created the role (ADMIN OPTION alone) is not counted, as in
-- sql/catalog/memberships.sql: here all of a pair become one.
WITH grants AS (
  SELECT parent.rolname AS parent, member.rolname AS member, member.rolinherit AS member_inherits,
    m.admin_option AS administers,
    (j.entry ->> 'inherit_option')::boolean AS inherits, (j.entry ->> 'set_option')::boolean AS may_set,
    (m.grantor OPERATOR(pg_catalog.=) 10::oid AND m.admin_option AND member.rolcreaterole
      AND j.entry ->> 'inherit_option' = 'false' AND j.entry ->> 'set_option' = 'false') IS TRUE AS of_creation
  FROM pg_catalog.pg_auth_members AS m
  JOIN pg_catalog.pg_roles AS member ON member.oid OPERATOR(pg_catalog.=) m.member
  JOIN pg_catalog.pg_roles AS parent ON parent.oid OPERATOR(pg_catalog.=) m.roleid
  CROSS JOIN LATERAL (SELECT pg_catalog.to_jsonb(m) AS entry) AS j
  WHERE NOT (member.rolname ~ '^pg_' AND parent.rolname ~ '^pg_')
)
SELECT g.parent, g.member, pg_catalog.quote_ident(g.parent) AS parent_quoted,
  pg_catalog.quote_ident(g.member) AS member_quoted, g.member_inherits,
  coalesce(pg_catalog.bool_or(g.administers) FILTER (WHERE NOT g.of_creation), true) AS administers,
  coalesce(pg_catalog.bool_or(g.inherits) FILTER (WHERE NOT g.of_creation), pg_catalog.bool_or(g.inherits)) AS inherits,
  coalesce(pg_catalog.bool_or(g.may_set) FILTER (WHERE NOT g.of_creation), pg_catalog.bool_or(g.may_set)) AS may_set
FROM grants AS g
GROUP BY g.parent, g.member, g.member_inherits
ORDER BY g.member COLLATE "C", g.parent COLLATE "C"
