/**
 * Runs on the lab's host `connect`: reads a domain controller with `@ad-protocols/drsr`, one JSON command a line in, one JSON
 * answer a line out. Values leave it only as HMACs under a key of the test run.
 */
import { createHmac } from 'node:crypto';
import { createInterface } from 'node:readline';
import {
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

/** What a test may ask of the reader. */
export type ReaderCommand =
  | {
      do: 'open';
      host: string;
      domain: string;
      user: string;
      password: string;
      digestKey: string;
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
  | { do: 'object'; guid: Guid; attributes: Attribute[] }
  | { do: 'names'; names: NamesToCrack }
  | { do: 'controllers'; domain: string; level: 1 | 2 | 3 }
  | { do: 'close' };

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

async function open(command: ReaderCommand & { do: 'open' }): Promise<void> {
  const { host, domain, user, password, transferSyntaxes = ['ndr'] } = command;
  ({ digestKey } = command);
  client = await DrsClient.open({ host, transferSyntaxes, security: new NtlmMechanism({ domain, user, password }) });
}

async function readObject(command: ReaderCommand & { do: 'object' }): Promise<ReadObject | undefined> {
  const object = await opened().replicateObject(command.guid, command.attributes);
  return object && digestsOf(object);
}

async function answer(command: ReaderCommand): Promise<unknown> {
  if (command.do === 'open') return await open(command);
  if (command.do === 'read') return await read(command);
  if (command.do === 'object') return await readObject(command);
  if (command.do === 'names') return await opened().crackNames(command.names);
  if (command.do === 'controllers') return await opened().domainControllers(command.domain, command.level);
  return await client?.close();
}

for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify({ result: await answer(JSON.parse(line) as ReaderCommand) }));
  } catch (error) {
    const { code, message, nextStep } = error as { code?: string; message: string; nextStep?: string };
    console.log(JSON.stringify({ error: { code, message, nextStep } }));
  }
}
