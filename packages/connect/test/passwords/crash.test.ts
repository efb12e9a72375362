import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { parameterSchema } from '@causeway/control';
import type { AgentState } from '../../src/agent/agent-state.ts';
import { forceFullPasswordSync } from '../../src/passwords/full-run.ts';
import { forest, Scene } from './support/scene.ts';

class Killed extends Error {}

/** Counts effects; the agent is dead from the one with the number `at` on. */
class Effects {
  count = 0;
  readonly #at: number;

  constructor(at: number) {
    this.#at = at;
  }

  get isDead(): boolean {
    return this.count >= this.#at;
  }

  pass(): void {
    this.count += 1;
    if (this.isDead) throw new Killed(`killed at effect ${this.count}`);
  }
}

/** Numbers between 0 and 1, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let count = 0;
  return () => {
    count += 1;
    return createHash('sha256').update(`${seed} ${count}`).digest().readUInt32BE() / 2 ** 32;
  };
}

/** Every effect of an agent: a request to the directory, and a transaction of its state, may be the last, before or after it. */
function withEffects(scene: Scene, effects: Effects): AgentState {
  const { directory, agent } = scene;
  directory.onCall = (call) => {
    if (call === 'sendCredentials') effects.pass();
  };
  return {
    ...agent,
    transaction(action) {
      effects.pass();
      const result = agent.transaction(action);
      effects.pass();
      return result;
    },
  };
}

const states = ['ready', 'ready', 'ready', 'notInScope', 'TargetNotExportedToDirectory', 'NoTargetConnection'] as const;

/** Something that happens in the forest, in object synchronization, or to the agent. */
function happen(scene: Scene, random: () => number, names: string[]): void {
  const { domain, scope } = scene;
  const pick = <Value>(values: readonly Value[]): Value | undefined => values[Math.floor(random() * values.length)];
  const name = pick(names) ?? 'user0';
  switch (Math.floor(random() * 12)) {
    case 0:
    case 1: {
      const added = `user${names.length}`;
      names.push(added);
      scene.addUser(added, pick(states) ?? 'ready');
      break;
    }
    case 2:
    case 3:
    case 4:
    case 5:
      domain.setPassword(name, { temporary: random() < 0.1 });
      break;
    case 6:
    case 7:
    case 8:
    case 9:
      scope.add(domain, name, pick(states) ?? 'ready');
      break;
    case 10:
      domain.setTemporary(name, random() < 0.5);
      break;
    default:
      scene.agent.writeParameters(forest, [parameterSchema.parse({ name: forceFullPasswordSync, value: '1' })]);
  }
}

/** Plays a story; the agent is killed once at the given effect, and another one goes on. */
async function play(seed: number, killedAt: number): Promise<{ scene: Scene; names: string[]; effects: number }> {
  const scene = await Scene.make();
  scene.domain.pageObjects = 4;
  const random = randomFrom(seed);
  const names = ['user0'];
  scene.addUser('user0');
  for (; names.length < 10; names.push(`user${names.length}`))
    scene.addUser(`user${names.length}`, states[names.length % states.length] ?? 'ready');
  for (let count = 0; count < 8; count += 1) happen(scene, random, names);
  const effects = new Effects(killedAt);
  for (let round = 0; round < 6; round += 1) {
    const happenings = round === 0 ? 0 : 3;
    for (let count = 0; count < happenings; count += 1) happen(scene, random, names);
    const isMortal = !effects.isDead;
    scene.agent.close();
    scene.agent = scene.openAgent();
    try {
      const agent = isMortal ? withEffects(scene, effects) : scene.agent;
      const sync = await scene.makeSync(agent);
      await sync.runOnce(new AbortController().signal);
    } catch (error) {
      if (!(error instanceof Killed || (error instanceof Error && error.cause instanceof Killed))) throw error;
    }
    scene.directory.onCall = undefined;
  }
  await scene.cycle();
  // Whoever waited need not any more: nothing that changed while they did may be missing.
  for (const name of names) scene.scope.add(scene.domain, name, 'ready');
  await scene.cycle();
  return { scene, names, effects: effects.count };
}

function assertNothingLost({ scene, names }: { scene: Scene; names: readonly string[] }, about: string): void {
  for (const name of names) {
    const stored = scene.versionOf(name) ?? 0;
    const present = scene.domain.versionOf(name);
    if (scene.domain.isLasting(name)) assert.equal(stored, present, `${about}: ${name}`);
    assert.ok(stored <= present, `${about}: ${name} is ahead`);
  }
}

describe('an agent that is killed at any effect', () => {
  for (const seed of [1, 2, 3, 4]) {
    it(`has lost nothing, doubled nothing and gone back nowhere in story ${seed}`, async () => {
      const whole = await play(seed, Infinity);
      assertNothingLost(whole, `story ${seed}`);
      assert.ok(whole.effects > 40, `${whole.effects} effects`);
      const points = Math.min(whole.effects, 50);
      for (let point = 0; point < points; point += 1) {
        const at = 1 + Math.floor((point * whole.effects) / points);
        assertNothingLost(await play(seed, at), `story ${seed}, killed at ${at}`);
      }
    });
  }
});
