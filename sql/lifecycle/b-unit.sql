-- Bundle B: information units, the smallest addressable pieces of a document.
-- Parameters: none. Locks: creates one table. One DO block, so that a second application fails and changes nothing.
DO $bundle$
BEGIN
  CREATE TABLE public.information_unit (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    canonical_address text NOT NULL UNIQUE CHECK (canonical_address <> ''),
    unit_kind text NOT NULL CHECK (unit_kind <> ''),
    identity_profile jsonb NOT NULL CHECK (jsonb_typeof(identity_profile) = 'object'),
    lifecycle_status text NOT NULL DEFAULT 'draft'
      CHECK (lifecycle_status IN ('draft', 'enacted', 'superseded', 'withdrawn')),
    owner_ref text,
    created_by text NOT NULL CHECK (created_by <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    enacted_at timestamptz,
    CHECK (lifecycle_status <> 'enacted' OR enacted_at IS NOT NULL),
    CHECK (lifecycle_status NOT IN ('draft', 'withdrawn') OR enacted_at IS NULL)
  );
  COMMENT ON TABLE public.information_unit IS 'One row per unit: the smallest addressable piece of a document';
  COMMENT ON COLUMN public.information_unit.id IS 'Random, so that a proof consumes no sequence';
  COMMENT ON COLUMN public.information_unit.canonical_address IS 'DOC-ID/segment/segment; unique for ever';
  COMMENT ON COLUMN public.information_unit.unit_kind IS 'A word of vocab.unit_kind, for instance law_unit';
  COMMENT ON COLUMN public.information_unit.identity_profile IS
    'What identifies the unit; primary_section_type_ref holds a key of vocab.section_type';
  COMMENT ON COLUMN public.information_unit.lifecycle_status IS 'draft, enacted, superseded or withdrawn';
  COMMENT ON COLUMN public.information_unit.owner_ref IS 'Who is responsible for the content, where known';
  COMMENT ON COLUMN public.information_unit.created_by IS 'The actor that fn_iu_create was given';
  COMMENT ON COLUMN public.information_unit.created_at IS 'Start of the creating transaction';
  COMMENT ON COLUMN public.information_unit.enacted_at IS 'Start of the enacting transaction; null until then';
END
$bundle$;
