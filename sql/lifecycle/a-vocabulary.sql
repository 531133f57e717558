-- Bundle A: the vocabulary. Closed word lists that the write contract (bundle E) resolves its arguments against.
-- Parameters: none. Locks: creates one table. One DO block, so that a second application fails and changes nothing.
DO $bundle$
BEGIN
  CREATE TABLE public.system_vocab (
    key text PRIMARY KEY CHECK (key ~ '^vocab\.[a-z_]+\.[a-z0-9_]+$'),
    label text NOT NULL CHECK (label <> '')
  );
  COMMENT ON TABLE public.system_vocab IS 'Closed word lists; a word is known if vocab.<family>.<word> is a key';
  COMMENT ON COLUMN public.system_vocab.key IS 'vocab.<family>.<word>, for instance vocab.section_type.article';
  COMMENT ON COLUMN public.system_vocab.label IS 'What a person reads';

  INSERT INTO public.system_vocab (key, label) VALUES
    ('vocab.unit_kind.law_unit', 'Unit of a law or constitution'),
    ('vocab.unit_kind.regulation_unit', 'Unit of a regulation'),
    ('vocab.unit_kind.handbook_unit', 'Unit of a handbook'),
    ('vocab.unit_kind.policy_unit', 'Unit of a policy'),
    ('vocab.unit_kind.document_unit', 'Unit of any other document'),
    ('vocab.section_type.document', 'Whole document'),
    ('vocab.section_type.front_matter', 'Front matter'),
    ('vocab.section_type.preamble', 'Preamble'),
    ('vocab.section_type.book', 'Book'),
    ('vocab.section_type.part', 'Part'),
    ('vocab.section_type.title', 'Title'),
    ('vocab.section_type.chapter', 'Chapter'),
    ('vocab.section_type.section', 'Section'),
    ('vocab.section_type.subsection', 'Subsection'),
    ('vocab.section_type.article', 'Article'),
    ('vocab.section_type.paragraph', 'Paragraph'),
    ('vocab.section_type.clause', 'Clause'),
    ('vocab.section_type.point', 'Point'),
    ('vocab.section_type.annex', 'Annex'),
    ('vocab.section_type.appendix', 'Appendix'),
    ('vocab.section_type.heading', 'Heading'),
    ('vocab.section_type.notice', 'Notice'),
    ('vocab.publication_type.law', 'Law'),
    ('vocab.publication_type.regulation', 'Regulation'),
    ('vocab.publication_type.handbook', 'Handbook'),
    ('vocab.publication_type.policy', 'Policy'),
    ('vocab.publication_type.notice', 'Notice');
END
$bundle$;
