/**
 * psql-file-cases: service files and password files, for the comparison of our resolver with psql.
 *
 * As psql-cases.ts, with files in the home folder of each case. Data only. Used by resolve-like-psql.test.ts alone.
 */
import { type Case, ODD, PLAIN, type Place } from "./psql-cases.ts";

export function serviceCases(place: Place): Case[] {
  const { socket, port, deadPort } = place;
  const here = `host=${socket}\nport=${port}\n`;
  const own = (text: string): Record<string, string> => ({ ".pg_service.conf": text });
  const service = (environment: Record<string, string> = {}): Record<string, string> => ({
    PGSERVICE: "s",
    ...environment,
  });
  return [
    { environment: service(), files: own(`[s]\n${here}dbname=main`) },
    {
      environment: service(),
      files: own(`# c\n\n[t]\nport=1\n\n  [s]  \r\n  ${here}dbname=main  \n#x\n[t]\nnonsense`),
    },
    { environment: service(), files: own(`[s]\n${here}dbname=main\ndbname=other`) },
    { environment: service(), files: own(`[s]\n${here}dbname=main\n[s]\nuser=nosuchrole`) },
    { environment: service(), files: own(`nonsense\n[t]\nmore nonsense\n[s]\n${here}dbname=with space`) },
    { environment: service(), files: own(`[s]\n${here}dbname=a=b\nuser=${PLAIN.role}`) },
    {
      environment: service({ PGHOST: "/nowhere", PGPORT: "1", PGDATABASE: "other" }),
      files: own(`[s]\n${here}dbname=main`),
    },
    { environment: service({ PGUSER: PLAIN.role, PGDATABASE: "other" }), files: own(`[s]\n${here}`) },
    { text: "service=s", files: own(`[s]\n${here}dbname=main`) },
    {
      text: "service=s dbname=other",
      environment: { PGSERVICE: "t" },
      files: own(`[s]\n${here}dbname=main\n[t]\nhost=/t`),
    },
    { text: "postgres:///other?service=s", files: own(`[s]\n${here}dbname=main`) },
    { text: "dbname=main", environment: service(), files: own(`[s]\n${here}dbname=other`) },
    { text: `service=s host='' port=${deadPort}`, files: own(`[s]\n${here}dbname=main`) },
    {
      environment: service({ PGSERVICEFILE: "HOME/named" }),
      files: { named: `[s]\n${here}dbname=main`, ...own("[s]\nport=1") },
    },
    { environment: service({ PGSYSCONFDIR: "HOME" }), files: { "pg_service.conf": `[s]\n${here}dbname=other` } },
    {
      environment: service({ PGSYSCONFDIR: "HOME" }),
      files: { "pg_service.conf": `[s]\n${here}dbname=other`, ...own("[t]\nport=1") },
    },
    {
      environment: service(),
      files: own(`[s]\nhost=127.0.0.1\nport=${port}\nuser=${PLAIN.role}\npassword=${PLAIN.password}\ndbname=main`),
    },
    {
      environment: service({ PGPASSWORD: "wrong-one" }),
      files: own(`[s]\nhost=127.0.0.1\nport=${port}\nuser=${PLAIN.role}\npassword=${PLAIN.password}\ndbname=main`),
    },
    // Both must refuse these.
    { environment: service(), files: own("[t]\nport=1") },
    { environment: service() },
    { environment: service({ PGSERVICEFILE: "HOME/missing" }), files: own(`[s]\n${here}`) },
    { environment: service(), files: own("[s]\nport = 1") },
    { environment: service(), files: own("[s]\nnonsense") },
    { environment: service(), files: own("[s]\nhots=1") },
    { environment: service(), files: own("[s]\nservice=t\n[t]\nport=1") },
  ];
}

export function passwordFileCases(place: Place): Case[] {
  const { socket, port, deadPort } = place;
  const { role, password } = PLAIN;
  const tcp = { PGHOST: "127.0.0.1", PGPORT: `${port}`, PGUSER: role, PGDATABASE: "main" };
  const odd = { ...tcp, PGUSER: ODD.role };
  const own = (text: string): Record<string, string> => ({ ".pgpass": text });
  const escaped = (text: string): string => text.replace(/[\\:]/g, "\\$&");
  const fits = `127.0.0.1:${port}:main:${role}:${password}`;
  return [
    { environment: tcp, files: own(`${fits}\n`) },
    { environment: tcp, files: own(`*:*:*:*:${password}\r\n`) },
    { environment: tcp, files: own(`# ${fits}\n\n*:*:*:nobody:no\n${fits}\n*:*:*:*:later`) },
    { environment: tcp, files: own(`*:*:*:*:wrong-one\n${fits}`) },
    { environment: tcp, files: own(`*:*:*:*:${password}:more`) },
    { environment: tcp, files: own(`*:*:*:*:${password}\\`) },
    { environment: tcp, files: own(`localhost:*:*:*:${password}`) },
    { environment: tcp, files: own(`127.0.0.*:*:*:*:${password}`) },
    { environment: tcp, files: own(`127.0.0.1:${deadPort}:*:*:${password}`) },
    { environment: tcp, files: own(`*:*:ma*:*:${password}`) },
    { environment: tcp, files: own(`*:*:\\m\\a\\in:*:${password}`) },
    { environment: tcp, files: own(`*:*:*:${role}`) },
    { environment: tcp, files: own(`*:*:*:*:`) },
    { environment: tcp, files: own(` ${fits}`) },
    { environment: odd, files: own(`*:*:*:${escaped(ODD.role)}:${escaped(ODD.password)}`) },
    { environment: { ...tcp, PGHOST: "::1" }, files: own(`\\:\\:1:*:*:*:${password}`) },
    { environment: { ...tcp, PGHOST: "::1" }, files: own(`::1:*:*:*:${password}`) },
    {
      environment: { ...tcp, PGHOST: "nobody.example", PGHOSTADDR: "127.0.0.1" },
      files: own(`nobody.example:*:*:*:${password}`),
    },
    {
      environment: { ...tcp, PGHOST: "nobody.example", PGHOSTADDR: "127.0.0.1" },
      files: own(`127.0.0.1:*:*:*:${password}`),
    },
    { environment: { ...tcp, PGHOST: "", PGHOSTADDR: "127.0.0.1" }, files: own(`127.0.0.1:*:*:*:${password}`) },
    { text: `hostaddr=127.0.0.1 port=${port} user=${role}`, files: own(`127.0.0.1:*:*:*:${password}`) },
    { text: `hostaddr=127.0.0.1 port=${port} user=${role}`, files: own(`localhost:*:*:*:${password}`) },
    { environment: tcp, files: own(fits), passwordFileMode: 0o640 },
    { environment: tcp, files: own(fits), passwordFileMode: 0o400 },
    { environment: { ...tcp, PGPASSWORD: "wrong-one" }, files: own(fits) },
    { environment: { ...tcp, PGPASSWORD: "" }, files: own(fits) },
    { environment: { ...tcp, PGPASSFILE: "" }, files: own(fits) },
    { environment: { ...tcp, PGPASSFILE: "/dev/null" }, files: own(fits) },
    { text: "passfile=HOME/.pgpass", environment: { ...tcp, HOME: "/" }, files: own(fits) },
    {
      text: `dbname=other user=${role}`,
      environment: tcp,
      files: own(`*:*:main:*:wrong-one\n*:*:other:*:${password}`),
    },
    { text: `postgres://${role}@127.0.0.1:${port}`, files: own(`*:*:${role}:${role}:${password}`) },
    {
      environment: { ...tcp, PGHOST: "127.0.0.1,127.0.0.1", PGPORT: `${deadPort},${port}` },
      files: own(`*:${deadPort}:*:*:wrong-one\n*:${port}:*:*:${password}`),
    },
    {
      environment: { ...tcp, PGHOST: `${socket},127.0.0.1`, PGPORT: `${deadPort},${port}` },
      files: own(`${socket}:*:*:*:wrong-one\n127.0.0.1:*:*:*:${password}`),
    },
  ];
}
