import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { duplexPair } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite, test } from 'node:test';
import { octets, readElements, sequence } from '@ad-protocols/asn1';
import { hex } from '@ad-protocols/testing';
import { ChangeNotifications, type ChangeWatchOptions } from '../src/change-notifications.ts';
import { controlOids } from '../src/controls.ts';
import { LdapClient } from '../src/ldap-client.ts';
import { MessageStream } from '../src/message-stream.ts';
import {
  controlOf,
  LdapPeer,
  messageOf,
  numberOf,
  resultFields,
  searchDone,
  searchEntry,
  type PeerRequest,
} from './support/ldap-peer.ts';

const server = 'dc1.corp.test';
const base = 'DC=corp,DC=test';
const ABANDON = 0x50;

function connected(options: { requestTimeoutMs?: number; signal?: AbortSignal } = {}) {
  const [below, other] = duplexPair();
  const client = new LdapClient(new MessageStream(below, server), { server, ...options });
  return { client, peer: new LdapPeer(other) };
}

/** The value of a request's control, as hexadecimal digits. */
function valueOf({ controls }: PeerRequest, oid: string): string {
  const fields = controls.find((control) => control.oid === oid)?.fields ?? [];
  return Buffer.from(fields.at(-1)?.content ?? []).toString('hex');
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const pageEnd = (id: number, cookie: string) =>
  searchDone(id, 0, [
    controlOf(controlOids.pagedResults, hex(`30${cookie === '' ? '05 020100 0400' : `06 020100 0401${cookie}`}`)),
  ]);
const syncEnd = (id: number, more: 0 | 1, cookie: string) =>
  searchDone(id, 0, [controlOf(controlOids.dirSync, hex(`3009 02010${more} 020100 0401${cookie}`))]);

suite('searching', () => {
  test('answers to several searches are told apart', async () => {
    const { client, peer } = connected();
    const both = Promise.all([client.read('cn=a', ['cn']), client.read('cn=b', ['cn'])]);
    const [first, second] = [await peer.next(), await peer.next()];
    peer.send(
      searchEntry(second.id, 'cn=b'),
      searchDone(second.id),
      searchEntry(first.id, 'cn=a'),
      searchDone(first.id),
    );
    assert.deepEqual(
      (await both).map((entry) => entry?.dn),
      ['cn=a', 'cn=b'],
    );
    client.close();
  });

  test('pages go on over an empty one, until there is no cookie', async () => {
    const { client, peer } = connected();
    const reading = collect(client.pages({ base, scope: 'sub', filter: '(cn=*)', attributes: [] }, { pageSize: 2 }));
    const cookies: string[] = [];
    for (const [count, cookie] of [
      [2, 'aa'],
      [0, 'bb'],
      [1, ''],
    ] as const) {
      const request = await peer.next();
      cookies.push(valueOf(request, controlOids.pagedResults));
      for (let index = 0; index < count; index += 1) peer.send(searchEntry(request.id, `cn=${index}`));
      peer.send(pageEnd(request.id, cookie));
    }
    assert.deepEqual(
      (await reading).map((page) => page.length),
      [2, 1],
    );
    assert.deepEqual(cookies, ['30050201020400', '30060201020401aa', '30060201020401bb']);
    client.close();
  });

  test('a page without its control is refused: nobody could tell that it is the last', async () => {
    const { client, peer } = connected();
    const reading = client.pages({ base, scope: 'sub', filter: '(cn=*)', attributes: [] }).next();
    peer.send(searchDone((await peer.next()).id));
    await assert.rejects(reading, { code: 'ERR_LDAP_PROTOCOL' });
    client.close();
  });

  test('DirSync goes on with each cookie while there is more', async () => {
    const { client, peer } = connected();
    const options = {
      base,
      filter: '(cn=*)',
      attributes: ['cn'],
      incrementalValues: true,
      maxBytes: 1,
      cookie: hex('00'),
    };
    const reading = collect(client.dirSync(options));
    const values: string[] = [];
    for (const [more, cookie] of [
      [1, 'aa'],
      [0, 'bb'],
    ] as const) {
      const request = await peer.next();
      values.push(valueOf(request, controlOids.dirSync));
      peer.send(searchEntry(request.id, `cn=${cookie}`), syncEnd(request.id, more, cookie));
    }
    const pages = await reading;
    assert.deepEqual(
      pages.map(({ entries, more, cookie }) => [entries[0]?.dn, more, Buffer.from(cookie ?? []).toString('hex')]),
      [
        ['cn=aa', true, 'aa'],
        ['cn=bb', false, 'bb'],
      ],
    );
    assert.deepEqual(values, ['300c020480000000020101040100', '300c0204800000000201010401aa']);
    client.close();
  });

  test('an answer to DirSync that is long comes in portions while it arrives, its cookie with the last', async () => {
    const { client, peer } = connected();
    const reading = client.dirSync({ base, filter: '(cn=*)', attributes: ['cn'] });
    const first = reading.next();
    const { id } = await peer.next();
    for (let index = 0; index < 1_200; index += 1) peer.send(searchEntry(id, `cn=${index}`));
    const pages = [(await first).value];
    peer.send(syncEnd(id, 0, 'cc'));
    for await (const page of reading) pages.push(page);
    assert.deepEqual(
      pages.map((page) => [page?.entries.length, page?.more, page?.cookie?.length]),
      [
        [500, true, undefined],
        [500, true, undefined],
        [200, false, 1],
      ],
    );
    assert.deepEqual(
      pages.flatMap((page) => page?.entries.map(({ dn }) => dn)),
      Array.from({ length: 1_200 }, (_, index) => `cn=${index}`),
    );
    client.close();
  });

  test('an answer to DirSync that nobody wants any more is abandoned, and the connection goes on', async () => {
    const { client, peer } = connected();
    const reading = client.dirSync({ base, filter: '(cn=*)', attributes: ['cn'] });
    const first = reading.next();
    const { id } = await peer.next();
    for (let index = 0; index < 2_500; index += 1) peer.send(searchEntry(id, `cn=${index}`));
    assert.equal((await first).value?.entries.length, 500);
    await reading.return(undefined);
    const abandoned = await peer.next();
    assert.equal(abandoned.tag, ABANDON);
    const again = client.read('cn=a', []);
    peer.send(searchDone((await peer.next()).id));
    assert.equal(await again, undefined);
    client.close();
  });

  const results = [
    [32, 'ERR_LDAP_NO_SUCH_OBJECT'],
    [50, 'ERR_LDAP_ACCESS_DENIED'],
    [12, 'ERR_LDAP_CONTROL'],
    [52, 'ERR_LDAP_BUSY'],
    [3, 'ERR_LDAP_LIMIT'],
    [4, 'ERR_LDAP_LIMIT'],
    [11, 'ERR_LDAP_LIMIT'],
    [10, 'ERR_LDAP_REFERRAL'],
    [53, 'ERR_LDAP_RESULT'],
  ] as const;
  for (const [code, expected] of results) {
    test(`result ${code} is ${expected}, and the connection goes on`, async () => {
      const { client, peer } = connected();
      const reading = client.read('cn=a', []);
      peer.send(searchDone((await peer.next()).id, code, [], '0000202B: RefErr'));
      await assert.rejects(reading, { code: expected, resultCode: code, diagnostic: '0000202B: RefErr' });
      const again = client.read('cn=a', []);
      peer.send(searchDone((await peer.next()).id));
      assert.equal(await again, undefined);
      client.close();
    });
  }

  test('a raised signal abandons its search alone', async () => {
    const { client, peer } = connected();
    const stop = new AbortController();
    const given = client.read('cn=a', [], { signal: stop.signal });
    const { id } = await peer.next();
    const reason = new Error('enough');
    stop.abort(reason);
    await assert.rejects(given, (error) => error === reason);
    const abandon = await peer.next();
    assert.equal(abandon.tag, ABANDON);
    assert.equal(numberOf(abandon.content), id);
    const again = client.read('cn=b', []);
    const next = await peer.next();
    // The answer to the first may come all the same.
    peer.send(searchEntry(id, 'cn=a'), searchDone(id), searchEntry(next.id, 'cn=b'), searchDone(next.id));
    assert.equal((await again)?.dn, 'cn=b');
    client.close();
  });

  test('a server that falls silent ends the connection; one that goes on sending does not', async () => {
    const { client, peer } = connected({ requestTimeoutMs: 80 });
    const slow = client.search({ base, scope: 'sub', filter: '(cn=*)', attributes: [] });
    const { id } = await peer.next();
    for (let index = 0; index < 4; index += 1) {
      await sleep(40);
      peer.send(searchEntry(id, `cn=${index}`));
    }
    peer.send(searchDone(id));
    assert.equal((await slow).entries.length, 4);
    await assert.rejects(client.read('cn=a', []), { code: 'ERR_LDAP_TIMEOUT' });
    await assert.rejects(client.read('cn=a', []), { code: 'ERR_LDAP_TIMEOUT' });
  });

  test('a search that waits behind another one does not take the server for silent', async () => {
    const { client, peer } = connected({ requestTimeoutMs: 80 });
    const long = client.search({ base, scope: 'sub', filter: '(cn=*)', attributes: [] });
    const behind = client.read('cn=a', []);
    const [first, second] = [await peer.next(), await peer.next()];
    for (let index = 0; index < 4; index += 1) {
      await sleep(40);
      peer.send(searchEntry(first.id, `cn=${index}`));
    }
    peer.send(searchDone(first.id), searchDone(second.id));
    assert.equal((await long).entries.length, 4);
    assert.equal(await behind, undefined);
    client.close();
  });

  test('part of an answer is never taken for all of it: what came before a limit is dropped', async () => {
    const { client, peer } = connected();
    const reading = client.search({ base, scope: 'sub', filter: '(cn=*)', attributes: [] });
    const { id } = await peer.next();
    peer.send(searchEntry(id, 'cn=a'), searchDone(id, 4));
    await assert.rejects(reading, { code: 'ERR_LDAP_LIMIT', resultCode: 4, nextStep: /pages/ });
    client.close();
  });

  test('no listener stays on a signal, however its search ends', async () => {
    const { client, peer } = connected();
    const stop = new AbortController();
    const ends = [0, 32] as const;
    for (const code of ends) {
      const reading = client.read('cn=a', [], { signal: stop.signal }).catch(() => undefined);
      peer.send(searchDone((await peer.next()).id, code));
      await reading;
      assert.deepEqual(getEventListeners(stop.signal, 'abort'), []);
    }
    const cut = assert.rejects(client.read('cn=a', [], { signal: stop.signal }), { code: 'ERR_LDAP_CLOSED' });
    client.close();
    await cut;
    assert.deepEqual(getEventListeners(stop.signal, 'abort'), []);
  });
});

suite('a connection that ends', () => {
  const ends = [
    ['the server hangs up', (peer: LdapPeer) => peer.end(), 'ERR_LDAP_CLOSED'],
    [
      'the server says that it disconnects',
      (peer: LdapPeer) => {
        const name = octets('1.3.6.1.4.1.1466.20036', 0x8a);
        peer.send(messageOf(0, sequence([...resultFields(52, 'shutting down'), name], 0x78)));
      },
      'ERR_LDAP_BUSY',
    ],
    ['the server sends what is no LDAP', (peer: LdapPeer) => peer.raw(hex('3003 040100')), 'ERR_LDAP_PROTOCOL'],
    ['the server sends no BER', (peer: LdapPeer) => peer.raw(hex('3080 0000')), 'ERR_LDAP_PROTOCOL'],
  ] as const;
  for (const [name, end, code] of ends) {
    test(`${name}: all that is under way fails with ${code}`, async () => {
      const { client, peer } = connected();
      const both = Promise.allSettled([client.read('cn=a', []), client.read('cn=b', [])]);
      await peer.next();
      await peer.next();
      end(peer);
      for (const outcome of await both) {
        assert.ok(outcome.status === 'rejected');
        assert.equal(outcome.reason.code, code);
      }
      await assert.rejects(client.read('cn=c', []), { code });
    });
  }

  test('by its own side, as does every search after', async () => {
    const { client } = connected();
    const under = client.read('cn=a', []);
    client.close();
    await assert.rejects(under, { code: 'ERR_LDAP_CLOSED' });
    await assert.rejects(client.read('cn=a', []), { code: 'ERR_LDAP_CLOSED' });
  });

  test("by the connection's signal, with its reason", async () => {
    const stop = new AbortController();
    const { client } = connected({ signal: stop.signal });
    const under = client.read('cn=a', []);
    const reason = new Error('stopping');
    stop.abort(reason);
    await assert.rejects(under, (error) => error === reason);
  });
});

/** A watch that the server has yet to take up: its two requests. */
async function watching(options: Partial<ChangeWatchOptions> = {}, signal?: AbortSignal) {
  const [below, other] = duplexPair();
  const peer = new LdapPeer(other);
  const opening = ChangeNotifications.start(
    new MessageStream(below, server),
    { host: server, signal },
    { base, scope: 'sub', attributes: ['cn'], ...options },
  );
  opening.catch(() => undefined);
  const watch = await peer.next();
  const question = await peer.next();
  return { peer, opening, watch, question };
}

suite('change notifications', () => {
  test('are asked for with the control and the only filter that servers take', async () => {
    const { peer, opening, watch, question } = await watching();
    assert.deepEqual(
      watch.controls.map(({ oid }) => oid),
      [controlOids.notification],
    );
    const filter = readElements(watch.content, 'SearchRequest')[6];
    assert.equal(Buffer.from(filter?.content ?? []).toString(), 'objectClass');
    peer.send(searchDone(question.id));
    (await opening).close();
  });

  test('arrive one by one as they happen, and end when they are closed', async () => {
    const { peer, opening, watch, question } = await watching();
    peer.send(searchDone(question.id));
    const notifications = await opening;
    const got: string[] = [];
    peer.send(searchEntry(watch.id, 'cn=0'));
    for await (const { dn } of notifications) {
      got.push(dn);
      if (got.length === 3) break;
      peer.send(searchEntry(watch.id, `cn=${got.length}`));
    }
    assert.deepEqual(got, ['cn=0', 'cn=1', 'cn=2']);
    await assert.rejects(peer.next(), TypeError);
  });

  test('that wait are given even when the server has ended the watch since', async () => {
    const { peer, opening, watch, question } = await watching();
    peer.send(searchDone(question.id));
    const notifications = await opening;
    peer.send(searchEntry(watch.id, 'cn=0'), searchDone(watch.id, 51));
    await sleep(5);
    const iterator = notifications[Symbol.asyncIterator]();
    assert.equal((await iterator.next()).value?.dn, 'cn=0');
    await assert.rejects(iterator.next(), { code: 'ERR_LDAP_BUSY' });
  });

  test('that the server refuses are an error at once', async () => {
    const { peer, opening, watch, question } = await watching();
    peer.send(searchDone(watch.id, 53, [], 'not here'), searchDone(question.id));
    await assert.rejects(opening, { code: 'ERR_LDAP_RESULT', resultCode: 53 });
  });

  test('end with an error when the server stops answering the question whether it is there', async () => {
    const { peer, opening, question } = await watching({ keepAliveMs: 20, answerTimeoutMs: 20 });
    peer.send(searchDone(question.id));
    const notifications = await opening;
    await assert.rejects(collect(notifications), { code: 'ERR_LDAP_TIMEOUT' });
  });

  test('end with an error when the server hangs up', async () => {
    const { peer, opening, question } = await watching();
    peer.send(searchDone(question.id));
    const notifications = await opening;
    setImmediate(() => peer.end());
    await assert.rejects(collect(notifications), { code: 'ERR_LDAP_CLOSED' });
  });

  test('are given up by the signal: the server is told, the caller has the reason', async () => {
    const stop = new AbortController();
    const { peer, opening, question } = await watching({}, stop.signal);
    peer.send(searchDone(question.id));
    const notifications = await opening;
    const reason = new Error('stopping');
    setImmediate(() => stop.abort(reason));
    await assert.rejects(collect(notifications), (error) => error === reason);
    assert.equal((await peer.next()).tag, ABANDON);
  });

  test('that nobody takes for long are no silence of the server', async () => {
    const { peer, opening, watch, question } = await watching({ keepAliveMs: 20, answerTimeoutMs: 20 });
    peer.send(searchDone(question.id));
    const notifications = await opening;
    const asked = await peer.next();
    const total = 2000;
    for (let index = 0; index < total; index += 1) peer.send(searchEntry(watch.id, `cn=${index}`));
    peer.send(searchDone(asked.id));
    // The question was asked before reading stopped, and its answer lies behind what nobody takes.
    await sleep(100);
    let count = 0;
    for await (const { dn } of notifications) {
      assert.equal(dn, `cn=${count}`);
      count += 1;
      if (count === total) break;
    }
    assert.equal(count, total);
  });

  test('wait at the server while nobody takes them', async () => {
    const { peer, opening, watch, question } = await watching();
    peer.send(searchDone(question.id));
    const notifications = await opening;
    const total = 5000;
    for (let index = 0; index < total; index += 1) peer.send(searchEntry(watch.id, `cn=${index}`));
    let count = 0;
    for await (const { dn } of notifications) {
      assert.equal(dn, `cn=${count}`);
      count += 1;
      if (count === total) break;
    }
    assert.equal(count, total);
  });
});
