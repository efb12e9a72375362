/**
 * Reads a domain with Causeway's DRS client, page by page, every secret decrypted, verified and every value decoded, and
 * says how long that took. Input and output are those of `read-with-samba.py`, with the GUID of the naming context besides.
 */
import { json } from 'node:stream/consumers';
import { DrsClient, type AttributeName } from '@ad-protocols/drsr';
import type { Mechanism } from '@ad-protocols/gss';
import { configuredKdcs, KerberosClient, KerberosMechanism } from '@ad-protocols/kerberos';
import { NtlmMechanism } from '@ad-protocols/ntlm';
import { parseGuid } from '@ad-protocols/wire';

/** What to read, and as whom. */
export interface ReadTask {
  readonly host: string;
  readonly signIn: 'kerberos' | 'ntlm';
  readonly domain: string;
  readonly realm: string;
  readonly user: string;
  readonly password: string;
  /** Distinguished name. */
  readonly namingContext: string;
  /** objectGUID, as text. */
  readonly namingContextGuid: string;
  readonly attributes: readonly AttributeName[];
  readonly pageObjects: number;
}

function mechanismOf({ host, signIn, domain, realm, user, password }: ReadTask): Mechanism {
  if (signIn === 'ntlm') return new NtlmMechanism({ domain, user, password });
  const locator = configuredKdcs({ [realm]: [host] });
  return new KerberosMechanism(new KerberosClient({ user, realm, credential: { password }, locator }));
}

const task = (await json(process.stdin)) as ReadTask;
const { host, namingContext, namingContextGuid, attributes, pageObjects } = task;
const client = await DrsClient.open({ host, security: mechanismOf(task) });
const pages = client.pages({
  namingContext: { guid: parseGuid(namingContextGuid), dn: namingContext },
  attributes,
  maxObjects: pageObjects,
});
let objects = 0;
const started = performance.now();
for await (const page of pages) objects += page.objects.length;
const seconds = (performance.now() - started) / 1000;
await client.close();
process.stdout.write(JSON.stringify({ objects, seconds }));
