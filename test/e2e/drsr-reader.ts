/**
 * Runs on the lab's host `connect`: reads a domain controller with `@ad-protocols/drsr`, one JSON command a line in, one JSON
 * answer a line out. Values leave it only as HMACs under a key of the test run.
 */
import { createHmac } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Mechanism } from '@ad-protocols/gss';
import { configuredKdcs, KerberosClient, KerberosMechanism } from '@ad-protocols/kerberos';
import {
  attributeValues,
  decodeDsName,
  DrsClient,
  formatReplicationCursor,
  parseReplicationCursor,
  type Attribute,
  type AttributeName,
  type NamesToCrack,
  type ReplicatedObject,
} from '@ad-protocols/drsr';
import { NtlmMechanism } from '@ad-protocols/ntlm';
import type { Guid } from '@ad-protocols/wire';

/** How the reader signs in: with NTLM, or with Kerberos with that kind of keys alone. */
export type ReaderMechanism = 'NTLM' | 'Kerberos AES-256' | 'Kerberos AES-128' | 'Kerberos RC4';

/** What a test may ask of the reader. */
export type ReaderCommand =
  | {
      do: 'open';
      host: string;
      domain: string;
      user: string;
      password: string;
      digestKey: string;
      mechanism?: ReaderMechanism;
      /** For Kerberos. */
      realm?: string;
      destinationDsa?: Guid;
      transferSyntaxes?: ('ndr' | 'ndr64')[];
    }
  | {
      do: 'read';
      namingContext: { guid: Guid; dn?: string };
      attributes: Attribute[];
      cursor?: string;
      maxObjects?: number;
      pagesMax?: number;
      ancestorsFirst?: boolean;
      linkTargets?: boolean;
    }
  | { do: 'object' | 'secrets'; guid: Guid; attributes: Attribute[] }
  | { do: 'classes'; guid: Guid }
  | { do: 'names'; names: NamesToCrack }
  | { do: 'controllers'; domain: string; level: 1 | 2 | 3 };

/** An object with an HMAC in place of each value. */
export interface ReadObject {
  readonly guid: Guid;
  readonly sid: string | undefined;
  readonly dn: string;
  readonly isDeleted: boolean;
  readonly attributes: Partial<Record<AttributeName | 'mail' | 'name', { digests: string[]; version: number }>>;
}

/** What came of a read. */
export interface ReadResult {
  readonly objects: ReadObject[];
  /** Values of linked attributes that are there, each as `object > target`. */
  readonly links: string[];
  readonly cursor: string;
  readonly pages: number;
  readonly more: boolean;
  readonly start: string;
  readonly estimate: number | undefined;
}

let client: DrsClient | undefined;
let digestKey = '';

function opened(): DrsClient {
  if (client === undefined) throw new TypeError('the first command has to be "open"');
  return client;
}

function digestsOf(object: ReplicatedObject): ReadObject {
  const attributes = [...object.attributes].map(([name, { values, metadata }]) => {
    const digests = values.map((value) => createHmac('sha256', digestKey).update(value).digest('hex'));
    return [name, { digests, version: metadata.version }];
  });
  const { guid, sid, dn, isDeleted } = object;
  return { guid, sid, dn, isDeleted, attributes: Object.fromEntries(attributes) };
}

async function read(command: ReaderCommand & { do: 'read' }): Promise<ReadResult> {
  const { namingContext, attributes, cursor: text, maxObjects, pagesMax = Number.POSITIVE_INFINITY } = command;
  const { ancestorsFirst = false, linkTargets = false } = command;
  const cursor = text === undefined ? undefined : parseReplicationCursor(text);
  const objects: ReadObject[] = [];
  const links: string[] = [];
  let pages = 0;
  const order = { ancestorsFirst, linkTargets };
  const options = { namingContext, attributes, cursor, ...order, ...(maxObjects === undefined ? {} : { maxObjects }) };
  for await (const page of opened().pages(options)) {
    pages += 1;
    objects.push(...page.objects.map(digestsOf));
    const present = page.linkValues.filter(({ isPresent }) => isPresent);
    links.push(...present.map(({ object, value }) => `${object.dn} > ${decodeDsName(value).dn}`));
    if (page.more && pages < pagesMax) continue;
    const { more, start, totalObjectsEstimate: estimate } = page;
    return { objects, links, cursor: formatReplicationCursor(page.cursor), pages, more, start, estimate };
  }
  throw new TypeError('a cycle ended before its last page');
}

const encryptionTypes = { 'Kerberos AES-256': 18, 'Kerberos AES-128': 17, 'Kerberos RC4': 23 } as const;

function mechanismOf({ mechanism = 'NTLM', host, realm = '', ...account }: ReaderCommand & { do: 'open' }): Mechanism {
  const { domain, user, password } = account;
  if (mechanism === 'NTLM') return new NtlmMechanism({ domain, user, password });
  const locator = configuredKdcs({ [realm]: [host] });
  const enctypes = [encryptionTypes[mechanism]];
  const allowRc4 = mechanism === 'Kerberos RC4';
  return new KerberosMechanism(
    new KerberosClient({ user, realm, credential: { password }, locator, enctypes, allowRc4 }),
  );
}

async function open(command: ReaderCommand & { do: 'open' }): Promise<void> {
  const { host, transferSyntaxes = ['ndr'], destinationDsa } = command;
  ({ digestKey } = command);
  const behalf = destinationDsa === undefined ? {} : { destinationDsa };
  client = await DrsClient.open({ host, transferSyntaxes, security: mechanismOf(command), ...behalf });
}

async function readObject(command: ReaderCommand & { do: 'object' | 'secrets' }): Promise<ReadObject | undefined> {
  const { guid, attributes } = command;
  const object = await (command.do === 'secrets'
    ? opened().replicateSecrets(guid, attributes)
    : opened().replicateObject(guid, attributes));
  return object && digestsOf(object);
}

async function classesOf(guid: Guid): Promise<string[] | undefined> {
  const object = await opened().replicateObject(guid, ['objectClass']);
  return object && attributeValues(object, 'objectClass');
}

async function answer(command: ReaderCommand): Promise<unknown> {
  if (command.do === 'open') return await open(command);
  if (command.do === 'read') return await read(command);
  if (command.do === 'controllers') return await opened().domainControllers(command.domain, command.level);
  if (command.do === 'classes') return await classesOf(command.guid);
  if (command.do === 'names') return await opened().crackNames(command.names);
  return await readObject(command);
}

for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify({ result: await answer(JSON.parse(line) as ReaderCommand) }));
  } catch (error) {
    const { code, message, nextStep } = error as { code?: string; message: string; nextStep?: string };
    console.log(JSON.stringify({ error: { code, message, nextStep } }));
  }
}
await client?.close();
