import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Killed, Killer } from './support/faults.ts';
import { Forest, type ForestObject } from './support/forest.ts';
import { MemoryTenant } from './support/memory-tenant.ts';
import { actualTenant, expectedTenant } from './support/model.ts';
import { exportedBy, World } from './support/world.ts';

/** Things that happen in two forests, with a cycle after each. */
function story(): { forests: Forest[]; steps: (() => void)[] } {
  const corp = new Forest('corp.example', { number: 1 });
  const lab = new Forest('lab.example', { number: 2 });
  for (const forest of [corp, lab]) forest.delivery = { pageSize: 4 };
  const staff = corp.unit('Staff');
  const users = Array.from({ length: 8 }, (_, index) => corp.user(`u${index}`, {}, { parent: staff }));
  const guests = Array.from({ length: 3 }, (_, index) => lab.user(`guest${index}`));
  const [first, second, third, fourth] = users as [ForestObject, ForestObject, ForestObject, ForestObject];
  const [guest] = guests as [ForestObject];
  corp.setManager(first, second);
  corp.setManager(second, first);
  const all = corp.group('all', [...users, corp.foreign(lab, guest)]);
  const outer = corp.group('outer', [all, first]);
  const steps = [
    () => undefined,
    () => {
      corp.rename(staff, 'Crew');
      corp.set(third, { department: 'R' });
      corp.user('late', {}, { parent: staff });
    },
    () => {
      corp.delete(fourth);
      corp.removeMember(outer, first);
      lab.delete(guest);
    },
    () => {
      corp.reanimate(fourth);
      corp.addMember(outer, fourth);
      corp.delete(all);
      corp.group('all', users.slice(0, 2));
    },
  ];
  return { forests: [corp, lab], steps };
}

/** Lives through the story, and is killed at one effect; gives what the tenant accepted, sorted. */
async function live(killer: Killer): Promise<string[]> {
  const { forests, steps } = story();
  const tenant = new MemoryTenant();
  tenant.onEffect = killer.onEffect;
  for (const forest of forests) forest.onEffect = killer.onEffect;
  const world = new World(forests, tenant);
  const cycle = async (): Promise<void> => {
    try {
      await world.cycle();
    } catch (error) {
      if (!killer.isDead) throw error;
      assert.ok(error instanceof Killed || String(error).includes('database'), String(error));
      killer.revive();
      world.reopen();
      await world.cycle();
    }
  };
  for (const step of steps) {
    step();
    await cycle();
  }
  const effects = killer.count;
  assert.deepEqual(await actualTenant(world), expectedTenant(forests), killer.last);
  assert.equal(exportedBy(await world.cycle()), 0, killer.last);
  world.reopen();
  killer.count = effects;
  const accepted = tenant.accepted.map(({ what, anchor }) => `${what} ${anchor}`);
  assertOrder(accepted);
  return accepted.sort();
}

/** An object is added, changed, and deleted, in this order; nothing is a member's change before there is a group. */
function assertOrder(accepted: readonly string[]): void {
  const present = new Set<string>();
  for (const entry of accepted) {
    const [what, anchor = ''] = entry.split(' ');
    assert.equal(present.has(anchor), what !== 'add', entry);
    if (what === 'add') present.add(anchor);
    if (what === 'delete') present.delete(anchor);
  }
}

describe('an engine that is killed', () => {
  it('at any of its effects loses nothing, doubles nothing and keeps the order', async () => {
    const counter = new Killer();
    const unwatch = counter.watchDatabases();
    const whole = await live(counter);
    unwatch();
    assert.ok(counter.count >= 200, `${counter.count} effects`);
    const every = Number(process.env['EVERY'] ?? Math.ceil(counter.count / 300));
    for (let at = 1; at <= counter.count; at += every) {
      const killer = new Killer();
      killer.at = at;
      const stop = killer.watchDatabases();
      try {
        assert.deepEqual(await live(killer), whole, `killed at ${at}, ${killer.last}`);
      } finally {
        stop();
      }
    }
  });
});
