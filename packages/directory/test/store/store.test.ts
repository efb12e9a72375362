import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { DirectoryError, type ErrorCode } from '@causeway/contract';
import type { CredentialVersion } from '@causeway/model';
import type { DirectoryStore } from '../../src/store/directory-store.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import {
  anchorOf,
  batchOf,
  corp,
  credentialBatch,
  keyId,
  objectBatch,
  otherKeyId,
  otherPublicKey,
  publicKey,
  range,
  sealedTo,
  userEntry,
  userOf,
  versionOf,
} from '../support/samples.ts';
import { createFolder } from '../support/folder.ts';

const at = '2026-11-22T18:41:00.000Z';
const later = '2026-11-22T18:42:00.000Z';
/** The sequence of the change with this number, from 1, of those made at one time. */
const sequenceOf = (number: number, time = at): number => Date.parse(time) * 1_000 + number - 1;
const source = corp;

/** An empty store of each dialect; what follows holds for all of them. */
const dialects: Readonly<Record<string, () => Promise<DirectoryStore>>> = {
  SQLite: () => openSqliteStore(join(createFolder(), 'directory.sqlite')),
};

const entry = (version: number) => ({ anchor: anchorOf(1), version: versionOf(version), sealed: sealedTo(keyId) });

const refused = async (code: ErrorCode, action: Promise<unknown>): Promise<DirectoryError> => {
  const error: unknown = await action.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  assert.ok(error instanceof DirectoryError, `expected ${code}`);
  assert.equal(error.errorCode, code);
  return error;
};

for (const [dialect, open] of Object.entries(dialects)) {
  describe(`the directory's store on ${dialect}`, () => {
    let store: DirectoryStore;
    const tenant = 'contoso';
    const origin = { tenant, source, at, createObjectId: randomUUID };
    beforeEach(async () => {
      store = await open();
      await store.addTenants([tenant, 'fabrikam']);
      await store.saveKey(tenant, { publicKey, keyId }, at);
    });
    afterEach(async () => store.close());

    const feed = async (afterSequence = 0, limit = 2_000) => store.loadChanges(tenant, { after: afterSequence, limit });
    const versions = async (): Promise<(CredentialVersion | undefined)[]> =>
      (await feed()).changes.map(({ credential }) => credential?.version);

    test('adding a tenant again changes nothing', async () => {
      await store.addTenants([tenant]);
      assert.equal((await store.loadTenant(tenant)).keyId, keyId);
    });

    test('a user and a credential come together in one change, whichever came first', async () => {
      await store.acceptObjects(origin, objectBatch(null, 'o1', [1]));
      await store.acceptCredentials(origin, credentialBatch(null, 'c1', [1, 2]));
      await store.acceptObjects(origin, objectBatch('o1', 'o2', [2]));
      const { changes, next, more } = await feed();
      assert.deepEqual(
        changes.map(({ anchor, sequence }) => [anchor, sequence]),
        [
          [anchorOf(1), sequenceOf(2)],
          [anchorOf(2), sequenceOf(4)],
        ],
      );
      for (const [index, { user, credential }] of changes.entries()) {
        assert.deepEqual(user, userOf(index + 1));
        assert.deepEqual(credential?.version, versionOf(1));
      }
      assert.deepEqual({ next, more }, { next: sequenceOf(4), more: false });
    });

    test('the sealed bytes come back as they were', async () => {
      const batch = credentialBatch(null, 'c1', [1]);
      await store.acceptCredentials(origin, batch);
      assert.deepEqual((await feed()).changes[0]?.credential?.sealed, batch.credentials[0]?.sealed);
    });

    test('users that are as stored get no new sequence', async () => {
      assert.deepEqual(await store.acceptObjects(origin, objectBatch(null, 'o1', [1, 2])), {
        accepted: 2,
        unchanged: 0,
        refused: [],
      });
      const batch = objectBatch('o1', 'o2', [1, 2]);
      const reordered = {
        ...batch,
        users: batch.users.map(({ user, ...entry }) => ({
          ...entry,
          user: Object.fromEntries(Object.entries(user).reverse()) as typeof user,
        })),
      };
      assert.deepEqual(await store.acceptObjects(origin, reordered), { accepted: 0, unchanged: 2, refused: [] });
      assert.equal((await feed()).next, sequenceOf(2));
    });

    test('a changed attribute is one change', async () => {
      await store.acceptObjects(origin, objectBatch(null, 'o1', [1, 2]));
      const user = userOf(2, { accountEnabled: false });
      const batch = batchOf('o1', 'o2', { users: [userEntry(2, { accountEnabled: false })] });
      assert.deepEqual(await store.acceptObjects(origin, batch), { accepted: 1, unchanged: 0, refused: [] });
      assert.deepEqual(
        (await feed(sequenceOf(2))).changes.map((change) => [change.sequence, change.user]),
        [[sequenceOf(3), user]],
      );
    });

    test('an older credential never takes the place of a newer one', async () => {
      const newer = credentialBatch(null, 'c1', [1], { version: versionOf(2) });
      await store.acceptCredentials(origin, newer);
      const receipt = await store.acceptCredentials(
        origin,
        credentialBatch('c1', 'c2', [1], { version: versionOf(1) }),
      );
      assert.deepEqual(receipt, { accepted: 0, unchanged: 0, superseded: 1 });
      assert.deepEqual(await versions(), [versionOf(2)]);
      assert.deepEqual((await feed()).changes[0]?.credential?.sealed, newer.credentials[0]?.sealed);
    });

    test('a full synchronization again deletes nothing and regresses nothing', async () => {
      await store.acceptCredentials(origin, credentialBatch(null, 'c1', [1, 2], { version: versionOf(3) }));
      const receipt = await store.acceptCredentials(
        origin,
        credentialBatch(null, 'd1', [1], { version: versionOf(2) }),
      );
      assert.deepEqual(receipt, { accepted: 0, unchanged: 0, superseded: 1 });
      assert.deepEqual(await versions(), [versionOf(3), versionOf(3)]);
      assert.equal((await store.loadSource(tenant, source)).credentialCursor, 'd1');
    });

    test('several versions for one user in a batch leave the newest, in any order', async () => {
      const batch = { from: null, to: 'c1', keyId, credentials: [entry(1), entry(3), entry(2)] };
      assert.deepEqual(await store.acceptCredentials(origin, batch), { accepted: 2, unchanged: 0, superseded: 1 });
      assert.deepEqual(await versions(), [versionOf(3)]);
    });

    test('the batch accepted last may come again, and changes nothing', async () => {
      await store.acceptCredentials(origin, credentialBatch(null, 'c1', [1]));
      const batch = credentialBatch('c1', 'c2', [2, 3]);
      assert.equal((await store.acceptCredentials(origin, batch)).accepted, 2);
      assert.deepEqual(await store.acceptCredentials(origin, batch), { accepted: 0, unchanged: 2, superseded: 0 });
      assert.equal((await feed()).next, sequenceOf(3));
    });

    test('a batch from elsewhere is refused with the stored cursor, and nothing of it is kept', async () => {
      await store.acceptObjects(origin, objectBatch(null, 'o1', [1]));
      const error = await refused('cursor_conflict', store.acceptObjects(origin, objectBatch('x', 'y', [2])));
      assert.equal(error.details.storedCursor, 'o1');
      assert.equal((await feed()).changes.length, 1);
      assert.equal((await store.loadObjects(tenant, { after: 0, limit: 1 })).objectCursor, 'o1');
    });

    test('the stream of objects and those of two sources have their own cursors', async () => {
      await store.acceptObjects(origin, objectBatch(null, 'o1', [1]));
      await store.acceptCredentials(origin, credentialBatch(null, 'c1', [1]));
      await store.acceptCredentials({ ...origin, source: 'emea' }, credentialBatch(null, 'e1', [9]));
      assert.deepEqual(await store.loadSource(tenant, source), { credentialCursor: 'c1' });
      assert.deepEqual(await store.loadSource(tenant, 'emea'), { credentialCursor: 'e1' });
      assert.deepEqual(await store.loadSource(tenant, 'never'), { credentialCursor: null });
      assert.equal((await store.loadObjects(tenant, { after: 0, limit: 1 })).objectCursor, 'o1');
    });

    test('tenants do not see each other', async () => {
      await store.acceptObjects(origin, objectBatch(null, 'o1', [1]));
      await store.acceptObjects({ ...origin, tenant: 'fabrikam' }, objectBatch(null, 'f1', [1, 2]));
      assert.equal((await feed()).changes.length, 1);
      assert.deepEqual(
        (await store.loadChanges('fabrikam', { after: 0, limit: 10 })).changes.map(({ sequence }) => sequence),
        [sequenceOf(1), sequenceOf(2)],
      );
      assert.equal((await store.loadExplanations('fabrikam', 'user2')).length, 1);
      assert.equal((await store.loadExplanations(tenant, 'user2')).length, 0);
    });

    test('credentials before any key, or sealed to another, are refused', async () => {
      const other = { ...origin, tenant: 'fabrikam' };
      await refused('key_not_registered', store.acceptCredentials(other, credentialBatch(null, 'c1', [1])));
      const batch = credentialBatch(null, 'c1', [1], { key: otherKeyId });
      const error = await refused('key_mismatch', store.acceptCredentials(origin, batch));
      assert.equal(error.details.registeredKeyId, keyId);
    });

    test('a credential whose bytes name another key than its batch is refused with its place', async () => {
      const batch = credentialBatch(null, 'c1', [1, 2]);
      const [first] = batch.credentials;
      assert.ok(first);
      const mixed = { ...batch, credentials: [first, { ...first, anchor: anchorOf(2), sealed: sealedTo(otherKeyId) }] };
      const error = await refused('invalid_request', store.acceptCredentials(origin, mixed));
      assert.equal(error.details.fields?.[0]?.path, 'credentials.1.sealed');
      assert.equal((await feed()).changes.length, 0);
    });

    test('another key needs the name of the registered one', async () => {
      const error = await refused(
        'key_conflict',
        store.saveKey(tenant, { publicKey: otherPublicKey, keyId: otherKeyId }, later),
      );
      assert.equal(error.details.registeredKeyId, keyId);
      const again = await store.saveKey(tenant, { publicKey, keyId }, later);
      assert.deepEqual(again, { keyId, changed: false, registeredAt: at });
    });

    test('a replaced key makes a full password hash sync due, which seals everything again', async () => {
      await store.acceptObjects(origin, objectBatch(null, 'o1', [1]));
      await store.acceptCredentials(origin, credentialBatch(null, 'c1', [1]));
      await store.saveKey(tenant, { publicKey: otherPublicKey, keyId: otherKeyId, replaces: keyId }, later);
      assert.deepEqual(await store.loadSource(tenant, source), { credentialCursor: null });
      assert.equal((await store.loadExplanations(tenant, anchorOf(1)))[0]?.status, 'waitingForNewSeal');
      const continued = credentialBatch('c1', 'c2', [], { key: otherKeyId });
      const error = await refused('cursor_conflict', store.acceptCredentials(origin, continued));
      assert.equal(error.details.storedCursor, null);
      const receipt = await store.acceptCredentials(origin, credentialBatch(null, 'd1', [1], { key: otherKeyId }));
      assert.equal(receipt.accepted, 1);
      assert.equal((await feed()).next, sequenceOf(3));
    });

    test('the feed is read in pages, in order, to its end', async () => {
      await store.acceptObjects(origin, objectBatch(null, 'o1', range(0, 1_201)));
      const sequences: number[] = [];
      let page = await feed(0, 500);
      sequences.push(...page.changes.map(({ sequence }) => sequence));
      while (page.more) {
        page = await feed(page.next, 500);
        sequences.push(...page.changes.map(({ sequence }) => sequence));
      }
      assert.deepEqual(
        sequences,
        Array.from(range(1, 1_202), (number) => sequenceOf(number)),
      );
      assert.deepEqual(await feed(page.next), { changes: [], next: sequenceOf(1_201), more: false });
    });

    test('a page that ends at the last change says that there are no more', async () => {
      await store.acceptObjects(origin, objectBatch(null, 'o1', range(0, 10)));
      assert.equal((await feed(0, 10)).more, false);
      assert.equal((await feed(0, 9)).more, true);
    });

    test('a position that the feed has not come to is refused with its head', async () => {
      await store.acceptObjects(origin, objectBatch(null, 'o1', [1]));
      assert.equal((await refused('feed_position_unknown', feed(sequenceOf(2)))).details.feedHead, sequenceOf(1));
    });

    test('outcomes are kept by the newest change; others are ignored', async () => {
      await store.acceptObjects(origin, objectBatch(null, 'o1', [1]));
      await store.acceptCredentials(origin, credentialBatch(null, 'c1', [1]));
      const outcome = {
        anchor: anchorOf(1),
        sequence: sequenceOf(2),
        status: 'applied',
        version: versionOf(1),
        reason: null,
        at,
      } as const;
      const earlier = { ...outcome, sequence: sequenceOf(1), status: 'waitingForCredential' } as const;
      const stranger = { ...outcome, anchor: anchorOf(7) };
      assert.deepEqual(await store.saveOutcomes(tenant, [outcome, earlier, stranger]), { accepted: 1, ignored: 2 });
      const [explanation] = await store.loadExplanations(tenant, 'USER1');
      assert.equal(explanation?.status, 'applied');
      assert.deepEqual(explanation.stages, {
        userAcceptedAt: at,
        deletedAt: null,
        passwordChangedAt: versionOf(1).changedAt,
        credentialAcceptedAt: at,
        outcomeAt: at,
      });
      assert.deepEqual(explanation.outcome?.version, versionOf(1));
    });

    test('a user is found by anchor, account name and user principal name, whatever the letter case', async () => {
      const user = userOf(1, { accountName: 'Zoë.Ünal', userPrincipalName: 'Zoe@Corp.Contoso.Test' });
      await store.acceptObjects(origin, batchOf(null, 'o1', { users: [{ anchor: anchorOf(1), source, user }] }));
      for (const name of [anchorOf(1), 'zoë.ünal', 'ZOE\u0308.U\u0308NAL', 'zoe@corp.contoso.test']) {
        assert.equal((await store.loadExplanations(tenant, name))[0]?.anchor, anchorOf(1), name);
      }
      assert.deepEqual(await store.loadExplanations(tenant, 'nobody'), []);
    });

    test('two users of one account name are both given', async () => {
      await store.acceptObjects(origin, objectBatch(null, 'o1', [1]));
      const twin = { accountName: 'User1', userPrincipalName: 'twin@corp.contoso.test', mail: 'twin@contoso.test' };
      await store.acceptObjects(origin, batchOf('o1', 'o2', { users: [userEntry(2, twin)] }));
      assert.equal((await store.loadExplanations(tenant, 'user1')).length, 2);
    });

    test('the status counts what is there', async () => {
      await store.acceptObjects(origin, objectBatch(null, 'o1', [1, 2, 3]));
      await store.acceptCredentials({ ...origin, at: later }, credentialBatch(null, 'c1', [3, 4]));
      const change = (await feed()).changes.find(({ anchor }) => anchor === anchorOf(3));
      assert.ok(change);
      const { anchor, sequence } = change;
      await store.saveOutcomes(tenant, [{ anchor, sequence, status: 'refused', version: null, reason: 'no', at }]);
      assert.deepEqual(await store.loadStatus(tenant), {
        tenant,
        key: { keyId, registeredAt: at },
        users: 3,
        groups: 0,
        deleted: 0,
        credentials: 2,
        outcomes: {
          applied: 0,
          waitingForCredential: 0,
          waitingForUser: 0,
          disabled: 0,
          notOpenable: 0,
          refused: 1,
          deleted: 0,
        },
        waitingForDomain: 3,
        feedHead: sequenceOf(2, later),
        objectsAcceptedAt: at,
        sources: [{ source, credentialsAcceptedAt: later }],
      });
    });

    test('sightings of agents are kept', async () => {
      const sighting = { tenant, agent: 'connect-1', lastSeenAt: at, feedPosition: null };
      await store.saveSightings([sighting]);
      await store.saveSightings([{ ...sighting, lastSeenAt: later, feedPosition: 7 }]);
      assert.deepEqual(await store.loadSightings(), [{ ...sighting, lastSeenAt: later, feedPosition: 7 }]);
    });

    test('batches at the same time neither mix nor lose anything', async () => {
      const sources = ['a', 'b', 'c', 'd'];
      await Promise.all(
        sources.flatMap((name, index) => [
          store.acceptObjects(origin, objectBatch(null, 'o', range(index * 100, index * 100 + 100))),
          store.acceptCredentials(
            { ...origin, source: name },
            credentialBatch(null, 'c', range(index * 100, index * 100 + 100)),
          ),
        ]),
      );
      const { changes, next } = await feed();
      assert.equal(changes.length, 400);
      assert.ok(changes.every(({ user, credential }) => user !== null && credential !== null));
      assert.equal(new Set(changes.map(({ sequence }) => sequence)).size, 400);
      assert.equal(next, sequenceOf(800));
    });
  });
}
