-- Purpose: the settings on which a count inside hangs, as they are now, as one expression: what it is allowed to see,
--   and how a condition is read. They are captured before tested SQL runs.
-- Parameters: none.
-- Locks taken: none.
(SELECT pg_catalog.jsonb_object_agg(s.name, pg_catalog.current_setting(s.name))
  FROM pg_catalog.unnest('{session_authorization,role,row_security,DateStyle,IntervalStyle,TimeZone,lc_monetary,
    extra_float_digits,bytea_output,transform_null_equals,array_nulls,xmloption,default_text_search_config}'
    ::pg_catalog.text[]) AS s (name))
