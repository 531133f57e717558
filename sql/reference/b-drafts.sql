-- Reference data 2 of 3: 98 draft units: a notice of one unit, an operations handbook (41), a lending regulation (31)
-- and a safety handbook (25); 7 of them with a second version. Our own text, put together from parts.
-- Deterministic as ICX-CONST is. Parameters: none. Locks: those of INSERT.
DO $reference$
BEGIN
  WITH document (id, name, kind, publication, section, place) AS (
    VALUES ('ICX-NOTICE', 'Notice of the first elections', 'document_unit', 'notice', 'notice', 1),
      ('HB-OPS', 'Operations handbook', 'handbook_unit', 'handbook', 'section', 2),
      ('REG-LEND', 'Lending regulation', 'regulation_unit', 'regulation', 'article', 3),
      ('HB-SAFE', 'Safety handbook', 'handbook_unit', 'handbook', 'section', 4)
  ), topic (document_id, chapter, subject) AS (
    VALUES ('HB-OPS', 1, 'taking in a work'), ('HB-OPS', 2, 'describing a work'), ('HB-OPS', 3, 'shelving and moving'),
      ('HB-OPS', 4, 'keeping the register'), ('HB-OPS', 5, 'reading room service'), ('HB-OPS', 6, 'yearly stocktaking'),
      ('HB-OPS', 7, 'backup and read-back'), ('HB-OPS', 8, 'handing over a shift'),
      ('REG-LEND', 1, 'loans to members'), ('REG-LEND', 2, 'loans to guests'), ('REG-LEND', 3, 'loans for exhibitions'),
      ('REG-LEND', 4, 'late returns'), ('REG-LEND', 5, 'damaged works'), ('REG-LEND', 6, 'disputes about a loan'),
      ('HB-SAFE', 1, 'fire'), ('HB-SAFE', 2, 'water'), ('HB-SAFE', 3, 'loss of power'), ('HB-SAFE', 4, 'theft'),
      ('HB-SAFE', 5, 'visitors in distress'), ('HB-SAFE', 6, 'closing the building')
  ), aspect (place, slug, title, sentence) AS (
    VALUES (1, 'purpose', 'Purpose', 'This part says what is expected in matters of %s, and of whom.'),
      (2, 'duties', 'Duties', 'One named person on each shift answers for %s. The name stands on the board before the doors open.'),
      (3, 'procedure', 'Procedure', E'In matters of %s:\n\n1. look first, and write down what you see;\n2. do one thing at a time;\n3. have a second person confirm it.'),
      (4, 'records', 'Records', 'Whatever is done about %s is entered on the same day, with time, name and reason. Entries are never overwritten.')
  ), unit (document_id, chapter, place, path, title, body, section) AS (
    SELECT id, 0, 0, CASE WHEN id = 'ICX-NOTICE' THEN 'notice-1' ELSE 'introduction' END, name,
      format(E'# %s\n\n%s\n\n', name, CASE WHEN id = 'ICX-NOTICE'
        THEN 'The first elections under Article 50 are held on the second Sunday of May. Every member receives its ballot by the end of April.'
        ELSE 'It is a draft, and binds nobody until it is enacted.' END),
      CASE WHEN id = 'ICX-NOTICE' THEN 'notice' ELSE 'document' END
    FROM document
    UNION ALL
    SELECT document_id, chapter, 0, format('chapter-%s', chapter), format('%s. %s', chapter, initcap(subject)),
      format(E'## %s. %s\n\n', chapter, initcap(subject)), 'chapter'
    FROM topic
    WHERE document_id <> 'HB-SAFE'
    UNION ALL
    SELECT topic.document_id, topic.chapter, aspect.place,
      format('chapter-%s/%s-%s', topic.chapter, document.section, aspect.slug),
      format('%s.%s %s', topic.chapter, aspect.place, aspect.title),
      format(E'### %s.%s %s\n\n', topic.chapter, aspect.place, aspect.title)
        || format(aspect.sentence, topic.subject) || E'\n\n', document.section
    FROM topic CROSS JOIN aspect JOIN document ON document.id = topic.document_id
  ), placed AS (
    SELECT unit.*, document.kind, document.publication, unit.document_id || '/' || path AS address,
      row_number() OVER (ORDER BY document.place, chapter, unit.place) AS ordinal
    FROM unit JOIN document ON document.id = unit.document_id
  ), dated AS (
    SELECT *, timestamptz '2026-04-01 08:00:00+00' + ordinal * interval '1 second' AS at,
      left(encode(sha256(convert_to('unit ' || address, 'UTF8')), 'hex'), 32)::uuid AS unit_id
    FROM placed
  ), units AS (
    INSERT INTO public.information_unit
      (id, canonical_address, unit_kind, identity_profile, owner_ref, created_by, created_at)
    SELECT unit_id, address, kind, jsonb_build_object('primary_section_type_ref', 'vocab.section_type.' || section),
      'council', 'reference', at
    FROM dated ORDER BY ordinal
  ), version (number, ordinal, address, unit_id, title, body, publication, at) AS (
    SELECT 1, ordinal, address, unit_id, title, body, publication, at FROM dated
    UNION ALL
    -- The duties of the first seven chapters of the operations handbook were written a second time.
    SELECT 2, ordinal, address, unit_id, title,
      body || E'If nobody is named, the shift does not begin.\n\n', publication, at + interval '8 days'
    FROM dated WHERE document_id = 'HB-OPS' AND place = 2 AND chapter <= 7
  )
  INSERT INTO public.unit_version (id, information_unit_id, version_no, title, body, content_sha256,
    publication_type, created_by, created_at)
  SELECT left(encode(sha256(convert_to(format('version %s %s', number, address), 'UTF8')), 'hex'), 32)::uuid, unit_id,
    number, title, body, encode(sha256(convert_to(body, 'UTF8')), 'hex'), publication, 'reference', at
  FROM version ORDER BY at;
END
$reference$;
