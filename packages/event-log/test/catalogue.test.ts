import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { describeEvent } from '../src/event.ts';
import { eventCatalogue, eventIds, eventLevels, type EventData, type EventId, type EventLevel } from '../src/index.ts';

const connector = 'corp.contoso.test';
const domain = 'emea.corp.contoso.test';
const dn = 'CN=Jörg Müller,OU=Köln,DC=corp,DC=contoso,DC=test';
const reason = 'The reason.';
const failure = { connector, errorCode: 81, reason, trackingId: 'a1b2', server: 'directory.example.net' };
const guid = '5f2b7c1e-0d7a-4a52-9c0a-2f8f0f5a9d11';

type Sample = { [Id in EventId]: [id: Id, level: EventLevel, data: EventData[Id], message: RegExp] }[EventId];

/** Each id with the level of the reference, data, and what its message must hold. */
const samples: readonly Sample[] = [
  [
    0,
    'Information',
    { connector, reason, users: [dn] },
    /corp\.contoso\.test: 1 user queued for retry\. The reason\.\nCN=Jörg Müller,OU=Köln,DC=corp,DC=contoso,DC=test$/,
  ],
  [0, 'Error', { connector, reason, users: [] }, /^Connector corp\.contoso\.test: The reason\.$/],
  [115, 'Information', { connector, reason }, /denied access.*corp\.contoso\.test\. The reason\.$/],
  [
    116,
    'Warning',
    { connector, pendingDeletes: 501, threshold: 500 },
    /corp\.contoso\.test .*501 pending deletes .* threshold of 500\b/,
  ],
  [601, 'Information', {}, /starting/],
  [602, 'Information', {}, /stopping/],
  [603, 'Error', { reason }, /unexpected error\. The reason\.$/],
  [604, 'Error', { reason }, /task .*The reason\.$/],
  [
    605,
    'Information',
    { connector, count: 2, users: [dn, 'CN=B'] },
    /corp\.contoso\.test: 2 users added .*\nCN=Jörg.*\nCN=B$/,
  ],
  [606, 'Information', { connector, count: 1, users: ['CN=B'] }, /corp\.contoso\.test: 1 user removed .*\nCN=B$/],
  [607, 'Error', { reason }, /cannot start\. The reason\.$/],
  [609, 'Information', {}, /stopped/],
  [610, 'Error', { reason }, /cannot stop\. The reason\.$/],
  [
    611,
    'Error',
    { connector, domain, reason, status: 8453, nextStep: 'Grant it.' },
    /domain emea\.corp\.contoso\.test of connector corp\.contoso\.test\. RPC Error: 8453\. The reason\. Next step: Grant it\.$/,
  ],
  [
    611,
    'Error',
    { connector, domain, reason },
    /domain emea\.corp\.contoso\.test of connector corp\.contoso\.test\. The reason\.$/,
  ],
  [612, 'Error', { reason }, /initialized\. The reason\.$/],
  [613, 'Warning', { connector }, /corp\.contoso\.test is paused: the full synchronization of its objects/],
  [614, 'Warning', {}, /start while/],
  [615, 'Error', { reason }, /worker .*The reason\.$/],
  [
    616,
    'Warning',
    { connector, domain, domainController: 'dc1', reason },
    /domain controller dc1 of domain emea\..*corp\.contoso\.test, cannot be reached\. The reason\.$/,
  ],
  [617, 'Information', { forest: connector }, /[Ff]ull .*started for forest corp\.contoso\.test\./],
  [618, 'Information', { forest: connector, domain }, /[Ff]ull .*started for domain emea\.corp\.contoso\.test\b/],
  [
    619,
    'Information',
    { forest: connector, domain, done: 10, total: 40, secondsLeft: 3 },
    /emea.*: 10 of 40 users done, about 3 s left\.$/,
  ],
  [619, 'Information', { forest: connector, domain, done: 10 }, /emea.*: 10 users done\.$/],
  [620, 'Warning', { connector, users: ['CN=B'] }, /1 user will not be retried\.\nCN=B$/],
  [621, 'Error', { forest: connector, domain, attempt: 2, reason }, /^Attempt 2 .*emea.* failed\. The reason\.$/],
  [
    622,
    'Information',
    { forest: connector, domain, users: 40, seconds: 4 },
    /completed for domain emea\.corp\.contoso\.test .*40 users in 4 s\.$/,
  ],
  [
    623,
    'Information',
    { forest: connector, users: 1, seconds: 0 },
    /completed for forest corp\.contoso\.test: 1 user in 0 s\.$/,
  ],
  [650, 'Information', { connector, count: 50, trackingId: 'a1b2' }, /start\. .*Count: 50, Tracking ID: a1b2$/],
  [651, 'Information', { connector, count: 50, trackingId: 'a1b2' }, /end\. .*Count: 50, Tracking ID: a1b2$/],
  [
    652,
    'Error',
    failure,
    /batch failed .*Error Code: 81\. The reason\. Tracking ID: a1b2, Server: directory\.example\.net\.$/,
  ],
  [653, 'Information', { connector, connectorId: guid }, /Ping start.*5f2b7c1e-0d7a-4a52-9c0a-2f8f0f5a9d11$/],
  [654, 'Information', { connector, connectorId: guid }, /Ping end.*5f2b7c1e-0d7a-4a52-9c0a-2f8f0f5a9d11$/],
  [655, 'Error', { ...failure, errorCode: 90 }, /Ping failed .*Error Code: 90\./],
  [
    656,
    'Information',
    {
      connector,
      users: [
        { anchor: 'q83v', dn, changeDate: '2026-11-27T08:00:00Z' },
        { anchor: 'AAAA', dn: 'CN=B', changeDate: '2026-11-27T08:00:01Z' },
      ],
    },
    /^Password Change Request.*\nAnchor: q83v, Dn: CN=Jörg Müller,OU=Köln,DC=corp,DC=contoso,DC=test, Change Date: 2026-11-27T08:00:00Z\nAnchor: AAAA, Dn: CN=B, Change Date: 2026-11-27T08:00:01Z$/,
  ],
  [
    657,
    'Information',
    {
      connector,
      users: [
        { anchor: 'q83v', dn, result: 'Success' },
        { anchor: 'AAAA', dn: 'CN=B', result: 'Failed', extendedError: 'No such user' },
      ],
    },
    /^Password Change Result.*\nAnchor: q83v, Dn: CN=Jörg [^\n]*, Result: Success, Extended Error:\nAnchor: AAAA, Dn: CN=B, Result: Failed, Extended Error: No such user$/,
  ],
  [658, 'Information', { connector, reason, dn: 'CN=B' }, /Managed domain.*The reason\. Dn: CN=B\.$/],
  [659, 'Information', { connector, reason }, /Password policy.*The reason\.$/],
  [660, 'Information', { connector, reason }, /being put right.*The reason\.$/],
  [661, 'Information', { connector, reason }, /was put right.*The reason\.$/],
  [662, 'Error', { connector, reason }, /health task.*The reason\.$/],
  [663, 'Information', {}, /running/],
  [664, 'Error', { connector, dn: 'CN=B', reason }, /one object.*The reason\. Dn: CN=B\.$/],
  [665, 'Error', { connector, domain, reason }, /emea.*could not be stored\. The reason\.$/],
  [666, 'Warning', { connector, domain, reason }, /emea.*busy\. The reason\.$/],
  [667, 'Error', { reason }, /MD5.*The reason\.$/],
  [668, 'Information', { connector, count: 1 }, /only pwdLastSet changed in 1 object\b.*Count: 1$/],
  [904, 'Information', { text: 'Scheduler cycle Finished.' }, /^Scheduler cycle Finished\.$/],
  [6323, 'Error', { reason }, /disk .*The reason\.$/],
  [6900, 'Error', { reason }, /notification .*The reason\.$/],
];

describe('the catalogue', () => {
  it('has every id of Azure AD Connect whose subject exists here, and no other', () => {
    const passwords = [...Array(23).keys()].map((index) => 601 + index).filter((id) => id !== 608);
    const batches = [...Array(19).keys()].map((index) => 650 + index);
    assert.deepEqual(eventIds, [0, 115, 116, ...passwords, ...batches, 904, 6323, 6900]);
  });

  it('gives every id a name of its own', () => {
    const names = eventIds.map((id) => eventCatalogue[id].name);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[a-z][A-Za-z]+$/);
  });

  it('has a sample here for every id', () => {
    assert.deepEqual([...new Set(samples.map(([id]) => id))], eventIds);
  });

  it('is what docs/events.md says, level by level', () => {
    const text = readFileSync(new URL('../../../docs/events.md', import.meta.url), 'utf8');
    const documented = [...text.matchAll(/^\| (\d+) \| ([IWE]) \|/gm)].map(([, id, letter]) => `${id} ${letter}`);
    const catalogued = samples.map(([id, level]) => `${id} ${level.slice(0, 1)}`);
    assert.deepEqual(documented, [...new Set(catalogued)]);
  });

  for (const [id, level, data, message] of samples) {
    it(`says of ${id} with ${Object.keys(data).join(', ') || 'nothing'} what happened, level ${level}`, () => {
      const event = describeEvent<EventId>(id, data, 7);
      assert.match(event.message, message);
      assert.equal(event.level, level);
      assert.ok(eventLevels.includes(event.level));
      assert.equal(event.source, 'Directory Synchronization');
      assert.equal(event.time, 7);
      assert.equal(event.connector, 'connector' in data || 'forest' in data ? connector : null);
    });
  }

  it('keeps one line a user whatever a name holds', () => {
    const users = [{ anchor: 'A', dn: 'CN=a\r\nAnchor: B, Dn: CN=b\u2028\u0000c', changeDate: 'now' }];
    const { message } = describeEvent(656, { connector, users }, 0);
    assert.equal(message.split(/[\r\n\u2028]/).length, 2);
    assert.doesNotMatch(message, /\0/);
  });
});
