-- Purpose: the sealed tier: a whole plan of foreign SQL in one block that the server rolls back in the same round trip.
-- Parameters: none, since DO takes none. `cutter_nonce` is replaced by a name of this run; the plan comes in and the
--   result goes out as transaction-local settings of that name. @rendezvous@ is replaced by the wait for the witness,
--   @net_counts@ by net-counts.sql, or either by nothing; @own@ by net-counts-own.sql.
-- Locks taken: what the plan takes, all released with the sub-transaction but for those on sequences.
--
-- Why the tested SQL cannot get out, or forge the result:
--   the server refuses transaction commands and COMMIT in procedures here (0A000, 2D000, 25001);
--   sealed is set after the last tested statement, right before our own RAISE, so no error of theirs passes for ours;
--   variables outlive the sub-transaction and cannot be reached from EXECUTE; the result is written after its abort,
--   when settings, roles and search_path are what they were, over whatever stood there;
--   between tested statements every operator and function is named in full, as they may change search_path; for our own
--   queries search_path is pinned first. Integer FOR, IF, and assignment use no operator.
-- What WHEN OTHERS does not catch, a cancelled query, aborts the whole transaction, which is right.
DO $cutter_seal$
#variable_conflict error
DECLARE
  statements CONSTANT pg_catalog.text[] := pg_catalog.current_setting('cutter_nonce.statements')::pg_catalog.text[];
  streamed CONSTANT pg_catalog.bool[] := pg_catalog.current_setting('cutter_nonce.streamed')::pg_catalog.bool[];
  explained CONSTANT pg_catalog.bool[] := pg_catalog.current_setting('cutter_nonce.explained')::pg_catalog.bool[];
  strong CONSTANT pg_catalog.bool[] := pg_catalog.current_setting('cutter_nonce.strong')::pg_catalog.bool[];
  queries CONSTANT pg_catalog.jsonb := pg_catalog.current_setting('cutter_nonce.queries')::pg_catalog.jsonb;
  path CONSTANT pg_catalog.text := pg_catalog.current_setting('search_path');
  -- What our own queries print, and so their digests, hangs on these; the tested SQL may set them.
  zone CONSTANT pg_catalog.text := pg_catalog.current_setting('TimeZone');
  digits CONSTANT pg_catalog.text := pg_catalog.current_setting('extra_float_digits');
  bytes CONSTANT pg_catalog.text := pg_catalog.current_setting('bytea_output');
  counters_query CONSTANT pg_catalog.text := pg_catalog.jsonb_extract_path_text(queries, 'counters');
  locks_query CONSTANT pg_catalog.text := pg_catalog.jsonb_extract_path_text(queries, 'locks');
  -- SELECT key FROM (locks) EXCEPT SELECT known: hashed, where an array of thousands would be searched one by one.
  new_locks_query CONSTANT pg_catalog.text := pg_catalog.concat(
    'SELECT pg_catalog.array_agg(n.lock) FROM (', locks_query,
    ' EXCEPT SELECT k.lock FROM pg_catalog.unnest($1) AS k (lock)) AS n');
  plans pg_catalog.text[] := pg_catalog.array_fill(NULL::pg_catalog.text, ARRAY[pg_catalog.cardinality(statements)]);
  counts pg_catalog.int8[] := '{}';
  ends pg_catalog.timestamptz[] := '{}';
  locks pg_catalog.text[] := '{}';
  locks_since pg_catalog.timestamptz[] := '{}';
  locks_statement pg_catalog.int4[] := '{}';
  found_locks pg_catalog.text[];
  lock_name pg_catalog.text;
  at_statement pg_catalog.int4 := 0;
  phase pg_catalog.text := 'statement';
  started pg_catalog.timestamptz;
  now_at pg_catalog.timestamptz;
  met_at pg_catalog.timestamptz;
  looked_at pg_catalog.timestamptz;
  look_after pg_catalog.timestamptz;
  looks_left pg_catalog.int4 := 100;
  look pg_catalog.bool;
  affected pg_catalog.int8;
  one pg_catalog.record;
  before pg_catalog.text;
  after pg_catalog.text;
  dirty_before pg_catalog.text;
  sights pg_catalog.text[] := '{}';
  rows_seen pg_catalog.text;
  survivors_seen pg_catalog.text;
  xid pg_catalog.text;
  track_counts pg_catalog.text;
  temporary pg_catalog.bool;
  relations pg_catalog.text;
  -- How many rows watched relations held at the end, sub-transactions that were rolled back inside left out.
  own CONSTANT pg_catalog.jsonb := @own@;
  watched CONSTANT pg_catalog.text := pg_catalog.current_setting('cutter_nonce.watched');
  asked_query CONSTANT pg_catalog.text := pg_catalog.jsonb_extract_path_text(queries, 'asked');
  net pg_catalog.text[] := '{}';
  net_failed pg_catalog.text;
  met pg_catalog.text := 'none';
  sealed pg_catalog.bool := false;
  failed_state pg_catalog.text;
  failed_message pg_catalog.text;
  failed_detail pg_catalog.text;
  failed_hint pg_catalog.text;
  failed_context pg_catalog.text;
  failed_constraint pg_catalog.text;
  failed_table pg_catalog.text;
BEGIN
  PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  EXECUTE counters_query INTO before;
  EXECUTE pg_catalog.concat('SELECT pg_catalog.json_object_agg(d.catalog,
    pg_catalog.json_build_array(d.inserted, d.updated, d.deleted))::text FROM (',
    pg_catalog.jsonb_extract_path_text(queries, 'dirty'), ') AS d') INTO dirty_before;
  PERFORM pg_catalog.set_config('search_path', path, true);
  started := pg_catalog.clock_timestamp();
  looked_at := started;
  look_after := started;
  BEGIN
    FOR step IN 1 .. pg_catalog.cardinality(statements) LOOP
      at_statement := step;
      IF explained[step] THEN
        lock_name := '';
        FOR one IN EXECUTE pg_catalog.concat('EXPLAIN ', statements[step]) LOOP
          lock_name := pg_catalog.concat(lock_name, one."QUERY PLAN", pg_catalog.chr(10));
        END LOOP;
        plans[step] := lock_name;
      END IF;
      IF streamed[step] THEN
        affected := 0;
        FOR one IN EXECUTE statements[step] LOOP
          affected := affected OPERATOR(pg_catalog.+) 1;
        END LOOP;
      ELSE
        EXECUTE statements[step];
        GET DIAGNOSTICS affected = ROW_COUNT;
      END IF;
      counts[step] := affected;
      now_at := pg_catalog.clock_timestamp();
      ends[step] := now_at;
      -- Locks: after the first hundred statements that may take strong ones, else for a tenth of the time at most.
      look := now_at OPERATOR(pg_catalog.>) look_after;
      IF strong[step] THEN
        IF looks_left OPERATOR(pg_catalog.>) 0 THEN
          look := true;
          looks_left := looks_left OPERATOR(pg_catalog.-) 1;
        END IF;
      END IF;
      IF look THEN
        EXECUTE new_locks_query INTO found_locks USING locks;
        IF found_locks IS NOT NULL THEN
          FOREACH lock_name IN ARRAY found_locks LOOP
            locks := pg_catalog.array_append(locks, lock_name);
            locks_since := pg_catalog.array_append(locks_since, looked_at);
            locks_statement := pg_catalog.array_append(locks_statement, step);
          END LOOP;
        END IF;
        -- What the next look finds was taken after this one began: an upper bound of the time that it was held.
        looked_at := now_at;
        now_at := pg_catalog.clock_timestamp();
        look_after := (now_at OPERATOR(pg_catalog.+) interval '10 milliseconds') OPERATOR(pg_catalog.+)
          ((now_at OPERATOR(pg_catalog.-) looked_at) OPERATOR(pg_catalog.*) 10::pg_catalog.float8);
      END IF;
    END LOOP;
    phase := 'constraints';
    SET CONSTRAINTS ALL IMMEDIATE;
    phase := 'measure';
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    PERFORM pg_catalog.set_config('standard_conforming_strings', 'on', true);
    PERFORM pg_catalog.set_config('quote_all_identifiers', 'off', true);
    PERFORM pg_catalog.set_config('TimeZone', zone, true);
    PERFORM pg_catalog.set_config('extra_float_digits', digits, true);
    PERFORM pg_catalog.set_config('bytea_output', bytes, true);
    EXECUTE new_locks_query INTO found_locks USING locks;
    IF found_locks IS NOT NULL THEN
      FOREACH lock_name IN ARRAY found_locks LOOP
        locks := pg_catalog.array_append(locks, lock_name);
        locks_since := pg_catalog.array_append(locks_since, looked_at);
        locks_statement := pg_catalog.array_append(locks_statement, at_statement);
      END LOOP;
    END IF;
    EXECUTE counters_query INTO after;
    FOR one IN EXECUTE pg_catalog.jsonb_extract_path_text(queries, 'dirty') LOOP
      rows_seen := '[]';
      survivors_seen := 'null';
      IF pg_catalog.jsonb_extract_path_text(queries, 'rows', one.catalog) IS NOT NULL THEN
        EXECUTE pg_catalog.jsonb_extract_path_text(queries, 'rows', one.catalog) INTO rows_seen;
        IF one.deleted > 0 THEN
          EXECUTE pg_catalog.jsonb_extract_path_text(queries, 'survivors', one.catalog) INTO survivors_seen;
        END IF;
      END IF;
      sights := pg_catalog.array_append(sights, pg_catalog.format(
        '{"catalog":%s,"counts":[%s,%s,%s],"rows":%s,"survivors":%s}', pg_catalog.to_json(one.catalog),
        one.inserted, one.updated, one.deleted, rows_seen, survivors_seen));
    END LOOP;
    EXECUTE pg_catalog.jsonb_extract_path_text(queries, 'touched') INTO xid, track_counts, temporary, relations;
    @net_counts@
    met_at := pg_catalog.clock_timestamp();
    @rendezvous@
    sealed := true;
    RAISE EXCEPTION 'cutter: the sealed block ends here';
  EXCEPTION WHEN OTHERS OR assert_failure THEN
    IF NOT sealed THEN
      GET STACKED DIAGNOSTICS failed_state = RETURNED_SQLSTATE, failed_message = MESSAGE_TEXT,
        failed_detail = PG_EXCEPTION_DETAIL, failed_hint = PG_EXCEPTION_HINT, failed_context = PG_EXCEPTION_CONTEXT,
        failed_constraint = CONSTRAINT_NAME, failed_table = TABLE_NAME;
    END IF;
  END;
  -- The locks of the plan ended with the sub-transaction; until here they were held, while the witness looked too.
  now_at := pg_catalog.clock_timestamp();
  PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  IF NOT sealed THEN
    -- Sequences moved all the same: their locks belong to the top transaction. Rows count as attempted, and catalogs as
    -- written to; what the rows of these said is gone.
    PERFORM pg_catalog.set_config('quote_all_identifiers', 'off', true);
    EXECUTE counters_query INTO after;
    sights := '{}';
    FOR one IN EXECUTE pg_catalog.jsonb_extract_path_text(queries, 'dirty') LOOP
      sights := pg_catalog.array_append(sights, pg_catalog.format(
        '{"catalog":%s,"counts":[%s,%s,%s],"rows":[],"survivors":null}', pg_catalog.to_json(one.catalog),
        one.inserted, one.updated, one.deleted));
    END LOOP;
    EXECUTE pg_catalog.jsonb_extract_path_text(queries, 'touched') INTO xid, track_counts, temporary, relations;
  END IF;
  PERFORM pg_catalog.set_config('cutter_nonce.result', pg_catalog.json_build_object(
    'sealed', sealed, 'phase', phase, 'statement', at_statement, 'rendezvous', met,
    'looked', CASE WHEN met <> 'none' THEN
      pg_catalog.round((extract(epoch FROM now_at - met_at) * 1000)::numeric, 3) END,
    'failure', CASE WHEN failed_state IS NOT NULL THEN pg_catalog.json_build_object('sqlstate', failed_state,
      'message', failed_message, 'detail', failed_detail, 'hint', failed_hint, 'context', failed_context,
      'constraint', failed_constraint, 'table', failed_table) END,
    'counts', counts, 'plans', plans,
    'durations', (SELECT coalesce(pg_catalog.json_agg(
        pg_catalog.round((extract(epoch FROM e.ended - e.previous) * 1000)::numeric, 3)), '[]')
      FROM (SELECT u.ended, pg_catalog.lag(u.ended, 1, started) OVER (ORDER BY u.ordinality) AS previous
        FROM pg_catalog.unnest(ends) WITH ORDINALITY AS u (ended, ordinality)) AS e),
    'locks', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('lock', l.lock, 'statement', l.statement,
        'held', pg_catalog.round((extract(epoch FROM now_at - l.since) * 1000)::numeric, 3))), '[]')
      FROM unnest(locks, locks_since, locks_statement) AS l (lock, since, statement)),
    'before', before::json, 'dirty_before', coalesce(dirty_before, '{}')::json, 'after', after::json,
    'catalogs', ('[' || pg_catalog.array_to_string(sights, ',') || ']')::json,
    'xid', xid, 'track_counts', track_counts, 'temporary', temporary,
    'relations', relations::json,
    'net', ('[' || pg_catalog.array_to_string(net, ',') || ']')::json, 'net_failed', net_failed)::text, true);
END
$cutter_seal$
