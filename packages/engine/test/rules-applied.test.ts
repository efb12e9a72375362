import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Forest } from './support/forest.ts';
import { actualTenant, expectedTenant, type Scope } from './support/model.ts';
import { StoreTenant } from './support/store-tenant.ts';
import { exportedBy, World, type WorldOptions } from './support/world.ts';

/** A world over the directory's real store, closed at the end. */
async function withWorld(
  forests: readonly Forest[],
  use: (world: World, tenant: StoreTenant) => Promise<void>,
  options: WorldOptions = {},
): Promise<void> {
  await using tenant = await StoreTenant.open();
  const world = new World(forests, tenant.directory, options);
  try {
    await use(world, tenant);
  } finally {
    world.reopen();
  }
}

/** Cycles, and expects what the forests say. */
async function settle(world: World, scopes?: ReadonlyMap<Forest, Scope>): Promise<void> {
  await world.cycle();
  assert.deepEqual(await actualTenant(world), expectedTenant(world.forests, scopes));
}

describe('what changes in one forest changes in the tenant', () => {
  it('attributes that are set, changed and removed, and users who are disabled', async () => {
    const corp = new Forest('corp.example');
    const alice = corp.user('alice', { department: 'R' });
    await withWorld([corp], async (world) => {
      await settle(world);
      corp.set(alice, { department: 'S', userAccountControl: '514' });
      await settle(world);
      corp.set(alice, { department: undefined });
      await settle(world);
      assert.equal((await actualTenant(world)).get(corp.anchor(alice))?.department, undefined);
    });
  });

  it('users and units that are renamed and moved', async () => {
    const corp = new Forest('corp.example');
    const staff = corp.unit('Staff');
    const alice = corp.user('alice', {}, { parent: staff });
    await withWorld([corp], async (world) => {
      await settle(world);
      corp.rename(alice, 'Alice, the "first"');
      corp.rename(staff, 'Crew');
      await settle(world);
      assert.equal(world.engine.queries.csObject({ connector: corp.name, dn: corp.dn(alice) })?.isConnector, true);
      corp.move(alice, corp.name);
      await settle(world);
    });
  });

  it('deletions, and re-animations without their memberships', async () => {
    const corp = new Forest('corp.example');
    const alice = corp.user('alice');
    const staff = corp.group('staff', [alice]);
    await withWorld([corp], async (world, tenant) => {
      await settle(world);
      const objectId = (await world.tenant()).get(corp.anchor(alice))?.objectId;
      corp.delete(alice);
      await settle(world);
      assert.deepEqual(await world.members(corp.anchor(staff)), []);
      corp.reanimate(alice);
      await settle(world);
      assert.equal((await world.tenant()).get(corp.anchor(alice))?.objectId, objectId, 'it is the same user');
      corp.addMember(staff, alice);
      await settle(world);
      assert.ok(tenant.sent < 12, `${tenant.sent} entries`);
    });
  });

  it('managers, also two who are each other’s', async () => {
    const corp = new Forest('corp.example');
    const [alice, bob] = [corp.user('alice'), corp.user('bob')];
    corp.setManager(alice, bob);
    corp.setManager(bob, alice);
    await withWorld([corp], async (world) => {
      await settle(world);
      assert.equal(exportedBy(await world.cycle()), 0);
      corp.delete(bob);
      await settle(world);
    });
  });

  it('people of the class inetOrgPerson', async () => {
    const corp = new Forest('corp.example');
    const person = corp.user('alice', {}, { type: 'inetOrgPerson' });
    await withWorld([corp], async (world) => {
      await world.cycle();
      assert.deepEqual([...(await world.tenant()).keys()], [corp.anchor(person)]);
    });
  });

  it('groups in groups, and groups that disappear with their members', async () => {
    const corp = new Forest('corp.example');
    const inner = corp.group('inner', [corp.user('alice')]);
    const outer = corp.group('outer', [inner]);
    corp.addMember(inner, outer);
    await withWorld([corp], async (world) => {
      await settle(world);
      corp.delete(inner);
      await settle(world);
      corp.group('inner', [outer]);
      await settle(world);
    });
  });
});

describe('several domains and forests', () => {
  it('a group has members of another domain of its forest, whichever is read first', async () => {
    const corp = new Forest('corp.example', { domains: ['corp.example', 'sub.corp.example'] });
    const alice = corp.user('alice', {}, { domain: 'sub.corp.example' });
    corp.group('staff', [alice]);
    corp.group('guests', [corp.user('bob')], { domain: 'sub.corp.example' });
    await withWorld([corp], async (world) => settle(world));
  });

  it('a user who moves to another domain stays the same user, with memberships, in either order', async () => {
    for (const [from, to] of [
      ['corp.example', 'sub.corp.example'],
      ['sub.corp.example', 'corp.example'],
    ] as const) {
      const corp = new Forest('corp.example', { domains: ['corp.example', 'sub.corp.example'] });
      const alice = corp.user('alice', {}, { domain: from });
      const staff = corp.group('staff', [alice]);
      await withWorld([corp], async (world) => {
        await settle(world);
        const { objectId } = (await world.tenant()).get(corp.anchor(alice)) ?? {};
        corp.move(alice, to);
        const runs = await world.cycle();
        assert.equal((await world.tenant()).get(corp.anchor(alice))?.objectId, objectId);
        assert.deepEqual(await world.members(corp.anchor(staff)), [corp.anchor(alice)]);
        assert.equal(runs.find(({ runProfile }) => runProfile === 'Export')?.counts['exportDeletes'], undefined);
      });
    }
  });

  it('a user who has left one domain is not deleted before the other one was read', async () => {
    const corp = new Forest('corp.example', { domains: ['corp.example', 'sub.corp.example'] });
    const alice = corp.user('alice');
    corp.group('staff', [alice]);
    await withWorld([corp], async (world) => {
      await settle(world);
      corp.move(alice, 'sub.corp.example');
      corp.down.add('sub.corp.example');
      await world.failingCycle();
      assert.ok((await world.tenant()).has(corp.anchor(alice)));
      corp.down.clear();
      await settle(world);
    });
  });

  it('foreign security principals stand for members of another forest, which may come later', async () => {
    const [corp, lab] = [new Forest('corp.example'), new Forest('lab.example', { number: 2 })];
    const guest = lab.user('guest');
    const staff = corp.group('staff', [corp.foreign(lab, guest)]);
    lab.down.add(lab.name);
    await withWorld([corp, lab], async (world) => {
      await world.failingCycle();
      assert.deepEqual(await world.members(corp.anchor(staff)), []);
      lab.down.clear();
      await settle(world);
      assert.deepEqual(await world.members(corp.anchor(staff)), [lab.anchor(guest)]);
      lab.delete(guest);
      await settle(world);
    });
  });

  it('one person in two forests is one user, and stays one until both accounts are gone', async () => {
    const [corp, lab] = [new Forest('corp.example'), new Forest('lab.example', { number: 2 })];
    const alice = corp.user('alice', { department: 'R' });
    const twin = lab.user('al', { 'mS-DS-ConsistencyGuid': corp.anchor(alice), department: 'S' });
    await withWorld([lab, corp], async (world) => {
      await world.cycle();
      assert.deepEqual([...(await world.tenant()).keys()], [corp.anchor(alice)]);
      corp.delete(alice);
      await world.cycle();
      assert.deepEqual([...(await world.tenant()).keys()], [corp.anchor(alice)], 'the other account keeps it');
      lab.delete(twin);
      await settle(world);
      assert.equal((await world.tenant()).size, 0);
    });
  });

  it('two accounts of one forest with the same address are not one person, and say so until one is gone', async () => {
    const [corp, lab] = [new Forest('corp.example'), new Forest('lab.example', { number: 2 })];
    const mail = 'a@corp.example';
    corp.user('alice', { mail });
    const [first, second] = [lab.user('first', { mail }), lab.user('second', { mail })];
    await withWorld(
      [corp, lab],
      async (world) => {
        const runs = await world.cycle();
        const codes = runs.flatMap(({ errors }) => errors.map(({ code }) => code));
        assert.deepEqual(codes, ['ambiguous-import-flow-from-multiple-connectors']);
        assert.equal((await world.tenant()).size, 1);
        lab.delete(first);
        await world.cycle();
        assert.equal(
          world.engine.queries.csObject({ connector: lab.name, dn: lab.dn(second) })?.isConnector,
          true,
          'the other one takes its place',
        );
      },
      { options: { match: 'mail' } },
    );
  });

  it('a forest that the configuration names no longer deletes nothing, and is as it was when it comes back', async () => {
    const [corp, lab] = [new Forest('corp.example'), new Forest('lab.example', { number: 2 })];
    const alice = corp.user('alice');
    lab.user('guest', { 'mS-DS-ConsistencyGuid': corp.anchor(alice) });
    lab.user('other');
    await withWorld([corp, lab], async (world, tenant) => {
      await world.cycle();
      const alone = new World([corp], tenant.directory, { file: world.file });
      world.reopen();
      await alone.cycle('Initial');
      assert.equal((await alone.tenant()).size, 2);
      alone.forget();
      await alone.cycle();
      assert.equal((await alone.tenant()).size, 2, 'nor with a new database');
      alone.reopen();
      await settle(world);
    });
  });
});

describe('the source anchor', () => {
  const later = Buffer.from('00112233445566778899aabbccddeeff', 'hex').toString('base64');

  it('stays the objectGUID’s when ms-DS-ConsistencyGuid gets a value, also for a new database', async () => {
    const corp = new Forest('corp.example');
    const alice = corp.user('alice');
    await withWorld([corp], async (world) => {
      await world.cycle();
      corp.set(alice, { 'mS-DS-ConsistencyGuid': later, department: 'R' });
      await world.cycle();
      world.forget();
      assert.equal(exportedBy(await world.cycle()), 0);
      const [object] = (await world.tenant()).values();
      assert.equal(object?.anchor, corp.anchor(alice));
      assert.equal(object?.type === 'user' && object.user.department, 'R');
    });
  });

  it('that changes is an error, and nothing of the user moves until it is what it was', async () => {
    const corp = new Forest('corp.example');
    const alice = corp.user('alice', { 'mS-DS-ConsistencyGuid': later });
    await withWorld([corp], async (world) => {
      await world.cycle();
      const other = Buffer.from('ff112233445566778899aabbccddeeff', 'hex').toString('base64');
      corp.set(alice, { 'mS-DS-ConsistencyGuid': other, department: 'R' });
      for (const runs of [await world.cycle(), await world.cycle()]) {
        const errors = runs.flatMap((run) => run.errors.map(({ code }) => code));
        assert.deepEqual([errors, exportedBy(runs)], [['source-anchor-changed'], 0]);
      }
      assert.deepEqual([...(await world.tenant()).keys()], [later]);
      corp.set(alice, { 'mS-DS-ConsistencyGuid': later });
      await world.cycle();
      const [object] = (await world.tenant()).values();
      assert.equal(object?.type === 'user' && object.user.department, 'R');
    });
  });

  it('that is none holds up nobody else', async () => {
    const corp = new Forest('corp.example');
    corp.user('alice', { 'mS-DS-ConsistencyGuid': 'AAAA' });
    const bob = corp.user('bob');
    await withWorld([corp], async (world) => {
      const runs = await world.cycle();
      assert.deepEqual(
        runs.flatMap(({ errors }) => errors.map(({ code }) => code)),
        ['no-source-anchor'],
      );
      assert.deepEqual([...(await world.tenant()).keys()], [corp.anchor(bob)]);
    });
  });
});

describe('filters', () => {
  it('by unit let in what moves in, and delete what moves out; the nearer unit decides', async () => {
    const corp = new Forest('corp.example');
    const include = corp.unit('Staff');
    const exclude = corp.unit('Former', include);
    const alice = corp.user('alice', {}, { parent: include });
    const bob = corp.user('bob');
    corp.group('all', [alice, bob], { parent: include });
    corp.units = { include: [corp.dn(include)], exclude: [corp.dn(exclude)] };
    const scopes = new Map([[corp, { include, exclude }]]);
    await withWorld([corp], async (world) => {
      await settle(world, scopes);
      corp.move(bob, include);
      corp.move(alice, exclude);
      await settle(world, scopes);
      corp.rename(include, 'Crew');
      await settle(world, scopes);
      assert.deepEqual([...new Set(world.warnings)], ['ERR_ENGINE_UNIT_RENAMED']);
      assert.equal((await world.tenant()).size, 2, 'a unit that is renamed stays in scope');
    });
  });

  it('by unit hold when two units take each other’s names', async () => {
    const corp = new Forest('corp.example');
    const [include, away] = [corp.unit('One'), corp.unit('Two')];
    corp.user('alice', {}, { parent: corp.unit('Inner', include) });
    corp.user('bob', {}, { parent: away });
    corp.units = { include: [corp.dn(include)], exclude: [] };
    const scopes = new Map([[corp, { include }]]);
    await withWorld([corp], async (world) => {
      await settle(world, scopes);
      corp.rename(include, 'Three');
      corp.rename(away, 'One');
      corp.rename(include, 'Two');
      await settle(world, scopes);
      assert.equal(corp.fullReads, 2, 'changes alone do not tell who is where');
      corp.rename(include, 'Four');
      await settle(world, scopes);
      assert.equal(corp.fullReads, 2);
    });
  });

  it('by a unit that is not there stop this forest, and no other', async () => {
    const [corp, lab] = [new Forest('corp.example'), new Forest('lab.example', { number: 2 })];
    const alice = corp.user('alice');
    await withWorld([corp, lab], async (world) => {
      await world.cycle();
      corp.units = { include: ['OU=Nowhere,DC=corp,DC=example'], exclude: [] };
      const guest = lab.user('guest');
      world.reopen();
      assert.equal(((await world.failingCycle()) as { code?: string }).code, 'ERR_ENGINE_UNIT_UNKNOWN');
      assert.deepEqual([...(await world.tenant()).keys()].sort(), [corp.anchor(alice), lab.anchor(guest)].sort());
    });
  });

  it('by domain delete what is in a domain that is taken out', async () => {
    const corp = new Forest('corp.example', { domains: ['corp.example', 'sub.corp.example'] });
    const alice = corp.user('alice');
    corp.user('bob', {}, { domain: 'sub.corp.example' });
    await withWorld([corp], async (world) => {
      await world.cycle();
      assert.equal((await world.tenant()).size, 2);
      corp.hidden.add('sub.corp.example');
      world.reopen();
      await world.cycle();
      assert.deepEqual([...(await world.tenant()).keys()], [corp.anchor(alice)]);
    });
  });

  it('by group let in its direct members, also of a group that is renamed, and stop when it is not there', async () => {
    const corp = new Forest('corp.example');
    const [alice, bob] = [corp.user('alice'), corp.user('bob')];
    const pilot = corp.group('pilot', [alice]);
    const options = { filters: [{ connector: 'corp.example', group: corp.dn(pilot) }] };
    await withWorld(
      [corp],
      async (world) => {
        const present = async () => [...(await world.tenant()).keys()].sort();
        await world.cycle();
        assert.deepEqual(await present(), [corp.anchor(alice)]);
        corp.addMember(pilot, bob);
        await world.cycle();
        assert.deepEqual(await present(), [corp.anchor(alice), corp.anchor(bob)].sort());
        corp.rename(pilot, 'first');
        corp.removeMember(pilot, alice);
        await world.cycle();
        assert.deepEqual(await present(), [corp.anchor(bob)]);
        corp.delete(pilot);
        assert.equal(((await world.failingCycle()) as { code?: string }).code, 'ERR_ENGINE_GROUP_UNKNOWN');
        assert.deepEqual(await present(), [corp.anchor(bob)]);
      },
      { options },
    );
  });

  it('by attribute delete what comes to match, and bring it back', async () => {
    const corp = new Forest('corp.example');
    const alice = corp.user('alice');
    const options = {
      filters: [
        {
          connector: 'corp.example',
          attribute: [{ attribute: 'department', operator: 'EQUAL', value: 'Out' } as const],
        },
      ],
    };
    await withWorld(
      [corp],
      async (world) => {
        await world.cycle();
        corp.set(alice, { department: 'Out' });
        await world.cycle();
        assert.equal((await world.tenant()).size, 0);
        corp.set(alice, { department: 'In' });
        await world.cycle();
        assert.equal((await world.tenant()).size, 1);
      },
      { options },
    );
  });
});

describe('an object with a rule that fails', () => {
  it('keeps what it had, also when the database is new, and goes on when it is mended', async () => {
    const corp = new Forest('corp.example');
    const alice = corp.user('alice', { department: 'R' });
    await withWorld([corp], async (world) => {
      await world.cycle();
      corp.set(alice, { userAccountControl: undefined, department: 'S' });
      const runs = await world.cycle();
      assert.deepEqual(
        runs.flatMap(({ errors }) => errors.map(({ code }) => code)),
        ['sync-rule-error'],
      );
      world.forget();
      assert.equal(exportedBy(await world.cycle()), 0);
      assert.equal((await world.tenant()).size, 1);
      corp.set(alice, { userAccountControl: '512' });
      await settle(world);
    });
  });
});
