import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { suite, test } from 'node:test';
import { Outbox } from '../../src/passwords/outbox.ts';

suite('outbox', () => {
  test('delivers in order and one at a time, while the next is prepared', async () => {
    const outbox = new Outbox();
    const events: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      events.push(`prepare ${name}`);
      await outbox.push(async () => {
        events.push(`start ${name}`);
        await delay(5);
        events.push(`end ${name}`);
      });
    }
    await outbox.drain();
    assert.deepEqual(events, [
      'prepare a',
      'start a',
      'prepare b',
      'end a',
      'start b',
      'prepare c',
      'end b',
      'start c',
      'end c',
    ]);
  });

  test('a failed delivery stops everything after it', async () => {
    const outbox = new Outbox();
    await outbox.push(async () => Promise.reject(new Error('no room')));
    await outbox.settle();
    await assert.rejects(
      outbox.push(async () => assert.fail('must not be delivered')),
      /no room/,
    );
    await assert.rejects(outbox.drain(), /no room/);
  });

  test('is empty at first', async () => {
    await new Outbox().drain();
  });
});
