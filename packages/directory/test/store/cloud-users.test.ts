import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { ObjectBatch } from '@causeway/contract';
import { anchorOfObjectId } from '@causeway/model';
import { anchorOf, credentialBatch, keyId, publicKey, userEntry, versionOf } from '../support/samples.ts';
import { at, tenant, TenantStore } from '../support/tenant-store.ts';

describe('cloud-only users', () => {
  let contoso: TenantStore;
  beforeEach(async () => {
    contoso = await TenantStore.open();
  });
  afterEach(async () => contoso[Symbol.asyncDispose]());

  const objectId = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
  const own = anchorOfObjectId(objectId);
  const origin = { tenant, at, objectId };
  const cloudUser = { userPrincipalName: 'User1@corp.contoso.test', administrator: false };
  const setFeature = async (feature: string): Promise<void> => {
    const settings = await contoso.store.loadSettings(tenant);
    await contoso.store.saveSettings(tenant, { ...settings, features: { ...settings.features, [feature]: true } });
  };

  test('are made, changed, deleted and restored by their object id', async () => {
    assert.deepEqual(await contoso.store.saveCloudUser(origin, cloudUser), { objectId, anchor: own, changed: true });
    assert.equal((await contoso.store.saveCloudUser(origin, cloudUser)).changed, false);
    const object = await contoso.find(own);
    assert.ok(object.type === 'user');
    assert.deepEqual([object.source, object.cloudOnly, object.user.accountName], [null, true, 'User1']);
    assert.equal((await contoso.changeOf(own)).source, null);
    assert.equal((await contoso.store.saveCloudUser(origin, { ...cloudUser, administrator: true })).changed, true);
    assert.equal((await contoso.store.deleteCloudUser(origin)).changed, true);
    assert.equal((await contoso.store.deleteCloudUser(origin)).changed, false);
    assert.equal((await contoso.find(own)).deleted, true);
    assert.equal((await contoso.store.saveCloudUser(origin, cloudUser)).changed, true);
    assert.equal((await contoso.find(own)).deleted, false);
  });

  test('that are not there, or have the name of another, are refused', async () => {
    await assert.rejects(contoso.store.deleteCloudUser(origin), { errorCode: 'user_unknown' });
    await contoso.accept({ users: [userEntry(1)] });
    await assert.rejects(contoso.store.saveCloudUser(origin, cloudUser), { errorCode: 'name_taken' });
  });

  test('are taken over by anchor, and are not the operator’s any more', async () => {
    await contoso.store.saveCloudUser(origin, cloudUser);
    await contoso.accept({ users: [{ ...userEntry(1), anchor: own }] });
    const object = await contoso.find(own);
    assert.deepEqual([object.objectId, object.cloudOnly], [objectId, false]);
    assert.equal((await contoso.changeOf(own)).previousAnchor, null);
    await assert.rejects(contoso.store.saveCloudUser(origin, cloudUser), { errorCode: 'not_cloud_only' });
    await assert.rejects(contoso.store.deleteCloudUser(origin), { errorCode: 'not_cloud_only' });
  });

  test('are matched by name, get the anchor of the source and a credential that was there before', async () => {
    await contoso.store.saveKey(tenant, { publicKey, keyId }, at);
    await contoso.store.saveCloudUser(origin, cloudUser);
    assert.deepEqual((await contoso.read()).total, { users: 0, groups: 0 }, 'an engine need not know it');
    await contoso.report(own, 'waitingForCredential');
    await contoso.store.acceptCredentials({ tenant, source: 'corp', at }, credentialBatch(null, 'c1', [1]));
    await contoso.report(anchorOf(1), 'waitingForUser');
    await contoso.accept({ users: [userEntry(1)] });
    const { objects, total } = await contoso.read();
    assert.deepEqual(
      [objects.map(({ anchor, objectId: id, cloudOnly }) => [anchor, id, cloudOnly]), total],
      [[[anchorOf(1), objectId, false]], { users: 1, groups: 0 }],
    );
    const { changes } = await contoso.store.loadChanges(tenant, { after: 0, limit: 10 });
    assert.deepEqual(
      changes.map(({ anchor, previousAnchor, credential }) => [anchor, previousAnchor, credential?.version]),
      [[anchorOf(1), own, versionOf(1)]],
    );
    assert.equal((await contoso.store.loadExplanations(tenant, anchorOf(1)))[0]?.status, 'waitingForDomain');
    await assert.rejects(contoso.store.saveCloudUser(origin, cloudUser), { errorCode: 'not_cloud_only' });
    const again = await contoso.send({ users: [userEntry(1)] });
    assert.deepEqual([again.unchanged, (await contoso.changeOf(anchorOf(1))).previousAnchor], [1, own]);
  });

  test('are matched by primary address, whatever the letter case', async () => {
    await contoso.store.saveCloudUser(origin, { ...cloudUser, userPrincipalName: 'else@x', mail: 'ZOE@contoso.test' });
    await contoso.accept({ users: [userEntry(1, { proxyAddresses: ['smtp:b@x', 'SMTP:zoe@Contoso.test'] })] });
    assert.equal((await contoso.find(anchorOf(1))).objectId, objectId);
  });

  test('are matched to one of two users in a batch who claim the same', async () => {
    await contoso.store.saveCloudUser(origin, cloudUser);
    const twin = { ...userEntry(1, { mail: 'twin@x' }), anchor: anchorOf(2) };
    assert.deepEqual(await contoso.refusals({ users: [userEntry(1), twin] }), ['AttributeValueMustBeUnique']);
    assert.equal((await contoso.find(anchorOf(1))).objectId, objectId);
  });

  const blocked: [string, string | undefined, Partial<ObjectBatch>, boolean, string][] = [
    ['soft match where it is blocked', 'BlockSoftMatch', { users: [userEntry(1)] }, false, 'InvalidSoftMatch'],
    [
      'hard match where it is blocked',
      'BlockCloudObjectTakeoverThroughHardMatch',
      { users: [{ ...userEntry(1), anchor: own }] },
      false,
      'InvalidHardMatch',
    ],
    ['soft match to an administrator', undefined, { users: [userEntry(1)] }, true, 'ExistingAdminRoleConflict'],
    [
      'hard match to an administrator',
      undefined,
      { users: [{ ...userEntry(1), anchor: own }] },
      true,
      'ExistingAdminRoleConflict',
    ],
    [
      'deletion by the engine',
      undefined,
      { deletions: [{ anchor: own, type: 'user' }] },
      false,
      'DeletingCloudOnlyObjectNotAllowed',
    ],
  ];
  for (const [what, feature, entries, administrator, code] of blocked) {
    test(`are not changed by ${what}`, async () => {
      if (feature !== undefined) await setFeature(feature);
      await contoso.store.saveCloudUser(origin, { ...cloudUser, administrator });
      const before = await contoso.read();
      assert.deepEqual(await contoso.refusals(entries), [code]);
      assert.deepEqual({ ...(await contoso.read()), objectCursor: null }, { ...before, objectCursor: null });
    });
  }

  test('get no credential from a source', async () => {
    await contoso.store.saveKey(tenant, { publicKey, keyId }, at);
    await contoso.store.saveCloudUser(origin, cloudUser);
    const batch = credentialBatch(null, 'c1', [1, 2]);
    const [first, second] = batch.credentials;
    assert.ok(first && second);
    const mixed = { ...batch, credentials: [first, { ...second, anchor: own }] };
    await assert.rejects(contoso.store.acceptCredentials({ tenant, source: 'corp', at }, mixed), (error: Error) => {
      assert.match(JSON.stringify(error), /credentials\.1\.anchor/);
      return true;
    });
    assert.equal((await contoso.store.loadStatus(tenant)).credentials, 0);
  });
});
