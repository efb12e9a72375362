/**
 * Runs on the lab's host `connect`: reads a domain controller with `@ad-protocols/drsr`, one JSON command a line in, one JSON
 * answer a line out. Values leave it only as HMACs under a key of the test run.
 */
import { createHmac } from 'node:crypto';
import { createInterface } from 'node:readline';
import {
  DrsClient,
  formatReplicationCursor,
  parseReplicationCursor,
  type AttributeName,
  type ReplicatedObject,
} from '@ad-protocols/drsr';
import { NtlmMechanism } from '@ad-protocols/ntlm';
import type { Guid } from '@ad-protocols/wire';

/** What a test may ask of the reader. */
export type ReaderCommand =
  | { do: 'open'; host: string; domain: string; user: string; password: string; digestKey: string }
  | {
      do: 'read';
      namingContext: { guid: Guid; dn?: string };
      attributes: AttributeName[];
      cursor?: string;
      maxObjects?: number;
      pagesMax?: number;
    }
  | { do: 'object'; guid: Guid; attributes: AttributeName[] }
  | { do: 'close' };

/** An object with an HMAC in place of each value. */
export interface ReadObject {
  readonly guid: Guid;
  readonly sid: string | undefined;
  readonly dn: string;
  readonly isDeleted: boolean;
  readonly attributes: Partial<Record<AttributeName, { digests: string[]; version: number }>>;
}

/** What came of a read. */
export interface ReadResult {
  readonly objects: ReadObject[];
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
  const cursor = text === undefined ? undefined : parseReplicationCursor(text);
  const objects: ReadObject[] = [];
  let pages = 0;
  const options = { namingContext, attributes, cursor, ...(maxObjects === undefined ? {} : { maxObjects }) };
  for await (const page of opened().pages(options)) {
    pages += 1;
    objects.push(...page.objects.map(digestsOf));
    if (page.more && pages < pagesMax) continue;
    const { more, start, totalObjectsEstimate: estimate } = page;
    return { objects, cursor: formatReplicationCursor(page.cursor), pages, more, start, estimate };
  }
  throw new TypeError('a cycle ended before its last page');
}

async function open(command: ReaderCommand & { do: 'open' }): Promise<void> {
  const { host, domain, user, password } = command;
  ({ digestKey } = command);
  client = await DrsClient.open({ host, security: new NtlmMechanism({ domain, user, password }) });
}

async function readObject(command: ReaderCommand & { do: 'object' }): Promise<ReadObject | undefined> {
  const object = await opened().replicateObject(command.guid, command.attributes);
  return object && digestsOf(object);
}

async function answer(command: ReaderCommand): Promise<unknown> {
  if (command.do === 'open') return await open(command);
  if (command.do === 'read') return await read(command);
  if (command.do === 'object') return await readObject(command);
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
