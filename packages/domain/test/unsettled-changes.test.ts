import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '@causeway/contract';
import type { OutcomeStatus } from '@causeway/model';
import { UnsettledChanges } from '../src/unsettled-changes.ts';
import { changeOf } from './fixtures.ts';

function step(number: number, status: OutcomeStatus, sequence = number) {
  const change = changeOf({ anchor: `anchor ${number}`, sequence });
  const at = '2026-11-22T10:00:00.000Z';
  const outcome: Outcome = { anchor: change.anchor, sequence, status, version: null, reason: status, at };
  return { change, outcome };
}

function note(unsettled: UnsettledChanges, ...steps: ReturnType<typeof step>[]): number[] {
  return unsettled
    .note(
      steps.map(({ change }) => change),
      steps.map(({ outcome }) => outcome),
    )
    .map(({ sequence }) => sequence);
}

test('what got through is news and nothing more', () => {
  const unsettled = new UnsettledChanges();
  assert.deepEqual(note(unsettled, step(1, 'applied'), step(2, 'waitingForCredential')), [1, 2]);
  assert.deepEqual(unsettled.retryable, []);
  assert.equal(unsettled.firstSequence, undefined);
});

test('a refused change is kept to be tried again, one that does not open is only remembered', () => {
  const unsettled = new UnsettledChanges();
  note(unsettled, step(5, 'refused'), step(6, 'applied'), step(4, 'notOpenable'));
  assert.deepEqual(
    unsettled.retryable.map(({ sequence }) => sequence),
    [5],
  );
  assert.equal(unsettled.firstSequence, 4);
});

test('the same end again is no news; another end, or another change of the user, is', () => {
  const unsettled = new UnsettledChanges();
  note(unsettled, step(5, 'refused'));
  assert.deepEqual(note(unsettled, step(5, 'refused')), []);
  assert.deepEqual(note(unsettled, step(5, 'refused', 9)), [9]);
  assert.equal(unsettled.firstSequence, 9);
  assert.deepEqual(note(unsettled, step(5, 'applied', 9)), [9]);
  assert.equal(unsettled.firstSequence, undefined);
  assert.deepEqual(unsettled.retryable, []);
});

test('what is left of a user that has got another anchor is forgotten', () => {
  const unsettled = new UnsettledChanges();
  note(unsettled, step(5, 'refused'));
  const { change, outcome } = step(6, 'applied');
  unsettled.note([{ ...change, previousAnchor: 'anchor 5' }], [outcome]);
  assert.deepEqual(unsettled.retryable, []);
  assert.equal(unsettled.firstSequence, undefined);
});

test('a thousand refused changes are kept, of more only the place', () => {
  const unsettled = new UnsettledChanges();
  const steps = Array.from({ length: 1_200 }, (_, index) => step(index + 1, 'refused'));
  note(unsettled, ...steps);
  note(unsettled, ...steps);
  assert.equal(unsettled.retryable.length, 1_000);
  note(unsettled, ...steps.slice(0, 1_000).map(({ change }) => step(change.sequence, 'applied')));
  assert.equal(unsettled.firstSequence, 1_001);
});
