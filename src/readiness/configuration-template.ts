/**
 * configuration-template: the cutter.toml that `cutter init` writes: every key there is, commented out, with what it
 * means and an example.
 *
 * A test takes the comment marks off and reads it strictly, and compares its keys with those of the schema. Data only.
 */

/** Lines that begin with `#~` are keys: without the mark the file is a whole configuration. */
export const CONFIGURATION_TEMPLATE = `# cutter.toml: which database is used for what, and on whose authority.
# Only its owner may write this file; a password is best left out of it (service, env_file, ~/.pgpass).

# The document that is meant where a command names none.
#~document = "ICX-CONST"

# One table for each connection: url, service, or env_file with env_map.
# survey: read-only, plans and surveys (context_pack_readonly).
#~[connections.survey]
#~service = "icx_survey"
# witness: the second connection of a proof, read-only.
#~[connections.witness]
#~service = "icx_survey"
# governance: may count the ledger, read-only; for the report of a dry run.
#~[connections.governance]
#~service = "icx_ledger"
# exec: writes the units and the ledger (cutter_exec).
#~[connections.exec]
#~env_file = "/etc/cutter/exec.env"
#~env_map = { PGHOST = "DB_HOST", PGDATABASE = "DB_NAME", PGUSER = "DB_USER", PGPASSWORD = "DB_PASS" }
# verify: reads everything again and signs (cutter_verify).
#~[connections.verify]
#~service = "icx_verify"
# rehearse: takes the roles above inside a transaction that cannot commit (cutter_rehearse).
#~[connections.rehearse]
#~service = "icx_rehearse"
# backup: may read all that a cut writes.
#~[connections.backup]
#~service = "icx_owner"
# revert: owns what a cut writes (workflow_admin).
#~[connections.revert]
#~service = "icx_owner"
# owner: installs and removes the schema.
#~[connections.owner]
#~url = "postgres://workflow_admin@127.0.0.1/icx"

# Files and folders that a run must not change; digested before and after a dry run.
#~[integrity]
#~trees = ["/opt/icx", "/etc/icx"]

# Whose signature lets a run pass a gate. required: 1 or 2, or a table by gate.
#~[approvals]
#~allowed_signers = "/etc/cutter/allowed_signers"
#~required = { SG1 = 1, SG2 = 1, REVERT = 1, HARD_DELETE = 2 }
#~valid_for = "24h"
#~ssh_keygen = ["/usr/bin/ssh-keygen"]

# The key that backups are encrypted for, in full, and where it is: key_file (the public key alone) or gnupg_home.
#~[backup]
#~key = "0123456789ABCDEF0123456789ABCDEF01234567"
#~key_file = "/etc/cutter/backup.gpg"
#~directory = "/var/lib/cutter/backups"
#~retention = "30d"
#~pg_dump = ["pg_dump"]
#~pg_restore = ["pg_restore"]
#~gpg = ["gpg"]

# The keys of the two legs: openssl genpkey -algorithm ed25519 -out FILE; chmod 600 FILE
#~[signing]
#~exec_key = "/etc/cutter/exec.pem"
#~verify_key = "/etc/cutter/verify.pem"
# Two more seal evidence. attest_key, made like those two: attestation.json, an in-toto statement over all files.
# ssh_key, made by ssh-keygen -t ed25519, with its .pub beside it, or the .pub of a key in an agent: SHA256SUMS.sig.
#~attest_key = "/etc/cutter/attest.pem"
#~ssh_key = "/etc/cutter/evidence_key"

# Profiles of one's own, by name; cutter plan --profile NAME. See docs/live.md for their form.
#~[profiles]
`;
