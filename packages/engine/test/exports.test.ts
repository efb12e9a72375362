import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Forest, type ForestObject } from './support/forest.ts';
import { MemoryTenant } from './support/memory-tenant.ts';
import { actualTenant, expectedTenant } from './support/model.ts';
import { countsOf, exportedBy, World } from './support/world.ts';

function small(): { corp: Forest; alice: ForestObject; bob: ForestObject; staff: ForestObject } {
  const corp = new Forest('corp.example');
  const [alice, bob] = [corp.user('alice'), corp.user('bob')];
  return { corp, alice, bob, staff: corp.group('staff', [alice, bob]) };
}

describe('an export', () => {
  it('is confirmed by the import after it, and then nothing is pending', async () => {
    const { corp } = small();
    const world = new World([corp], new MemoryTenant());
    const counts = countsOf(await world.cycle());
    assert.deepEqual([counts['exportAdds'], counts['confirmed'], counts['exportMemberAdds']], [3, 3, 2]);
    assert.equal(counts['confirmedMembers'], 2);
    assert.equal(exportedBy(await world.cycle()), 0);
    world.reopen();
  });

  it('of one member of a large group sends one, and is confirmed without reading the others', async () => {
    const corp = new Forest('corp.example');
    const users = Array.from({ length: 200 }, (_, index) => corp.user(`u${index}`));
    const staff = corp.group('staff', users.slice(1));
    const tenant = new MemoryTenant();
    const world = new World([corp], tenant);
    await world.cycle();
    tenant.sent = 0;
    corp.addMember(staff, users[0] as ForestObject);
    const counts = countsOf(await world.cycle());
    assert.deepEqual([counts['exportMemberAdds'], counts['confirmedMembers']], [1, 1]);
    assert.deepEqual([tenant.sent, tenant.membersRead], [1, 0]);
    world.reopen();
  });

  for (const [what, change] of [
    ['a user who is deleted', (tenant, { alice }) => tenant.tamper(alice, { deleted: true })],
    ['a group that is deleted', (tenant, { staff }) => tenant.tamper(staff, { deleted: true, members: [] })],
    ['a group whose members are taken', (tenant, { staff }) => tenant.tamper(staff, { members: [] })],
    ['a group with a member too many', (tenant, { staff, alice }) => tenant.tamper(staff, { members: [alice, staff] })],
    [
      'a user who is changed',
      (tenant, { alice }) =>
        tenant.tamper(alice, { user: { accountName: 'x', userPrincipalName: 'x@y', accountEnabled: false } }),
    ],
  ] as const satisfies readonly (readonly [
    string,
    (tenant: MemoryTenant, anchors: { alice: string; staff: string }) => void,
  ])[]) {
    it(`is made again of ${what} in the tenant behind the engine’s back`, async () => {
      const { corp, alice, staff } = small();
      const tenant = new MemoryTenant();
      const world = new World([corp], tenant);
      await world.cycle();
      change(tenant, { alice: corp.anchor(alice), staff: corp.anchor(staff) });
      await world.cycle();
      assert.deepEqual(await actualTenant(world), expectedTenant([corp]));
      assert.equal(exportedBy(await world.cycle()), 0);
      world.reopen();
    });
  }

  it('that is refused is reported, holds up nothing else, and is tried again', async () => {
    const { corp, alice, bob } = small();
    const tenant = new MemoryTenant();
    tenant.refusing.set(corp.anchor(alice), 'InvalidSoftMatch');
    const world = new World([corp], tenant);
    for (const runs of [await world.cycle(), await world.cycle()]) {
      const run = runs.find(({ runProfile }) => runProfile === 'Export');
      assert.equal(run?.result, 'completed-export-errors');
      assert.deepEqual(
        run?.errors.map(({ dn, code }) => [dn, code]),
        [[corp.dn(alice), 'InvalidSoftMatch']],
      );
    }
    assert.ok((await world.tenant()).has(corp.anchor(bob)));
    tenant.refusing.clear();
    await world.cycle();
    assert.deepEqual(await actualTenant(world), expectedTenant([corp]));
    world.reopen();
  });

  it('of what the tenant could not even read is reported, and holds up nothing else', async () => {
    const { corp, alice, bob } = small();
    corp.set(alice, { displayName: 'x'.repeat(2_000) });
    const world = new World([corp], new MemoryTenant());
    const errors = (await world.cycle()).flatMap((run) => run.errors);
    assert.deepEqual(
      errors.map(({ code }) => code),
      ['IdentityDataValidationFailed'],
    );
    assert.ok((await world.tenant()).has(corp.anchor(bob)));
    world.reopen();
  });

  it('stops when another engine exports at the same time, and goes on from there', async () => {
    const { corp, alice } = small();
    const tenant = new MemoryTenant();
    const [one, other] = [new World([corp], tenant), new World([corp], tenant)];
    await one.cycle();
    await other.cycle();
    corp.set(alice, { department: 'R' });
    let interfering = true;
    tenant.onEffect = (effect) => {
      if (effect !== 'sendObjects: before' || !interfering) return;
      interfering = false;
      tenant.takeOver();
    };
    assert.equal(((await one.failingCycle()) as { code?: string }).code, 'ERR_ENGINE_CURSOR_CONFLICT');
    const { read } = tenant;
    await one.cycle();
    assert.ok(tenant.read - read < 4, 'it does not read everything again');
    assert.deepEqual(await actualTenant(one), expectedTenant([corp]));
    one.reopen();
    other.reopen();
  });

  it('is made again of all that a directory has lost which was restored from a backup', async () => {
    const { corp, alice } = small();
    const tenant = new MemoryTenant();
    const world = new World([corp], tenant);
    await world.cycle();
    const restore = tenant.backup();
    corp.set(alice, { department: 'R' });
    corp.user('carol');
    await world.cycle();
    restore();
    tenant.tamper(corp.anchor(alice), {});
    await world.cycle();
    await world.cycle();
    assert.deepEqual(await actualTenant(world), expectedTenant([corp]));
    world.reopen();
  });

  it('is made again of a change that a restored directory has lost, though others have changed it since', async () => {
    const { corp, alice, bob } = small();
    const tenant = new MemoryTenant();
    const world = new World([corp], tenant);
    await world.cycle();
    const restore = tenant.backup();
    corp.set(alice, { department: 'R' });
    await world.cycle();
    restore();
    tenant.tamper(corp.anchor(bob), {});
    tenant.takeOver();
    await world.cycle();
    assert.deepEqual(await actualTenant(world), expectedTenant([corp]));
    world.reopen();
  });
});

describe('a database that was deleted', () => {
  it('is rebuilt without an export when nothing has changed, and with only the right ones otherwise', async () => {
    const { corp, alice, bob } = small();
    const world = new World([corp], new MemoryTenant());
    await world.cycle();
    world.forget();
    assert.equal(exportedBy(await world.cycle()), 0);
    corp.delete(alice);
    corp.set(bob, { department: 'R' });
    world.forget();
    const counts = countsOf(await world.cycle());
    assert.deepEqual([counts['exportAdds'], counts['exportUpdates'], counts['exportDeletes']], [undefined, 1, 1]);
    assert.equal(counts['exportMemberDeletes'], 1);
    assert.deepEqual(await actualTenant(world), expectedTenant([corp]));
    world.reopen();
  });

  it('deletes nothing while a forest cannot be read', async () => {
    const { corp } = small();
    const lab = new Forest('lab.example', { number: 2 });
    const guest = lab.user('guest');
    const world = new World([corp, lab], new MemoryTenant());
    await world.cycle();
    lab.delete(guest);
    world.forget();
    for (const name of [lab.name, corp.name]) {
      for (const forest of [corp, lab]) forest.down.clear();
      (name === lab.name ? lab : corp).down.add(name);
      assert.equal((await world.failingCycle()) instanceof Error, true);
      assert.equal((await world.tenant()).size, 4, `${name} is down`);
      world.forget();
    }
    for (const forest of [corp, lab]) forest.down.clear();
    await world.cycle();
    assert.equal((await world.tenant()).size, 3);
    world.reopen();
  });

  for (const failing of [1, 2, 3]) {
    it(`deletes nothing after a full import that is broken off at page ${failing}, and all that is right after it`, async () => {
      const corp = new Forest('corp.example');
      const users = Array.from({ length: 6 }, (_, index) => corp.user(`u${index}`));
      // Each page has a cursor: one from the middle of a full import must not be gone on from.
      corp.delivery = { pageSize: 2, cursors: true };
      const world = new World([corp], new MemoryTenant());
      await world.cycle();
      corp.delete(users[0] as ForestObject);
      world.forget();
      let pages = 0;
      corp.onEffect = (effect) => {
        pages += Number(effect === 'page');
        if (effect === 'page' && pages === failing) throw new Error('the connection was lost');
      };
      await world.failingCycle();
      assert.equal((await world.tenant()).size, 6);
      await world.cycle();
      assert.deepEqual(await actualTenant(world), expectedTenant([corp]));
      world.reopen();
    });
  }

  it('that is damaged is put aside and rebuilt', async () => {
    const { corp } = small();
    const world = new World([corp], new MemoryTenant());
    await world.cycle();
    world.damage();
    assert.equal(exportedBy(await world.cycle()), 0);
    assert.deepEqual(world.warnings, ['ERR_ENGINE_DATABASE_REPLACED']);
    world.reopen();
  });

  it('of an engine that is not the only one leaves alone what another one has just exported', async () => {
    const { corp } = small();
    const tenant = new MemoryTenant();
    const [active, idle] = [new World([corp], tenant), new World([corp], tenant)];
    await active.cycle();
    await idle.cycle();
    corp.user('late');
    await active.cycle();
    corp.down.add(corp.name);
    await idle.failingCycle();
    assert.equal((await idle.tenant()).size, 4);
    active.reopen();
    idle.reopen();
  });
});
