import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DirectoryError } from '@causeway/contract';
import { Heartbeat, HEARTBEAT_MS } from '../../src/passwords/heartbeat.ts';
import { FakeDirectory } from './support/fake-directory.ts';
import { connectorId, EventRecorder, forest } from './support/scene.ts';

const signal = new AbortController().signal;

function scene() {
  const directory = new FakeDirectory('b56f35dd78f703ed');
  const events = new EventRecorder();
  const time = { now: 1_000_000 };
  const ports = { directory, events, clock: { now: () => time.now } };
  const heartbeat = new Heartbeat({ ports, connector: forest, connectorId, intervalMs: HEARTBEAT_MS });
  return { directory, events, time, heartbeat };
}

describe('the heartbeat of a connector', () => {
  it('comes at the start and every 30 minutes, with the GUID that scripts look for', async () => {
    const { events, time, heartbeat } = scene();
    assert.equal(await heartbeat.beat(signal), 1_800_000);
    time.now += 600_000;
    assert.equal(await heartbeat.beat(signal), 1_200_000);
    time.now += 1_200_000;
    await heartbeat.beat(signal);
    assert.deepEqual(events.ids, [653, 654, 653, 654]);
    assert.equal(events.of(654)[0]?.connectorId, connectorId);
  });

  it('does not come while passwords are sent', async () => {
    const { events, time, heartbeat } = scene();
    await heartbeat.beat(signal);
    time.now += 1_700_000;
    heartbeat.noteDelivery();
    time.now += 1_700_000;
    assert.equal(await heartbeat.beat(signal), 100_000);
    assert.deepEqual(events.ids, [653, 654]);
  });

  it('says when it fails, and is tried again within a minute', async () => {
    const { directory, events, heartbeat } = scene();
    directory.failure = { error: new DirectoryError('unavailable'), call: 'readTenant' };
    assert.equal(await heartbeat.beat(signal), 60_000);
    assert.deepEqual(events.ids, [653, 655]);
    assert.equal(events.of(655)[0]?.errorCode, 81);
    await heartbeat.beat(signal);
    assert.deepEqual(events.ids, [653, 655, 653, 654]);
  });
});
