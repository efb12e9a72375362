import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DirectoryError } from '@causeway/contract';
import { CausewayError } from '@causeway/model';
import { managedDomainUnavailable } from '../src/errors.ts';
import { Retry } from '../src/retry.ts';

function recorder() {
  const lines: string[] = [];
  const states: (string | undefined)[] = [];
  const waits: number[] = [];
  const log = (level: string) => (_: object, message: string) => void lines.push(`${level} ${message}`);
  const retry = new Retry({
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    onChange: (failure) => void states.push(failure?.code),
    wait: async (ms) => void waits.push(ms),
  });
  return { lines, states, waits, retry };
}

test('a step is made again until it succeeds, and a failure is told once, and once that it is over', async () => {
  const { lines, states, waits, retry } = recorder();
  let attempts = 0;
  const result = await retry.untilDone(async () => {
    attempts += 1;
    if (attempts < 5) throw managedDomainUnavailable('/run/ldapi', 'it is not there');
    return 'done';
  }, new AbortController().signal);
  assert.equal(result, 'done');
  assert.equal(waits.length, 4);
  assert.deepEqual(states, ['ERR_DOMAIN_MANAGED_DC_UNAVAILABLE', undefined]);
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? '', /^warn .*\/run\/ldapi.*start Samba/);
  assert.match(lines[1] ?? '', /^info it works again/);
});

test('another failure is told as well, the same in other words is not', async () => {
  const { lines, retry } = recorder();
  const failures = [managedDomainUnavailable('/a', 'x'), managedDomainUnavailable('/a', 'y'), new TypeError('bug')];
  await retry.untilDone(async () => {
    const failure = failures.shift();
    if (failure) throw failure;
  }, new AbortController().signal);
  assert.equal(lines.length, 3);
  assert.match(lines[1] ?? '', /unexpected error: bug/);
});

test('what an operator has to act on is not tried again', async () => {
  const { retry, waits } = recorder();
  const halt = new CausewayError({ code: 'ERR_X', message: 'x', nextStep: 'y', disposition: 'halt' });
  await assert.rejects(
    retry.untilDone(async () => {
      throw halt;
    }, new AbortController().signal),
    halt,
  );
  assert.deepEqual(waits, []);
});

test('a wait ends at once when the service is stopped', async () => {
  const stop = new AbortController();
  const retry = new Retry({
    logger: { debug: () => {}, info: () => {}, warn: () => stop.abort(), error: () => {} },
    onChange: () => {},
  });
  const start = performance.now();
  await assert.rejects(
    retry.untilDone(async () => {
      throw managedDomainUnavailable('/a', 'x');
    }, stop.signal),
    { name: 'AbortError' },
  );
  assert.ok(performance.now() - start < 150);
});

test('what the directory refuses until an operator has acted there is tried again, and told once', async () => {
  const { lines, states, retry } = recorder();
  let attempts = 0;
  await retry.untilDone(async () => {
    attempts += 1;
    if (attempts < 4) throw new DirectoryError('forbidden');
  }, new AbortController().signal);
  assert.deepEqual(states, ['ERR_DIRECTORY_FORBIDDEN', undefined]);
  assert.equal(lines.length, 2);
});

test('a feed that has to be read from its beginning is not asked for the same place again', async () => {
  const { retry } = recorder();
  const asked = retry.untilDone(async () => {
    throw new DirectoryError('feed_position_unknown');
  }, new AbortController().signal);
  await assert.rejects(asked, { code: 'ERR_DIRECTORY_FEED_POSITION_UNKNOWN' });
});
