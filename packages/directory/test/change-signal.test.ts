import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChangeSignal } from '../src/change-signal.ts';

/** Longer than any test may take: who is not woken fails by the test's time limit. */
const longMs = 60_000;
const options = { timeout: 5_000 };

test('a change between making the wait and waiting is not missed', options, async () => {
  const signal = new ChangeSignal({ waitsMax: 1 });
  const wait = signal.wait('contoso');
  signal.notify('contoso');
  await wait.until(longMs);
  wait.cancel();
});

test('a change wakes everyone of its tenant, and nobody of another', options, async () => {
  const signal = new ChangeSignal({ waitsMax: 3 });
  const [first, second, other] = [signal.wait('contoso'), signal.wait('contoso'), signal.wait('fabrikam')];
  let woken = false;
  const otherDone = other.until(longMs).then(() => (woken = true));
  signal.notify('contoso');
  await Promise.all([first.until(longMs), second.until(longMs)]);
  assert.equal(woken, false);
  other.cancel();
  await otherDone;
});

test('a wait ends when its time is over', options, async () => {
  const signal = new ChangeSignal({ waitsMax: 1 });
  await signal.wait('contoso').until(10);
});

test('the places are limited, and a place is free again once its wait is cancelled, however often', options, () => {
  const signal = new ChangeSignal({ waitsMax: 2 });
  const first = signal.wait('contoso');
  signal.wait('fabrikam');
  assert.throws(() => signal.wait('contoso'), { code: 'ERR_DIRECTORY_UNAVAILABLE', disposition: 'retry' });
  first.cancel();
  first.cancel();
  assert.equal(signal.count, 1);
  signal.wait('contoso');
  assert.throws(() => signal.wait('contoso'), { code: 'ERR_DIRECTORY_UNAVAILABLE' });
});

test('stopping wakes everyone, and who comes later does not wait', options, async () => {
  const signal = new ChangeSignal({ waitsMax: 2 });
  const wait = signal.wait('contoso');
  const done = wait.until(longMs);
  signal.stop();
  await done;
  await signal.wait('contoso').until(longMs);
});
