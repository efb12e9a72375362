import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  controlSocketOf,
  formatControlError,
  operations,
  pathOfOperation,
  requestInvalid,
  type OperationName,
} from '@causeway/control';
import { CausewayError } from '@causeway/model';
import { parseControlError } from '../src/transport.ts';

const failure = new CausewayError({
  code: 'ERR_CONNECT_BUSY',
  message: 'A cycle is under way.',
  nextStep: 'Wait.',
  disposition: 'retry',
  cause: new Error('inner'),
});

describe('an error on its way from the agent', () => {
  test('keeps what an administrator reads, and leaves its cause behind', () => {
    const sent = JSON.parse(JSON.stringify(formatControlError(failure))) as unknown;
    const { code, message, nextStep, disposition } = failure;
    assert.deepEqual(sent, { error: { code, message, nextStep, disposition } });
    const received = parseControlError(sent);
    assert.ok(received instanceof CausewayError);
    assert.equal(received.cause, undefined);
    assert.deepEqual(formatControlError(received), sent);
  });

  test('is not made of anything else', () => {
    const { error } = formatControlError(failure);
    const strange = [
      undefined,
      null,
      'error',
      7,
      [],
      {},
      { error: null },
      { error: 'ERR_X' },
      { error: { ...error, code: 1 } },
      { error: { ...error, nextStep: undefined } },
      { error: { ...error, disposition: 'ignore' } },
      { ...error },
    ];
    for (const body of strange) assert.equal(parseControlError(body), undefined, JSON.stringify(body));
  });
});

describe('a request that breaks its schema', () => {
  const table: [OperationName, unknown, RegExp][] = [
    ['readStatus', undefined, /the request: /],
    ['readStatus', { a: 1 }, /the request: .*"a"/],
    ['listRuns', { count: 1.5 }, /count: /],
    ['runProfile', { connector: 'x', runProfile: 'Import' }, /runProfile: .*"Full Import"/],
    ['saveConnector', { identifier: 'A', name: 'x', globalParameters: [{ name: '' }] }, /globalParameters\.0\.name: /],
    ['readCsObject', { identifier: 'A' }, /identifier: expected a lower-case GUID/],
    ['syncPasswords', { user: '' }, /user: /],
    ['syncPasswords', {}, /ou: .*all: /],
    ['writeDeletionThreshold', { enabled: true, value: 0 }, /value: /],
    ['explain', { user: 'x'.repeat(1_025) }, /user: /],
  ];
  for (const [name, request, message] of table) {
    test(`${name} with ${JSON.stringify(request)?.slice(0, 60) ?? 'nothing'} names the field`, () => {
      const { error } = operations[name].request.safeParse(request);
      assert.ok(error);
      const refusal = requestInvalid(name, error);
      assert.equal(refusal.code, 'ERR_CONTROL_REQUEST');
      assert.match(refusal.message, new RegExp(`^The request for ${name} is not valid: `));
      assert.match(refusal.message, message);
    });
  }

  test('names ten fields at most, and no value', () => {
    const globalParameters = Array.from({ length: 50 }, () => ({ name: 7, value: { secret: 'hunter2' } }));
    const { error } = operations.saveConnector.request.safeParse({ identifier: 'x', name: 'x', globalParameters });
    assert.ok(error);
    const { message } = requestInvalid('saveConnector', error);
    assert.equal(message.split('; ').length, 10);
    assert.ok(!message.includes('hunter2'));
  });
});

describe('the operations', () => {
  test('have a path each, which needs no encoding', () => {
    const paths = (Object.keys(operations) as OperationName[]).map(pathOfOperation);
    assert.equal(new Set(paths).size, paths.length);
    for (const path of paths) assert.match(path, /^\/v1\/[a-zA-Z]+$/);
    assert.equal(controlSocketOf('/var/lib/causeway'), '/var/lib/causeway/connect.sock');
  });

  test('only look where they say so', () => {
    for (const [name, { reads }] of Object.entries(operations)) {
      assert.equal(reads, /^(read|list|preview|explain)/.test(name), name);
    }
  });
});
