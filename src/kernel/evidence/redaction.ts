/**
 * redaction: keeps secrets out of everything that leaves the process.
 *
 * Whoever reads a secret registers it here at once; every text that goes to a terminal, file, log or child's argument
 * passes `redact`. Also takes out the password part of anything that looks like a connection URL, registered or not.
 * Never holds more than the values themselves, and never prints them.
 */
const secrets = new Set<string>();

const SHORTEST_SECRET = 4;
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@]+@/gi;
const KEYWORD_PASSWORD = /(\bpassword\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s'"&]+)/gi;

/** Remembers a secret, and its percent-encoded form. Shorter than 4 characters would redact ordinary words. */
export function registerSecret(value: string): void {
  if (value.length < SHORTEST_SECRET) return;
  secrets.add(value);
  secrets.add(encodeURIComponent(value));
}

/** The text with every known secret as `[redacted]`. */
export function redact(text: string): string {
  let clean = text.replace(URL_PASSWORD, "$1[redacted]@").replace(KEYWORD_PASSWORD, "$1[redacted]");
  for (const secret of secrets) clean = clean.replaceAll(secret, "[redacted]");
  return clean;
}
