import { join } from 'node:path';
import { DOMAINS, HOSTS, type Lab, type ProgramResult } from '@causeway/lab';
import type { Progress } from './progress.ts';
import type { ReadTask } from './read-with-drs-client.ts';
import { median } from './statistics.ts';
import type { Row } from './table.ts';

/** Causeway's reader is at least this much of the speed of Samba's. */
const RATIO_MIN = 0.95;
const ROUNDS = 5;
/** Objects a page, as connect reads them. */
const PAGE_OBJECTS = 500;
/** What a credential takes; `isDeleted` Causeway's client always reads. */
const attributes = [
  'isDeleted',
  'pwdLastSet',
  'sAMAccountName',
  'supplementalCredentials',
  'unicodePwd',
  'userAccountControl',
] as const;

const readers = {
  causeway: [process.execPath, join(import.meta.dirname, 'read-with-drs-client.ts')],
  samba: ['/usr/bin/python3', join(import.meta.dirname, 'read-with-samba.py')],
} as const;

/** What a reader prints. */
interface Reading {
  readonly objects: number;
  readonly seconds: number;
}

/**
 * Reads all credentials of `corp-dc1` from host `connect` over and over, in turn with Causeway's client and with Samba's,
 * both with the same account at packet privacy, over Kerberos (AES-256) and over NTLM.
 */
export async function measureReading(lab: Lab, progress: Progress): Promise<Row[]> {
  const { name: user, password } = lab.serviceAccounts.sync;
  const { netbiosName: domain, dnsName, baseDn: namingContext } = DOMAINS['corp-dc1'];
  const task: Omit<ReadTask, 'signIn'> = {
    host: HOSTS['corp-dc1'].fqdn,
    domain,
    realm: dnsName.toUpperCase(),
    user,
    password,
    namingContext,
    namingContextGuid: await readObjectGuid(lab, namingContext),
    attributes,
    pageObjects: PAGE_OBJECTS,
  };
  const rows: Row[] = [];
  for (const signIn of ['kerberos', 'ntlm'] as const) rows.push(await compare(lab, { ...task, signIn }, progress));
  return rows;
}

async function compare(lab: Lab, task: ReadTask, progress: Progress): Promise<Row> {
  const { signIn } = task;
  const rates: Record<keyof typeof readers, number[]> = { causeway: [], samba: [] };
  const counts = new Set<number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    // Whoever reads first finds the domain controller as the other has left it: they take turns in that too.
    for (const reader of round % 2 === 0 ? (['causeway', 'samba'] as const) : (['samba', 'causeway'] as const)) {
      const { objects, seconds } = await read(lab, reader, task);
      counts.add(objects);
      rates[reader].push(objects / seconds);
      const rate = format(objects / seconds);
      progress.step(`read ${objects} objects over ${signIn} with ${reader} in ${seconds.toFixed(2)} s: ${rate}`);
    }
  }
  if (counts.size !== 1) throw new Error(`the readers did not find the same objects: ${[...counts].join(', ')}`);
  const [causeway, samba] = [median(rates.causeway), median(rates.samba)];
  const ratio = causeway / samba;
  return {
    measure: `reading ${lab.users.length} users' credentials over ${signIn === 'ntlm' ? 'NTLM' : 'Kerberos'}`,
    causeway: format(causeway),
    yardstick: `Samba's C client: ${format(samba)}`,
    ratio,
    target: { text: `ratio at least ${RATIO_MIN}`, reached: ratio >= RATIO_MIN },
  };
}

async function read(lab: Lab, reader: keyof typeof readers, task: ReadTask): Promise<Reading> {
  const result = await lab.exec('connect', readers[reader], { input: JSON.stringify(task) });
  requireSuccess(`reading with ${reader}`, result);
  return JSON.parse(result.stdout) as Reading;
}

async function readObjectGuid(lab: Lab, dn: string): Promise<string> {
  const database = '/var/lib/samba/private/sam.ldb';
  const result = await lab.exec('corp-dc1', ['ldbsearch', '-H', database, '-b', dn, '-s', 'base', 'objectGUID']);
  const guid = /^objectGUID: (.*)$/m.exec(result.stdout)?.[1];
  if (guid === undefined) throw new Error(`${dn} has no objectGUID: ${result.stderr}`);
  return guid;
}

function requireSuccess(what: string, { exitCode, stderr }: ProgramResult): void {
  if (exitCode !== 0) throw new Error(`${what} ended with exit code ${exitCode}: ${stderr.trim()}`);
}

function format(rate: number): string {
  return `${Math.round(rate)} objects/s`;
}
