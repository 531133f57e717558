-- Reference data 3 of 3: the ledger of two runs: the cut of ICX-CONST, closed out, and that of ICX-NOTICE, which waits
-- for its second approval. Every digest is that of the rows it speaks of. Nothing here was signed by anyone: the
-- signatures say so in words, and no verification accepts them. Deterministic; created_by is always 'reference'.
-- Parameters: none. Locks: those of INSERT.
DO $reference$
DECLARE
  cut record;
  manifest text;
  cutplan text;
  source text;
  source_sha256 text;
  sv_id text;
  set_id uuid;
BEGIN
  FOR cut IN
    SELECT document_id, run_id, state, status, gates, phases, started
    FROM (VALUES
      ('ICX-CONST', 'ictr-20260302T083000Z-5f0c2a91', 'CLOSEOUT_REPORTED', 'enacted', ARRAY['SG1', 'SG2'],
        ARRAY['pre_write_backup', 'cut_leg_a', 'leg_b_record', 'write_verify', 'lifecycle_enact', 'closeout'],
        timestamptz '2026-03-02 08:30:00+00'),
      ('ICX-NOTICE', 'ictr-20260409T101500Z-c41d7e06', 'AWAITING_LIFECYCLE_AUTHORIZATION', 'recorded', ARRAY['SG1'],
        ARRAY['pre_write_backup', 'cut_leg_a', 'leg_b_record', 'write_verify'],
        timestamptz '2026-04-09 10:15:00+00')
    ) AS run (document_id, run_id, state, status, gates, phases, started) ORDER BY started
  LOOP
    -- One line for each unit, in the order of the source, in the three forms that are digested.
    SELECT string_agg(format(E'%s\t%s\t%s\t%s\t%s\n', place, address, ends - size, ends, digest), '' ORDER BY place),
      string_agg(format(E'%s\t%s\t%s\t%s\n', place, address, title, digest), '' ORDER BY place),
      string_agg(body, '' ORDER BY place)
    INTO manifest, cutplan, source
    FROM (
      SELECT row_number() OVER in_order AS place, unit.canonical_address AS address, version.title, version.body,
        version.content_sha256 AS digest, octet_length(version.body) AS size,
        sum(octet_length(version.body)) OVER in_order AS ends
      FROM public.information_unit AS unit
      JOIN public.unit_version AS version ON version.information_unit_id = unit.id AND version.version_no = 1
      WHERE split_part(unit.canonical_address, '/', 1) = cut.document_id
      WINDOW in_order AS (ORDER BY unit.created_at)
    ) AS block;
    manifest := encode(sha256(convert_to(manifest, 'UTF8')), 'hex');
    cutplan := encode(sha256(convert_to(cutplan, 'UTF8')), 'hex');
    source_sha256 := encode(sha256(convert_to(source, 'UTF8')), 'hex');
    sv_id := 'sv-' || left(encode(sha256(convert_to(cut.document_id || source_sha256, 'UTF8')), 'hex'), 16);
    set_id := left(encode(sha256(convert_to('change set ' || cut.run_id, 'UTF8')), 'hex'), 32)::uuid;

    INSERT INTO cutter_governance.run (run_id, document_id, mode, state, fence, target, cutplan_sha256,
      created_at, created_by)
    VALUES (cut.run_id, cut.document_id, 'live', cut.state, 1, '{"database": "reference"}', cutplan,
      cut.started, 'reference');

    INSERT INTO cutter_governance.run_phase (run_id, phase, attempt, outcome, xid, backend_pid, payload,
      payload_sha256, created_at, created_by)
    SELECT cut.run_id, phase, 1, 'done', (extract(epoch FROM cut.started)::bigint % 100000 + place)::text::xid8, 1,
      jsonb_build_object('document_id', cut.document_id, 'phase', phase),
      encode(sha256(convert_to(format('{"document_id":"%s","phase":"%s"}', cut.document_id, phase), 'UTF8')), 'hex'),
      cut.started + place * interval '5 minutes', 'reference'
    FROM unnest(cut.phases) WITH ORDINALITY AS done (phase, place);

    INSERT INTO cutter_governance.approval_grant (id, approval_id, run_id, gate, authority, document_sha256,
      key_fingerprint, expires_at, created_at, created_by)
    SELECT left(encode(sha256(convert_to('grant ' || cut.run_id || gate, 'UTF8')), 'hex'), 32)::uuid,
      format('approval-%s-%s', lower(gate), cut.run_id), cut.run_id, gate, ARRAY['reference-authority'],
      encode(sha256(convert_to('approval ' || cut.run_id || gate, 'UTF8')), 'hex'), ARRAY['reference: no key'],
      cut.started + interval '1 day', cut.started + place * interval '10 minutes', 'reference'
    FROM unnest(cut.gates) WITH ORDINALITY AS passed (gate, place);

    INSERT INTO cutter_governance.backup_artifact (id, run_id, file_name, cipher_sha256, plain_sha256,
      key_fingerprint, snapshot_counts, read_back, created_at, created_by)
    VALUES (left(encode(sha256(convert_to('backup ' || cut.run_id, 'UTF8')), 'hex'), 32)::uuid, cut.run_id,
      cut.run_id || '.dump.gpg', encode(sha256(convert_to('cipher ' || cut.run_id, 'UTF8')), 'hex'),
      encode(sha256(convert_to('plain ' || cut.run_id, 'UTF8')), 'hex'), repeat('0', 40),
      '{"public.information_unit": 0, "public.unit_version": 0}', 'reference: no file', cut.started, 'reference');

    INSERT INTO cutter_governance.source_version (id, source_version_id, document_id, source_sha256, bytes,
      media_type, created_at, created_by)
    VALUES (left(encode(sha256(convert_to('source ' || cut.run_id, 'UTF8')), 'hex'), 32)::uuid, sv_id,
      cut.document_id, source_sha256, octet_length(source), 'text/markdown', cut.started, 'reference');

    INSERT INTO cutter_governance.manifest_envelope (id, manifest_sha256, source_version_id, profile,
      profile_version, unit_count, created_at, created_by)
    SELECT left(encode(sha256(convert_to('manifest ' || cut.run_id, 'UTF8')), 'hex'), 32)::uuid, manifest, sv_id,
      'markdown', '1', count(*), cut.started, 'reference'
    FROM public.information_unit WHERE split_part(canonical_address, '/', 1) = cut.document_id;

    INSERT INTO cutter_governance.manifest_unit_block (manifest_sha256, ordinal, canonical_address, byte_start,
      byte_end, content_sha256, created_at, created_by)
    SELECT manifest, row_number() OVER in_order, unit.canonical_address,
      sum(octet_length(version.body)) OVER in_order - octet_length(version.body),
      sum(octet_length(version.body)) OVER in_order, version.content_sha256, cut.started, 'reference'
    FROM public.information_unit AS unit
    JOIN public.unit_version AS version ON version.information_unit_id = unit.id AND version.version_no = 1
    WHERE split_part(unit.canonical_address, '/', 1) = cut.document_id
    WINDOW in_order AS (ORDER BY unit.created_at);

    INSERT INTO cutter_governance.cut_change_set (id, run_id, document_id, cutplan_sha256, manifest_sha256,
      row_count, status, created_at, created_by)
    SELECT set_id, cut.run_id, cut.document_id, cutplan, manifest, unit_count, cut.status,
      cut.started + interval '10 minutes', 'reference'
    FROM cutter_governance.manifest_envelope WHERE manifest_sha256 = manifest;

    INSERT INTO cutter_governance.cut_change_set_affected_row (change_set_id, ordinal, information_unit_id,
      unit_version_id, canonical_address, content_sha256, action, created_at, created_by)
    SELECT set_id, block.ordinal, unit.id, version.id, block.canonical_address, block.content_sha256, 'create',
      cut.started + interval '10 minutes', 'reference'
    FROM cutter_governance.manifest_unit_block AS block
    JOIN public.information_unit AS unit ON unit.canonical_address = block.canonical_address
    JOIN public.unit_version AS version ON version.information_unit_id = unit.id AND version.version_no = 1
    WHERE block.manifest_sha256 = manifest ORDER BY block.ordinal;

    INSERT INTO cutter_governance.verify_result (id, change_set_id, attempt, result, checked, created_at, created_by)
    SELECT left(encode(sha256(convert_to('verify ' || cut.run_id, 'UTF8')), 'hex'), 32)::uuid, id, 1, 'match',
      row_count, cut.started + interval '20 minutes', 'reference'
    FROM cutter_governance.cut_change_set WHERE id = set_id;

    INSERT INTO cutter_governance.review_decision (id, change_set_id, run_id, decision, gate, authority,
      document_sha256, signature, reason, created_at, created_by)
    SELECT left(encode(sha256(convert_to('decision ' || approval_id, 'UTF8')), 'hex'), 32)::uuid, set_id, cut.run_id,
      'approved', gate, authority[1], document_sha256, 'reference: not signed', 'reference data', created_at, 'reference'
    FROM cutter_governance.approval_grant WHERE run_id = cut.run_id;

    INSERT INTO cutter_governance.dot_pair_signature (id, change_set_id, leg, payload_sha256, algorithm,
      key_fingerprint, signature, created_at, created_by)
    SELECT left(encode(sha256(convert_to(leg || cut.run_id, 'UTF8')), 'hex'), 32)::uuid, set_id, leg,
      encode(sha256(convert_to(cut.run_id || cutplan || manifest, 'UTF8')), 'hex'), 'ed25519',
      'reference: no key', 'reference: not signed', cut.started + interval '20 minutes', 'reference'
    FROM unnest(ARRAY['exec', 'verify']) AS leg;
  END LOOP;
END
$reference$;
