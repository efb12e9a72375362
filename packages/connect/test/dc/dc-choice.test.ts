import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CausewayError, type Logger } from '@causeway/model';
import { DcChoice } from '../../src/dc/dc-choice.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} } satisfies Logger;
const failure = (code: string): CausewayError =>
  new CausewayError({ code, message: 'failed', nextStep: '', disposition: 'retry' });

/** Opens whatever is not in `failing`, and tells which hosts were tried. */
async function attempt(choice: DcChoice, failing: Record<string, CausewayError> = {}): Promise<string[]> {
  const tried: string[] = [];
  await choice
    .open(async (host) => {
      tried.push(host);
      const error = failing[host];
      if (error) throw error;
    })
    .catch((error: unknown) => tried.push(error instanceof CausewayError ? error.code : 'unknown'));
  return tried;
}

const unreachable = failure('ERR_CONNECT_DC_UNREACHABLE');

test('the preferred domain controller is used as long as it works', async () => {
  const choice = new DcChoice(['a', 'b'], silent);
  assert.deepEqual(await attempt(choice), ['a']);
  assert.deepEqual(await attempt(choice), ['a']);
});

test('one that cannot be reached is passed over, and the one that works is kept', async () => {
  const choice = new DcChoice(['a', 'b', 'c'], silent);
  assert.deepEqual(await attempt(choice, { a: unreachable }), ['a', 'b']);
  assert.deepEqual(await attempt(choice), ['b']);
  assert.deepEqual(await attempt(choice, { b: unreachable, c: unreachable }), ['b', 'c', 'a']);
});

test('a failure in the middle of the work puts the present one behind the others', async () => {
  const choice = new DcChoice(['a', 'b'], silent);
  await attempt(choice);
  choice.noteFailure(failure('ERR_CONNECT_DAMAGED_REPLY'));
  assert.deepEqual(await attempt(choice), ['b']);
});

test('a failure of somebody else, the directory for one, changes nothing', async () => {
  const choice = new DcChoice(['a', 'b'], silent);
  await attempt(choice);
  choice.noteFailure(failure('ERR_DIRECTORY_UNREACHABLE'));
  choice.noteFailure(new Error('unknown'));
  assert.deepEqual(await attempt(choice), ['a']);
});

test('a refused account is not tried on the next one', async () => {
  const choice = new DcChoice(['a', 'b'], silent);
  const refused = failure('ERR_CONNECT_ACCOUNT_REFUSED');
  assert.deepEqual(await attempt(choice, { a: refused }), ['a', 'ERR_CONNECT_ACCOUNT_REFUSED']);
});

test('when none works, the failure of the preferred one is told', async () => {
  const choice = new DcChoice(['a', 'b'], silent);
  const certificate = failure('ERR_CONNECT_DC_CERTIFICATE');
  assert.deepEqual(await attempt(choice, { a: unreachable, b: certificate }), ['a', 'b', 'ERR_CONNECT_DC_UNREACHABLE']);
});
