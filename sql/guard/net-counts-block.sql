-- Purpose: net-counts.sql for the guarded tier, whose work comes statement by statement.
-- Parameters: none. The settings `before`, `after`, `watched` and `asked` of this run's name come in, `result` goes
--   out: JSON {"net": [[position, rows, how, why, hidden], ...], "failed": why}. `cutter_nonce`, @own@ and @net_counts@
--   are replaced.
-- Locks taken: those of net-counts.sql, released at its end. search_path must be pinned to pg_catalog.
DO $cutter_net$
#variable_conflict error
DECLARE
  own CONSTANT pg_catalog.jsonb := @own@;
  before CONSTANT pg_catalog.text := pg_catalog.current_setting('cutter_nonce.before');
  after CONSTANT pg_catalog.text := pg_catalog.current_setting('cutter_nonce.after');
  watched CONSTANT pg_catalog.text := pg_catalog.current_setting('cutter_nonce.watched');
  asked_query CONSTANT pg_catalog.text := pg_catalog.current_setting('cutter_nonce.asked');
  net pg_catalog.text[] := '{}';
  net_failed pg_catalog.text;
BEGIN
  @net_counts@
  PERFORM pg_catalog.set_config('cutter_nonce.result', pg_catalog.json_build_object(
    'net', ('[' || pg_catalog.array_to_string(net, ',') || ']')::pg_catalog.json, 'failed', net_failed)::text, true);
END
$cutter_net$
