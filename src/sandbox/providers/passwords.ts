/**
 * providers/passwords: the one-time passwords of a sandbox's roles, in one private file that libpq reads.
 *
 * Made from random bytes and never printed: they stand in memory, registered as secrets, and in `passwords/pgpass` of
 * the sandbox's directory. The server is only ever told a verifier, so that no log of statements holds a password.
 * The directory holds nothing else: docker shows it to the clients in the container. Called by steps and providers.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { join } from "node:path";
import { registerSecret } from "../../kernel/evidence/redaction.ts";
import { Failure } from "../../kernel/failure.ts";
import { openPrivateDirectory } from "../../kernel/private-files/directory.ts";
import { writePrivateFile } from "../../kernel/private-files/file.ts";

const PASSWORD_BYTES = 24;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** PostgreSQL's own scram_iterations. */
const ITERATIONS = 4_096;

export class Passwords {
  readonly directory: string;
  readonly file: string;
  readonly #byRole = new Map<string, string>();

  constructor(directory: string) {
    this.directory = directory;
    this.file = join(directory, "pgpass");
  }

  /** Null where the role has none. */
  of(role: string): string | null {
    return this.#byRole.get(role) ?? null;
  }

  /** A password for each role that has none yet; the file holds them when this returns null. FILE_WRITE_FAILED. */
  add(roles: readonly string[]): Failure | null {
    for (const role of roles) if (!this.#byRole.has(role)) this.#byRole.set(role, oneTimePassword());
    return writePrivateFile(this.file, [...this.#byRole].map(([role, password]) => line(role, password)).join(""));
  }

  /**
   * What `ALTER ROLE … PASSWORD '…'` takes in place of the role's password, without quotes in it. Throws for a role
   * that has none: that is a bug.
   */
  verifier(role: string): string {
    const password = this.of(role);
    if (password === null) throw new Error(`no password was made for ${role}`);
    return scramVerifier(password, randomBytes(SALT_BYTES));
  }
}

/** No role has one yet. FILE_NOT_PRIVATE, FILE_WRITE_FAILED. */
export function openPasswords(workDirectory: string): Passwords | Failure {
  const directory = openPrivateDirectory(join(workDirectory, "passwords"));
  if (directory instanceof Failure) return directory;
  const passwords = new Passwords(directory);
  return passwords.add([]) ?? passwords;
}

/** Letters, digits, `-` and `_`, so that no form of quoting is needed anywhere. */
export function oneTimePassword(): string {
  const password = randomBytes(PASSWORD_BYTES).toString("base64url");
  registerSecret(password);
  return password;
}

/** Manual, "The Password File": any host, port and database. */
function line(role: string, password: string): string {
  return `*:*:*:${role.replaceAll(/[\\:]/g, "\\$&")}:${password}\n`;
}

/** RFC 5803, as pg_authid.rolpassword holds it. The password is ASCII, so SASLprep leaves it as it is. */
function scramVerifier(password: string, salt: Buffer): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, KEY_BYTES, "sha256");
  const hmac = (text: string): Buffer => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${storedKey}:${hmac("Server Key").toString("base64")}`;
}
