/**
 * authentication: answers what a server asks of a client before it says AuthenticationOk.
 *
 * Trust, clear text, MD5 and SCRAM-SHA-256, as libpq answers them; anything else is refused by name. A server that
 * began SCRAM has to finish it, which proves that it knows the password too. Never shows it. Called by login.ts.
 */
import { createHash } from "node:crypto";
import { Failure } from "../failure.ts";
import { encode, readStrings, zeroTerminated } from "./messages.ts";
import { SCRAM_MECHANISM, type ScramExchange, startScram } from "./scram.ts";

export type Credentials = {
  readonly user: string;
  readonly password: string | null;
  /** Where the stream leads, for messages. */
  readonly address: string;
};

/** What to do about a request: send bytes, wait for the next one, or be done. */
export type Step = Buffer | "wait" | "done" | Failure;

export const CLEAR_TEXT = 3;
const OK = 0;
const MD5 = 5;
const SASL = 10;
const SASL_CONTINUE = 11;
const SASL_FINAL = 12;
const UNSUPPORTED: Readonly<Record<number, string>> = {
  2: "Kerberos V5",
  6: "SCM credentials",
  7: "GSSAPI",
  8: "GSSAPI",
  9: "SSPI",
};

export class Authentication {
  readonly #credentials: Credentials;
  #scram: ScramExchange | null = null;
  #proven: "no" | "yes" = "no";

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  async step(method: number, data: Buffer): Promise<Step> {
    const { user, password } = this.#credentials;
    if (method === OK) return this.#finish();
    if (UNSUPPORTED[method] !== undefined) return this.#refused(`it asks for ${UNSUPPORTED[method]}`);
    if (password === null) return this.#passwordMissing();
    switch (method) {
      case CLEAR_TEXT:
        return answer(password);
      case MD5:
        return answer(md5Answer({ user, password, salt: data }));
      case SASL:
        return this.#begin(readStrings(data), password);
      case SASL_CONTINUE:
        return this.#continue(data.toString("utf8"));
      case SASL_FINAL:
        this.#proven = this.#scram?.verify(data.toString("utf8")) ? "yes" : "no";
        return this.#proven === "yes" ? "wait" : this.#refused("it does not know the password itself");
      default:
        return this.#refused(`it asks for method ${method}`);
    }
  }

  #finish(): Step {
    return this.#scram === null || this.#proven === "yes" ? "done" : this.#refused("it did not prove itself");
  }

  #begin(mechanisms: readonly string[], password: string): Step {
    if (this.#scram !== null) return this.#refused("it begins SCRAM twice");
    if (!mechanisms.includes(SCRAM_MECHANISM)) return this.#refused(`it offers ${mechanisms.join(", ")} only`);
    this.#scram = startScram(password);
    const first = Buffer.from(this.#scram.first);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(first.length, 0);
    return encode("p", Buffer.concat([zeroTerminated(SCRAM_MECHANISM), length, first]));
  }

  async #continue(serverFirst: string): Promise<Step> {
    if (this.#scram === null) return this.#refused("it continues a SCRAM exchange that was not begun");
    const next = await this.#scram.answer(serverFirst);
    return "refused" in next ? this.#refused(next.refused) : encode("p", Buffer.from(next.final));
  }

  #passwordMissing(): Failure {
    const { address, user } = this.#credentials;
    return new Failure("AUTHENTICATION_FAILED", `${address} asks for a password of ${user}, and none was given`, {
      hint: "Give it in PGPASSWORD, a password file or the URL.",
      facts: { address, user },
    });
  }

  #refused(why: string): Failure {
    const { address, user } = this.#credentials;
    return new Failure("AUTHENTICATION_FAILED", `the login of ${user} at ${address} was broken off: ${why}`, {
      hint: "cutter answers trust, password, md5 and scram-sha-256.",
      facts: { address, user },
    });
  }
}

function answer(text: string): Buffer {
  return encode("p", zeroTerminated(text));
}

function md5Answer({ user, password, salt }: { user: string; password: string; salt: Buffer }): string {
  const inner = createHash("md5").update(`${password}${user}`).digest("hex");
  return `md5${createHash("md5").update(inner).update(salt).digest("hex")}`;
}
