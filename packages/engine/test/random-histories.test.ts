import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { Forest } from './support/forest.ts';
import { History, type Step } from './support/history.ts';
import { MemoryTenant } from './support/memory-tenant.ts';
import { actualTenant, expectedTenant } from './support/model.ts';
import { exportedBy, World } from './support/world.ts';

/** What happens between steps: mostly nothing, often a cycle, sometimes worse. */
const interludes = [
  'nothing',
  'nothing',
  'nothing',
  'cycle',
  'cycle',
  'full',
  'reopen',
  'forget',
  'down',
  'tamper',
] as const;

const step = fc.record({
  step: fc.tuple(fc.nat(1_000), fc.nat(1_000), fc.nat(1_000)),
  interlude: fc.constantFrom(...interludes),
});

/** A shuffle that is the same for the same number. */
function shuffle<Value>(values: Value[], seed: number): Value[] {
  let state = seed + 1;
  const keyed = values.map((value) => {
    state = (state * 48_271) % 2_147_483_647;
    return { value, key: state };
  });
  return keyed.sort((one, other) => one.key - other.key).map(({ value }) => value);
}

async function live(steps: readonly { step: Step; interlude: (typeof interludes)[number] }[], seed: number) {
  const history = new History(new Forest('corp.example', { number: 1 }), new Forest('lab.example', { number: 2 }));
  const tenant = new MemoryTenant();
  const world = new World(history.forests, tenant, { threshold: { enabled: false, value: 0 } });
  for (const [index, forest] of history.forests.entries()) {
    forest.delivery = {
      order: (changes) => shuffle(changes, seed + index),
      pageSize: 3 + (seed % 5),
      noise: seed % 2 === 0,
    };
  }
  try {
    for (const { step: one, interlude } of steps) {
      history.apply(one);
      if (interlude === 'cycle') await world.cycle();
      else if (interlude === 'full') await world.cycle('Initial');
      else if (interlude === 'reopen') world.reopen();
      else if (interlude === 'forget') world.forget();
      else if (interlude === 'down') {
        const forest = history.forests[one[1] % 2 === 0 ? 0 : 1];
        forest.down.add(forest.name);
        await world.failingCycle();
        forest.down.clear();
      } else if (interlude === 'tamper') {
        const anchors = [...tenant.objects.keys()];
        const anchor = anchors[one[1] % anchors.length];
        if (anchor !== undefined) tenant.tamper(anchor, { deleted: one[2] % 2 === 0, members: [] });
      }
    }
    await world.cycle();
    await world.cycle();
    assert.deepEqual(await actualTenant(world), expectedTenant(history.forests, history.scopes));
    assert.equal(exportedBy(await world.cycle()), 0, 'what is right is not exported again');
    world.forget();
    assert.equal(exportedBy(await world.cycle()), 0, 'nor after the database was rebuilt');
  } finally {
    world.reopen();
  }
}

describe('after any history of two forests', () => {
  it('the tenant has what the forests say, and nothing else', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), fc.nat(1_000), live), {
      numRuns: Number(process.env['RUNS'] ?? 250),
      seed: Number(process.env['SEED'] ?? 4),
    });
  });
});
