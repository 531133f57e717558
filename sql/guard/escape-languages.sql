-- Purpose: the languages of this database in which a function can do nothing outside it. Any number of rows.
-- Parameters: none. search_path must be pinned to pg_catalog.
-- Locks taken: ACCESS SHARE on pg_language.
SELECT l.lanname::text AS name FROM pg_catalog.pg_language AS l WHERE l.lanpltrusted
