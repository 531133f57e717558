-- Governance 2 of 4: what was cut: the source, its manifest, the manifest's units.
-- Parameters: none. Locks: creates tables only. One DO block, so that a second application fails and changes nothing.
DO $bundle$
BEGIN
  CREATE TABLE cutter_governance.source_version (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    source_version_id text NOT NULL UNIQUE CHECK (source_version_id <> ''),
    document_id text NOT NULL CHECK (document_id <> ''),
    source_sha256 text NOT NULL CHECK (source_sha256 ~ '^[0-9a-f]{64}$'),
    bytes bigint NOT NULL CHECK (bytes >= 0),
    media_type text NOT NULL CHECK (media_type <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT session_user
  );
  COMMENT ON TABLE cutter_governance.source_version IS 'One source document as it was cut';
  COMMENT ON COLUMN cutter_governance.source_version.id IS 'Key of the row';
  COMMENT ON COLUMN cutter_governance.source_version.source_version_id IS
    'sv-<16 hex digits>, from the document id, the source digest and the contract digest: the same for the same source';
  COMMENT ON COLUMN cutter_governance.source_version.document_id IS 'First segment of the canonical addresses';
  COMMENT ON COLUMN cutter_governance.source_version.source_sha256 IS 'Digest of the original bytes';
  COMMENT ON COLUMN cutter_governance.source_version.bytes IS 'Number of the original bytes';
  COMMENT ON COLUMN cutter_governance.source_version.media_type IS 'For instance text/markdown';

  CREATE TABLE cutter_governance.manifest_envelope (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    manifest_sha256 text NOT NULL UNIQUE CHECK (manifest_sha256 ~ '^[0-9a-f]{64}$'),
    source_version_id text NOT NULL REFERENCES cutter_governance.source_version (source_version_id),
    profile text NOT NULL CHECK (profile <> ''),
    profile_version text NOT NULL CHECK (profile_version <> ''),
    unit_count integer NOT NULL CHECK (unit_count >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT session_user
  );
  CREATE INDEX manifest_envelope_source ON cutter_governance.manifest_envelope (source_version_id);
  COMMENT ON TABLE cutter_governance.manifest_envelope IS 'One manifest: the ordered segments of one source version';
  COMMENT ON COLUMN cutter_governance.manifest_envelope.id IS 'Key of the row';
  COMMENT ON COLUMN cutter_governance.manifest_envelope.manifest_sha256 IS 'Digest of the manifest';
  COMMENT ON COLUMN cutter_governance.manifest_envelope.source_version_id IS 'The source that it covers without gap';
  COMMENT ON COLUMN cutter_governance.manifest_envelope.profile IS 'Segmentation profile, for instance markdown';
  COMMENT ON COLUMN cutter_governance.manifest_envelope.profile_version IS 'Version of the profile';
  COMMENT ON COLUMN cutter_governance.manifest_envelope.unit_count IS 'Number of its blocks';

  CREATE TABLE cutter_governance.manifest_unit_block (
    manifest_sha256 text NOT NULL REFERENCES cutter_governance.manifest_envelope (manifest_sha256),
    ordinal integer NOT NULL CHECK (ordinal >= 1),
    canonical_address text NOT NULL CHECK (canonical_address <> ''),
    byte_start bigint NOT NULL CHECK (byte_start >= 0),
    byte_end bigint NOT NULL,
    -- As ~ '^[0-9a-f]{64}$', nine times as fast: it is asked of every row of a cut.
    content_sha256 text NOT NULL CHECK (
      length(content_sha256) = 64 AND encode(decode(content_sha256, 'hex'), 'hex') = content_sha256),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT session_user,
    PRIMARY KEY (manifest_sha256, ordinal),
    UNIQUE (manifest_sha256, canonical_address),
    CHECK (byte_end >= byte_start)
  );
  COMMENT ON TABLE cutter_governance.manifest_unit_block IS 'One row per unit of a manifest';
  COMMENT ON COLUMN cutter_governance.manifest_unit_block.manifest_sha256 IS 'The manifest';
  COMMENT ON COLUMN cutter_governance.manifest_unit_block.ordinal IS '1, 2, 3 ... in the order of the source';
  COMMENT ON COLUMN cutter_governance.manifest_unit_block.canonical_address IS 'Address of the unit';
  COMMENT ON COLUMN cutter_governance.manifest_unit_block.byte_start IS 'First byte in the source, from 0';
  COMMENT ON COLUMN cutter_governance.manifest_unit_block.byte_end IS 'First byte after the unit';
  COMMENT ON COLUMN cutter_governance.manifest_unit_block.content_sha256 IS 'Digest of the bytes between';
END
$bundle$;
