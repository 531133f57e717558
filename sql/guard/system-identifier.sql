-- Purpose: the identifier that initdb gave this cluster. One row.
-- Parameters: none.
-- Locks taken: none.
-- Apart from identity.sql, since an administrator may have revoked the function from PUBLIC.
SELECT system_identifier::pg_catalog.text AS system_identifier FROM pg_catalog.pg_control_system()
