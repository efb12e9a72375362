import assert from 'node:assert/strict';
import { duplexPair } from 'node:stream';
import { test } from 'node:test';
import { hex } from '@ad-protocols/testing';
import { Client } from 'ldapts';
import { controlOids } from '../src/controls.ts';
import { LdapClient } from '../src/ldap-client.ts';
import { MessageStream } from '../src/message-stream.ts';
import { controlOf, LdapPeer, searchDone, searchEntry } from './support/ldap-peer.ts';

const server = 'dc1.corp.test';
const base = 'DC=corp,DC=test';

/** A stream of messages, and its other end. */
function connected() {
  const [below, other] = duplexPair();
  return { stream: new MessageStream(below, server), peer: new LdapPeer(other) };
}

/** ldapts asks for a net.Socket, of which it uses what every Duplex has. */
function clientOn(stream: MessageStream): Client {
  return new Client({ url: 'ldap://bound.invalid', createConnection: () => stream as never });
}

test('ldapts takes the stream as its connection, any number of messages at once', async () => {
  const { stream, peer } = connected();
  const client = clientOn(stream);
  const searching = client.search(base, { filter: '(cn=*)' });
  const { id } = await peer.next();
  const entries = Array.from({ length: 10_000 }, (_, index) => searchEntry(id, `cn=${index}`));
  peer.raw(Buffer.concat([...entries, searchDone(id)]));
  assert.equal((await searching).searchEntries.length, 10_000);
  await client.unbind();
});

/** Answers a paged search with two entries, an empty page, and a third entry. */
async function servePages(peer: LdapPeer): Promise<void> {
  for (const [count, cookie] of [
    [2, '0401aa'],
    [0, '0401bb'],
    [1, '0400'],
  ] as const) {
    const { id } = await peer.next();
    for (let index = 0; index < count; index += 1) peer.send(searchEntry(id, `cn=${cookie}${index}`));
    const value = hex(`30${cookie === '0400' ? '05' : '06'} 020100 ${cookie}`);
    peer.send(searchDone(id, 0, [controlOf(controlOids.pagedResults, value)]));
  }
}

test('searches are our own because ldapts ends a paged one at an empty page, and says that it was all', async () => {
  const theirs = connected();
  servePages(theirs.peer).catch(() => undefined);
  const client = clientOn(theirs.stream);
  const { searchEntries } = await client.search(base, { filter: '(cn=*)', paged: { pageSize: 2 } });
  assert.equal(searchEntries.length, 2);
  await client.unbind();

  const ours = connected();
  const served = servePages(ours.peer);
  using own = new LdapClient(ours.stream, { server });
  let count = 0;
  const search = { base, scope: 'sub', filter: '(cn=*)', attributes: [] } as const;
  for await (const page of own.pages(search, { pageSize: 2 })) count += page.length;
  assert.equal(count, 3);
  await served;
});
