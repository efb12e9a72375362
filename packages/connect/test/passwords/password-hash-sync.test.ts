import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Scene } from './support/scene.ts';

describe('the first password hash sync', () => {
  it('sends everybody once, in batches of at most 50, and tells it in the order administrators know', async () => {
    const scene = await Scene.make();
    for (let index = 0; index < 130; index += 1) scene.addUser(`user${index}`);
    scene.domain.pageObjects = 120;
    await scene.cycle();
    assert.equal(scene.directory.credentials.size, 130);
    assert.deepEqual(scene.events.ids, [
      ...[617, 618],
      ...[650, 656, 657, 651],
      ...[650, 656, 657, 651],
      ...[650, 656, 657, 651],
      ...[650, 656, 657, 651],
      ...[619, 622, 623],
    ]);
    assert.deepEqual(
      scene.events.of(656).map(({ users }) => users.length),
      [50, 50, 20, 10],
    );
  });
});
