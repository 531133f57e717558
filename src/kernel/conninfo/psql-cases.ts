/**
 * psql-cases: ways to say which database, for the comparison of our resolver with psql.
 *
 * Each case is given to both in the same words: a connection string, an environment, and files in a home folder of its
 * own. Data only, no expectation: psql is the judge. Used by resolve-like-psql.test.ts alone.
 */
export type Case = {
  /** A URL or keyword string; psql gets it as its one argument. Absent: the environment alone names the database. */
  readonly text?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Written into the case's home folder; `HOME` in a value of the environment or text stands for that folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** Permissions of .pgpass, 0600 unless given. */
  readonly passwordFileMode?: number;
};

export type Place = { readonly socket: string; readonly port: number; readonly deadPort: number };

/** The role that logs in with SCRAM, and one whose name and password need every kind of escape. */
export const PLAIN = { role: "carol", password: "carol-pw-71" };
export const ODD = { role: "o'dd: r\\l%", password: "p@s:s/w\\o'r d%?#" };
export const DATABASES = ["main", "other", "with space", "a=b", "ünï", "\u00a0=b"];

export function urlCases(place: Place): Case[] {
  const { port, deadPort } = place;
  const socket = encodeURIComponent(place.socket);
  const carol = `${PLAIN.role}:${PLAIN.password}`;
  const odd = `${encodeURIComponent(ODD.role)}:${encodeURIComponent(ODD.password)}`;
  return [
    { text: `postgres://${carol}@127.0.0.1:${port}/main` },
    { text: `postgresql://${carol}@127.0.0.1:${port}/main?application_name=from%20url` },
    { text: `postgres://${odd}@127.0.0.1:${port}/with%20space` },
    { text: `postgres://${carol}@[::1]:${port}/main` },
    { text: `postgres://${carol}@localhost:${port}/a=b` },
    { text: `postgres://${carol}@127.0.0.1:${port}/%C3%BCn%C3%AF` },
    { text: `postgres://${carol}@127.0.0.1:${port}` },
    { text: `postgres://${carol}@127.0.0.1:${port}/?dbname=other` },
    { text: `postgres://${carol}@127.0.0.1:${port}/main?dbname=other&user=nobody` },
    { text: `postgres://127.0.0.1:${port}/main?user=${PLAIN.role}&password=${PLAIN.password}` },
    { text: `postgres://127.0.0.1:${port}?user=${PLAIN.role}&password=wrong-one` },
    { text: `postgres://${socket}:${port}/main` },
    { text: `postgres:///main?host=${place.socket}&port=${port}` },
    { text: `postgres://carol@${socket}:${port}/other` },
    { text: `postgres://${carol}@127.0.0.1:${deadPort},127.0.0.1:${port}/main` },
    { text: `postgres://${carol}@[::1]:${deadPort},${socket}:${port}/main` },
    { text: `postgres://${carol}@127.0.0.1,[::1]:${deadPort}/main`, environment: { PGPORT: `${deadPort}` } },
    { text: `postgres://${carol}@127.0.0.1,127.0.0.1/main?port=${port}` },
    { text: `postgres://${carol}@127.0.0.1:${port}/main?sslmode=require` },
    { text: `postgres://${carol}@127.0.0.1:${port}/main?ssl=true` },
    { text: `postgres://${carol}@127.0.0.1:${port}/main?sslmode=disable&target_session_attrs=read-write` },
    { text: `postgres://${carol}@127.0.0.1:${port}/main?options=-c%20work_mem%3D77kB` },
    { text: `postgres://nobody.example:${deadPort}/main?hostaddr=127.0.0.1` },
    { text: `postgres://${carol}@nobody.example:${port}/main?hostaddr=127.0.0.1` },
    { text: `postgres://:${PLAIN.password}@127.0.0.1:${port}/main`, environment: { PGUSER: PLAIN.role } },
    { text: `postgres://${PLAIN.role}:@127.0.0.1:${port}/main`, environment: { PGPASSWORD: PLAIN.password } },
    { text: "postgres://", environment: { PGHOST: place.socket, PGPORT: `${port}`, PGDATABASE: "main" } },
    { text: "postgres:///nosuchdb", environment: { PGHOST: place.socket, PGPORT: `${port}` } },
    { text: `postgres://nosuchrole@${socket}:${port}/main` },
    { text: `postgres:///main?port=${deadPort}` },
    { text: `postgres://,/main?port=${deadPort}` },
    // Both must refuse these.
    { text: "postgres://[::1/main" },
    { text: "postgres://[]/main" },
    { text: "postgres://[::1]x/main" },
    { text: "postgres://h:1:2/main" },
    { text: "postgres://h:x/main" },
    { text: "postgres://h:0/main" },
    { text: "postgres://h:65536/main" },
    { text: "postgres://h/m%zz" },
    { text: "postgres://h/m%00" },
    { text: "postgres://h/main?sslmode" },
    { text: "postgres://h/main?sslmode=a=b" },
    { text: "postgres://h/main?&" },
    { text: "postgres://h/main?sslmode=bogus" },
    { text: "postgres://h/main?nonsense=1" },
    { text: "postgres://h/main?target_session_attrs=any-old" },
    { text: "postgres://h1,h2,h3/main?port=1,2" },
    { text: "postgres://h1,h2/main?hostaddr=127.0.0.1" },
  ];
}

export function keywordCases(place: Place): Case[] {
  const { socket, port, deadPort } = place;
  const tcp = `host=127.0.0.1 port=${port}`;
  const quoted = (value: string): string => `'${value.replace(/[\\']/g, "\\$&")}'`;
  return [
    { text: `${tcp} user=${PLAIN.role} password=${PLAIN.password} dbname=main` },
    { text: `${tcp} user=${quoted(ODD.role)} password=${quoted(ODD.password)} dbname = 'with space'` },
    { text: `${tcp} user=${PLAIN.role} password=${PLAIN.password} dbname=with\\ space` },
    { text: `${tcp} user=${PLAIN.role} password=${PLAIN.password} dbname='a=b'` },
    { text: `${tcp} user=${PLAIN.role} password=${PLAIN.password} dbname=a=b` },
    { text: `\n ${tcp}\tuser='${PLAIN.role}'password='${PLAIN.password}'dbname='main' ` },
    { text: `host=${socket} port=${port} dbname=main` },
    { text: `host=${socket} port=${port} dbname=main dbname=other` },
    { text: `host=${socket} port=' ${port} ' dbname=main` },
    { text: `host='' port=${deadPort} dbname=main`, environment: { PGHOST: socket } },
    { text: `hostaddr=127.0.0.1 port=${port} user=${PLAIN.role} password=${PLAIN.password} dbname=main` },
    {
      text: `hostaddr=127.0.0.1,::1 port=${deadPort},${port} user=${PLAIN.role} password=${PLAIN.password} dbname=main`,
    },
    { text: `host=a,b hostaddr=127.0.0.1,127.0.0.1 port=${deadPort} dbname=main` },
    { text: `host=${socket},127.0.0.1 port=${deadPort},${deadPort} user=x` },
    { text: `host= ${socket} port=${port} dbname=\u00a0=b` },
    { text: `host=${socket} port=${port} dbname=main\\` },
    { text: `host=${socket} port=${port} dbname=main requiressl=1` },
    { text: `host=${socket} port=${port} dbname=main options='-c work_mem=88kB' application_name='my app'` },
    // Both must refuse these.
    { text: "host=a b" },
    { text: "host='a" },
    { text: "host='a\\'" },
    { text: "=a" },
    { text: "hots=a" },
    { text: "host =a sslmode=" },
    { text: "host=a port=x" },
    { text: "host=a port=1,2" },
    { text: "host=''''" },
    { text: "hostaddr=127.0.0.1 port=1 keepalives=x" },
  ];
}

export function environmentCases(place: Place): Case[] {
  const { socket, port, deadPort } = place;
  const here = { PGHOST: socket, PGPORT: `${port}` };
  const tcp = { PGHOST: "127.0.0.1", PGPORT: `${port}`, PGUSER: PLAIN.role, PGDATABASE: "main" };
  return [
    { environment: { ...here } },
    { environment: { ...here, PGDATABASE: "main" } },
    { environment: { ...here, PGDATABASE: "main", PGUSER: PLAIN.role } },
    { environment: { ...here, PGDATABASE: "a=b", PGAPPNAME: "named", PGOPTIONS: "-c work_mem=99kB" } },
    { environment: { ...here, PGDATABASE: "" } },
    { environment: { ...tcp, PGPASSWORD: PLAIN.password } },
    { environment: { ...tcp, PGPASSWORD: "wrong-one" } },
    { environment: { ...tcp } },
    { environment: { ...tcp, PGHOST: "nobody.example", PGHOSTADDR: "127.0.0.1", PGPASSWORD: PLAIN.password } },
    { environment: { ...tcp, PGHOST: "", PGHOSTADDR: "::1", PGPASSWORD: PLAIN.password } },
    { environment: { ...tcp, PGHOST: "127.0.0.1,::1", PGPORT: `${deadPort},${port}`, PGPASSWORD: PLAIN.password } },
    { environment: { ...tcp, PGPORT: "", PGHOST: "/nowhere" } },
    { environment: { ...tcp, PGSSLMODE: "require" } },
    { environment: { ...tcp, PGREQUIRESSL: "1" } },
    { environment: { ...tcp, PGREQUIRESSL: "1", PGSSLMODE: "disable", PGPASSWORD: PLAIN.password } },
    { environment: { ...tcp, PGPASSWORD: PLAIN.password, PGTARGETSESSIONATTRS: "standby" } },
    { text: "user=nosuchrole dbname=main", environment: { ...here, PGUSER: PLAIN.role } },
    { text: "dbname=main", environment: { ...here, PGPORT: `${deadPort}`, PGHOST: "/nowhere" } },
    // Both must refuse these.
    { environment: { ...here, PGSSLMODE: "" } },
    { environment: { ...here, PGSSLMODE: "on" } },
    { environment: { ...here, PGPORT: "1,2" } },
    { environment: { ...here, PGPORT: "0" } },
    { environment: { ...here, PGTARGETSESSIONATTRS: "" } },
    { environment: { ...here, PGCHANNELBINDING: "" } },
    { environment: { ...here, PGGSSENCMODE: "maybe" } },
    { environment: { ...here, PGSERVICE: "" } },
  ];
}
