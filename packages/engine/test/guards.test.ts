import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Forest } from './support/forest.ts';
import { MemoryTenant } from './support/memory-tenant.ts';
import { actualTenant, expectedTenant } from './support/model.ts';
import { countsOf, exportedBy, World } from './support/world.ts';

describe('the deletion threshold', () => {
  it('stops everything until the deletions are allowed, once, and then counts anew', async () => {
    const corp = new Forest('corp.example');
    const users = Array.from({ length: 9 }, (_, index) => corp.user(`u${index}`));
    const world = new World([corp], new MemoryTenant(), { threshold: { enabled: true, value: 3 } });
    await world.cycle();
    for (const user of users.slice(0, 4)) corp.delete(user);
    corp.user('new');
    const runs = await world.cycle();
    const result = runs.find(({ runProfile }) => runProfile === 'Export')?.result;
    assert.equal(result, 'stopped-deletion-threshold-exceeded');
    assert.deepEqual(world.thresholds, [{ pendingDeletes: 4, threshold: 3 }]);
    assert.equal((await world.tenant()).size, 9, 'not even an addition');
    const pending = world.engine.queries.pendingDeletions();
    assert.deepEqual([pending.deletions.length, pending.allowed], [4, false]);
    assert.match(pending.deletions[0]?.reason ?? '', /CN=u0,DC=corp,DC=example is gone from corp\.example/);
    assert.equal(world.engine.allowDeletions(), 4);
    await world.cycle();
    assert.deepEqual(await actualTenant(world), expectedTenant([corp]));
    for (const user of users.slice(4, 8)) corp.delete(user);
    await world.cycle();
    assert.equal(world.thresholds.length, 2);
    world.reopen();
  });

  it('counts those that came after the others were allowed', async () => {
    const corp = new Forest('corp.example');
    const users = Array.from({ length: 12 }, (_, index) => corp.user(`u${index}`));
    const world = new World([corp], new MemoryTenant(), { threshold: { enabled: true, value: 3 } });
    await world.cycle();
    for (const user of users.slice(0, 4)) corp.delete(user);
    await world.cycle();
    world.engine.allowDeletions();
    for (const user of users.slice(4, 8)) corp.delete(user);
    await world.cycle();
    assert.equal((await world.tenant()).size, 12);
    for (const user of users.slice(4, 5)) corp.reanimate(user);
    await world.cycle();
    assert.equal((await world.tenant()).size, 5);
    world.reopen();
  });
});

describe('a preview', () => {
  it('shows what the next cycle does, and leaves no trace', async () => {
    const corp = new Forest('corp.example');
    const [alice, bob] = [corp.user('alice'), corp.user('bob')];
    const staff = corp.group('staff', [alice]);
    const tenant = new MemoryTenant();
    const world = new World([corp], tenant);
    await world.cycle();
    corp.set(alice, { department: 'R' });
    corp.delete(bob);
    const carol = corp.user('carol');
    corp.addMember(staff, carol);
    world.reopen();
    assert.equal(world.engine.isBusy, false);
    world.reopen();
    const before = readFileSync(world.file);
    const sent = tenant.sent;
    const { adds, updates, deletes, unchanged, entries } = await world.preview();
    assert.deepEqual([adds, updates, deletes, unchanged], [1, 2, 1, 0]);
    assert.deepEqual(
      entries.map(({ operation, anchor, attributes, members }) => [
        operation,
        anchor,
        operation === 'update' ? attributes : [],
        members,
      ]),
      [
        ['delete', corp.anchor(bob), [], null],
        ['add', corp.anchor(carol), [], null],
        ['update', corp.anchor(alice), [{ name: 'department', before: [], after: ['R'] }], null],
        ['update', corp.anchor(staff), [], { added: [corp.dn(carol)], removed: [] }],
      ],
    );
    assert.equal(tenant.sent, sent);
    assert.equal(existsSync(`${world.file}.preview`), false);
    world.reopen();
    assert.equal(readFileSync(world.file).equals(before), true);
    const counts = countsOf(await world.cycle());
    assert.deepEqual(
      ['exportAdds', 'exportUpdates', 'exportDeletes', 'exportMemberAdds'].map((name) => counts[name]),
      [1, 1, 1, 1],
    );
    world.reopen();
  });

  it('of other filters shows what they would delete, and whether the threshold would stop it', async () => {
    const corp = new Forest('corp.example');
    const users = Array.from({ length: 5 }, (_, index) => corp.user(`u${index}`, { department: `d${index % 2}` }));
    const world = new World([corp], new MemoryTenant(), { threshold: { enabled: true, value: 2 } });
    await world.cycle();
    const filter = { attribute: 'department', operator: 'EQUAL', value: 'd0' } as const;
    const preview = await world.preview({
      rules: world.ruleSet({ filters: [{ connector: 'corp.example', attribute: [filter] }] }),
    });
    assert.deepEqual([preview.deletes, preview.exceedsDeletionThreshold], [3, true]);
    assert.equal(exportedBy(await world.cycle()), 0);
    assert.equal((await world.tenant()).size, users.length);
    world.reopen();
  });
});

describe('a staging engine', () => {
  it('imports and synchronizes and sends nothing, and takes over without a full synchronization', async () => {
    const corp = new Forest('corp.example');
    const users = Array.from({ length: 50 }, (_, index) => corp.user(`u${index}`));
    const [alice] = users;
    const tenant = new MemoryTenant();
    const active = new World([corp], tenant);
    const staging = new World([corp], tenant, { staging: true });
    await active.cycle();
    const { sent } = tenant;
    await staging.cycle();
    assert.deepEqual([tenant.sent, countsOf(await staging.cycle())['exportAdds']], [sent, undefined]);
    corp.user('late');
    await active.cycle();
    if (alice !== undefined) corp.set(alice, { department: 'R' });
    active.settings = { ...active.settings, staging: true };
    staging.settings = { ...staging.settings, staging: false };
    [tenant.sent, tenant.read, corp.given, corp.fullReads] = [0, 0, 0, 0];
    await staging.cycle();
    assert.equal(tenant.sent, 1, 'what has changed since');
    assert.ok(corp.given <= 2 && corp.fullReads === 0, `${corp.given} objects of the forest`);
    assert.ok(tenant.read <= 6, `${tenant.read} objects of the tenant`);
    assert.deepEqual(await actualTenant(staging), expectedTenant([corp]));
    assert.equal(exportedBy(await active.cycle()), 0);
    active.reopen();
    staging.reopen();
  });
});
