-- Bundle C: versions of a unit: title and body at a time, with the digest of the body.
-- Parameters: none. Locks: creates one table that refers to information_unit (SHARE ROW EXCLUSIVE on it).
DO $bundle$
BEGIN
  CREATE TABLE public.unit_version (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    information_unit_id uuid NOT NULL REFERENCES public.information_unit (id),
    version_no integer NOT NULL CHECK (version_no >= 1),
    title text NOT NULL CHECK (title <> ''),
    body text NOT NULL,
    content_sha256 text NOT NULL CHECK (content_sha256 ~ '^[0-9a-f]{64}$'),
    publication_type text NOT NULL CHECK (publication_type <> ''),
    created_by text NOT NULL CHECK (created_by <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (information_unit_id, version_no)
  );
  COMMENT ON TABLE public.unit_version IS 'One row per version of a unit; the highest version_no is current';
  COMMENT ON COLUMN public.unit_version.id IS 'Random, so that a proof consumes no sequence';
  COMMENT ON COLUMN public.unit_version.information_unit_id IS 'The unit';
  COMMENT ON COLUMN public.unit_version.version_no IS '1, 2, 3 ...';
  COMMENT ON COLUMN public.unit_version.title IS 'Never empty';
  COMMENT ON COLUMN public.unit_version.body IS 'The text; may be empty';
  COMMENT ON COLUMN public.unit_version.content_sha256 IS 'SHA-256 of the body in UTF-8, 64 hex digits';
  COMMENT ON COLUMN public.unit_version.publication_type IS 'A word of vocab.publication_type, for instance law';
  COMMENT ON COLUMN public.unit_version.created_by IS 'The actor that fn_iu_create or fn_iu_revise was given';
  COMMENT ON COLUMN public.unit_version.created_at IS 'Start of the creating transaction';
END
$bundle$;
