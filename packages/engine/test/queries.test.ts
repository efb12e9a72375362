import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Forest } from './support/forest.ts';
import { MemoryTenant } from './support/memory-tenant.ts';
import { World, tenantName } from './support/world.ts';

describe('what password synchronization asks', () => {
  it('is answered by one status for each user', async () => {
    const corp = new Forest('corp.example');
    const staff = corp.unit('Staff');
    const alice = corp.user('alice', {}, { parent: staff });
    const disabled = corp.user('disabled', { userAccountControl: '514' });
    const filtered = corp.user('AAD_1');
    const outside = corp.user('outside', { adminDescription: 'User_x' });
    const refused = corp.user('refused');
    const tenant = new MemoryTenant();
    tenant.refusing.set(corp.anchor(refused), 'InvalidSoftMatch');
    const world = new World([corp], tenant);
    const { passwords } = world.engine.queries;
    assert.equal(passwords.isReady(corp.name), false);
    await world.cycle();
    assert.equal(passwords.isReady(corp.name), true);
    assert.deepEqual(
      [alice, disabled, filtered, outside, refused, { guid: '00000000-0000-0000-0000-000000000000' }].map(
        ({ guid }) => passwords.find(corp.name, guid).state,
      ),
      ['ready', 'notInScope', 'notInScope', 'notInScope', 'TargetNotExportedToDirectory', 'SourceConnectorNotPresent'],
    );
    const later = corp.user('later');
    tenant.onEffect = () => {
      throw new Error('the directory is down');
    };
    await world.failingCycle();
    assert.equal(passwords.find(corp.name, later.guid).state, 'NoTargetConnection');
    world.reopen();
  });

  it('finds users by unit, and by any of their names', async () => {
    const corp = new Forest('corp.example');
    const staff = corp.unit('Staff');
    const inner = corp.unit('Inner', staff);
    const alice = corp.user('alice', {}, { parent: inner });
    corp.user('bob');
    const world = new World([corp], new MemoryTenant());
    await world.cycle();
    const { passwords } = world.engine.queries;
    const found = [{ objectGuid: alice.guid, dn: corp.dn(alice) }];
    assert.deepEqual(passwords.findUsers(corp.name, { ou: corp.dn(staff) }), found);
    for (const user of ['ALICE', 'Alice@corp.example', corp.dn(alice), alice.guid, corp.anchor(alice)]) {
      assert.deepEqual(passwords.findUsers(corp.name, { user }), found, user);
    }
    assert.deepEqual(passwords.findUsers(corp.name, { user: '%' }), []);
    corp.set(alice, { sAMAccountName: 'al' });
    await world.cycle();
    assert.deepEqual(passwords.findUsers(corp.name, { user: 'alice' }), []);
    assert.deepEqual(passwords.findUsers(corp.name, { user: 'al' }), found);
    world.reopen();
  });
});

describe('what an administrator looks at', () => {
  it('is an object in each space, with where its values come from', async () => {
    const corp = new Forest('corp.example');
    const alice = corp.user('alice', { department: 'R' });
    const world = new World([corp], new MemoryTenant());
    await world.cycle();
    const { queries } = world.engine;
    const object = queries.csObject({ connector: corp.name, dn: corp.dn(alice) });
    assert.deepEqual([object?.isConnector, object?.anchorValue], [true, corp.anchor(alice)]);
    assert.equal(queries.csObject({ identifier: object?.objectId ?? '' })?.distinguishedName, corp.dn(alice));
    const person = queries.mvObject(object?.connectedMVObjectId ?? '');
    assert.equal(person?.attributes['department']?.rule, 'In from AD - User Common');
    assert.deepEqual(person?.lineage.map(({ connectorName }) => connectorName).sort(), [tenantName, corp.name].sort());
    const there = queries.csObject({
      identifier: person?.lineage.find((one) => one.connectorName === tenantName)?.csObjectId ?? '',
    });
    assert.deepEqual([there?.distinguishedName, there?.pendingExport], ['alice@corp.example', null]);
    const identifiers = [object?.objectId, person?.objectId, there?.objectId];
    world.forget();
    await world.cycle();
    const again = world.engine.queries.csObject({ connector: corp.name, dn: corp.dn(alice) });
    assert.deepEqual(
      [again?.objectId, again?.connectedMVObjectId],
      identifiers.slice(0, 2),
      'also after it was rebuilt',
    );
    const { total, connectors, pendingImports } = world.engine.queries.statistics(corp.name);
    assert.deepEqual([total, connectors, pendingImports], [2, 1, 0]);
    world.reopen();
  });

  it('are runs, of which there is one at a time', async () => {
    const corp = new Forest('corp.example');
    const world = new World([corp], new MemoryTenant());
    const cycle = world.cycle();
    await assert.rejects(world.cycle(), { code: 'ERR_ENGINE_BUSY' });
    assert.equal(world.engine.isBusy, true);
    world.engine.stop();
    await assert.rejects(cycle, { name: 'AbortError' });
    assert.equal(world.engine.activity, undefined);
    assert.ok(world.engine.queries.runs(undefined, 10).some(({ result }) => result === 'stopped-user-termination'));
    await world.cycle();
    assert.equal(world.engine.queries.runs(corp.name, 1)[0]?.connector, corp.name);
    assert.ok(world.engine.purgeRuns('2027-01-01T00:00:00.000Z') > 0);
    assert.throws(() => world.engine.requireConnector('Corp.example'), /case-sensitive, and there is corp\.example/);
    world.engine.override(corp.name, { fullImportRequired: true, fullSyncRequired: true });
    corp.fullReads = 0;
    await world.cycle();
    assert.equal(corp.fullReads, 1);
    world.reopen();
  });

  it('reads a forest as a whole after so long that its domain controllers may have forgotten deletions', async () => {
    const corp = new Forest('corp.example');
    const world = new World([corp], new MemoryTenant());
    await world.cycle();
    world.now += 6 * 86_400_000;
    await world.cycle();
    assert.equal(corp.fullReads, 1);
    world.now += 8 * 86_400_000;
    await world.cycle();
    assert.equal(corp.fullReads, 2);
    world.reopen();
  });
});
