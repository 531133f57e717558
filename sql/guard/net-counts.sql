-- Purpose: part of a block that has written: how many rows each watched relation that it touched holds now, as this
--   transaction sees it.
-- Parameters: none. Variables of the block, which no tested SQL can reach: `before` and `after`, rows so far per
--   relation; `own`, the settings that the session came with; `watched`; `asked_query`, net-counts-asked.sql; `net` and
--   `net_failed`, the answers. Replaced: @bytes@ that may be counted in all, or NULL; @budget@, milliseconds for all of
--   it, and @timeout@, those of the whole statement: what is ours must not use up what the script may take; @blocks@ of
--   one part; @lock@, milliseconds to wait.
-- Locks taken: ACCESS SHARE on what is counted, released at its end.
-- A sub-transaction that is read-only and always taken back, under the role and the settings that the session came
-- with: nothing that the tested SQL has set reaches it, and nothing that it runs (policies, conditions) can write. In
-- parts, in one snapshot, so that counting can be given up between two of them. A relation that fails costs only
-- itself. Whatever fails here is no failure of the script, not even statement_timeout; a person who cancels is obeyed.
DECLARE
  net_started CONSTANT pg_catalog.timestamptz := pg_catalog.clock_timestamp();
  net_used CONSTANT pg_catalog.float8 := extract(epoch FROM net_started - pg_catalog.statement_timestamp()) * 1000;
  net_until CONSTANT pg_catalog.timestamptz := net_started
    + least(@budget@, (@timeout@ - net_used) / 2) * interval '1 millisecond';
  net_asked pg_catalog.jsonb;
  net_one pg_catalog.jsonb;
  net_part pg_catalog.int8;
  net_rows pg_catalog.int8;
  net_how pg_catalog.text;
  net_why pg_catalog.text;
  net_done pg_catalog.bool := false;
BEGIN
  BEGIN
    -- The session's role first: only then may the other be taken.
    PERFORM pg_catalog.set_config(s.key, s.value, true)
      FROM (SELECT e.key, e.value FROM pg_catalog.jsonb_each_text(own) AS e
        ORDER BY e.key = 'session_authorization' DESC OFFSET 0) AS s
      WHERE pg_catalog.current_setting(s.key) <> s.value;
    PERFORM pg_catalog.set_config('lock_timeout', '@lock@', true);
    PERFORM pg_catalog.set_config('enable_tidscan', 'on', true);
    PERFORM pg_catalog.set_config('transaction_read_only', 'on', true);
    EXECUTE asked_query INTO net_asked USING before, after, watched, @bytes@::pg_catalog.int8;
    FOR net_one IN SELECT a.value FROM pg_catalog.jsonb_array_elements(net_asked) AS a (value) LOOP
      net_rows := NULL;
      net_how := net_one ->> 1;
      net_why := net_one ->> 2;
      IF net_how IS NULL AND pg_catalog.clock_timestamp() >= net_until THEN
        net_how := 'over budget';
      ELSIF net_how IS NULL THEN
        BEGIN
          net_rows := 0;
          FOR net_part IN EXECUTE pg_catalog.concat(
              'SELECT (SELECT pg_catalog.count(*) FROM ', net_one ->> 3, ' AS counted WHERE ',
              net_one ->> 4 || ' AND ', 'counted.ctid >= cutter_part.low AND counted.ctid < cutter_part.high)
              FROM (SELECT pg_catalog.concat(''('', b.block, '',0)'')::pg_catalog.tid AS low,
                  CASE WHEN b.block + @blocks@ > $1 THEN ''(4294967295,0)''
                    ELSE pg_catalog.concat(''('', b.block + @blocks@, '',0)'') END::pg_catalog.tid AS high
                FROM pg_catalog.generate_series(0::pg_catalog.int8, $1, @blocks@) AS b (block)) AS cutter_part')
              USING (net_one ->> 5)::pg_catalog.int8 LOOP
            net_rows := net_rows + net_part;
            IF pg_catalog.clock_timestamp() >= net_until THEN
              net_how := 'over budget';
              EXIT;
            END IF;
          END LOOP;
        EXCEPTION WHEN OTHERS OR assert_failure THEN
          net_how := SQLSTATE;
          net_why := pg_catalog.left(SQLERRM, 400);
        END;
      END IF;
      IF net_how IS NOT NULL THEN
        net_rows := NULL;
      END IF;
      net := pg_catalog.array_append(net, pg_catalog.json_build_array(net_one -> 0, net_rows, net_how, net_why,
        net_one -> 6)::text);
    END LOOP;
    net_done := true;
    RAISE EXCEPTION 'cutter: counted';
  EXCEPTION
    WHEN query_canceled THEN
      net_failed := pg_catalog.concat(SQLSTATE, ': ', SQLERRM);
      IF extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.statement_timestamp()) * 1000 < @timeout@ * 0.9
      THEN
        RAISE;
      END IF;
    WHEN OTHERS OR assert_failure THEN
      IF NOT net_done THEN
        net_failed := pg_catalog.concat(SQLSTATE, ': ', pg_catalog.left(SQLERRM, 400));
      END IF;
  END;
  FOR net_one IN SELECT a.value
    FROM pg_catalog.jsonb_array_elements(net_asked) WITH ORDINALITY AS a (value, ordinality)
    WHERE a.ordinality > pg_catalog.cardinality(net)
  LOOP
    net := pg_catalog.array_append(net,
      pg_catalog.json_build_array(net_one -> 0, NULL, 'over budget', net_failed, NULL)::text);
  END LOOP;
END;
