/**
 * scram: the client's side of SCRAM-SHA-256, without channel binding.
 *
 * The server proves that it knows the password too, or the login fails. Never keeps the password longer than the
 * exchange, and computes no more rounds than limits.scramIterations. Called by login.ts. Sources: RFC 5802, RFC 7677,
 * RFC 4013 (SASLprep), PostgreSQL manual "SASL Authentication".
 */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { limits } from "../limits.ts";

export const SCRAM_MECHANISM = "SCRAM-SHA-256";

const NO_CHANNEL_BINDING = "n,,";
const NONCE_BYTES = 18;
const KEY_BYTES = 32;

export type ScramExchange = {
  readonly first: string;
  /** Our final message, or what is wrong with the server's first one. */
  answer(serverFirst: string): Promise<{ readonly final: string } | { readonly refused: string }>;
  /** Whether the server's final message shows that it knows the password. */
  verify(serverFinal: string): boolean;
};

export function startScram(password: string, nonce = randomBytes(NONCE_BYTES).toString("base64")): ScramExchange {
  const bare = `n=,r=${nonce}`;
  let serverSignature: Buffer | null = null;
  return {
    first: `${NO_CHANNEL_BINDING}${bare}`,
    async answer(serverFirst) {
      const { r: joined = "", s: salt = "", i = "" } = attributes(serverFirst);
      const rounds = /^[0-9]{1,10}$/.test(i) ? Number(i) : 0;
      if (!joined.startsWith(nonce) || joined === nonce) return { refused: "its nonce does not continue ours" };
      if (salt === "" || rounds < 1) return { refused: "its first SCRAM message is malformed" };
      if (rounds > limits.scramIterations) return { refused: `it asks for ${rounds} SCRAM iterations` };
      const salted = await promisify(pbkdf2)(
        saslPrep(password),
        Buffer.from(salt, "base64"),
        rounds,
        KEY_BYTES,
        "sha256",
      );
      const withoutProof = `c=${Buffer.from(NO_CHANNEL_BINDING).toString("base64")},r=${joined}`;
      const whole = `${bare},${serverFirst},${withoutProof}`;
      const clientKey = hmac(salted, "Client Key");
      const clientSignature = hmac(createHash("sha256").update(clientKey).digest(), whole);
      serverSignature = hmac(hmac(salted, "Server Key"), whole);
      return { final: `${withoutProof},p=${exclusiveOr(clientKey, clientSignature).toString("base64")}` };
    },
    verify(serverFinal) {
      const given = Buffer.from(attributes(serverFinal).v ?? "", "base64");
      return serverSignature !== null && given.length === KEY_BYTES && timingSafeEqual(given, serverSignature);
    },
  };
}

/** `r=abc,s=def` by letter; a value may hold further `=`. */
function attributes(message: string): Record<string, string | undefined> {
  return Object.fromEntries(message.split(",").map((part) => [part.slice(0, 1), part.slice(2)]));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function exclusiveOr(left: Buffer, right: Buffer): Buffer {
  return Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)));
}

const ASCII = /^\p{ASCII}*$/u;
const SPACES = /[\u00A0\u1680\u2000-\u200B\u202F\u205F\u3000]/g;
const MAPPED_TO_NOTHING = /\u00AD|\u034F|\u1806|[\u180B-\u180D]|\u200C|\u200D|\u2060|[\uFE00-\uFE0F]|\uFEFF/g;
const PROHIBITED = /\u0340|\u0341|[\p{Cc}\p{Co}\p{Cs}\p{Cn}\uFFF9-\uFFFD\u200E\u200F\u202A-\u202E\u206A-\u206F]/u;

/** As PostgreSQL's pg_saslprep: what cannot be prepared is used as it is. */
export function saslPrep(password: string): string {
  if (ASCII.test(password)) return password;
  const prepared = password.replaceAll(SPACES, " ").replaceAll(MAPPED_TO_NOTHING, "").normalize("NFKC");
  return prepared === "" || PROHIBITED.test(prepared) ? password : prepared;
}
