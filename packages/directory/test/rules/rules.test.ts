import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OutcomeStatus } from '@causeway/model';
import { decideCredential, readSealedKeyId } from '../../src/rules/credential.ts';
import { decideCursor } from '../../src/rules/cursor.ts';
import { explainUser, type UserFacts } from '../../src/rules/explain.ts';
import { computeKeyId, decideKey } from '../../src/rules/key.ts';
import { decideOutcome } from '../../src/rules/outcome.ts';
import { keyId, otherKeyId, sealedTo, versionOf } from '../support/samples.ts';

describe('a cursor', () => {
  const cases = [
    ['a full synchronization of a new source', { from: null, to: null }, { from: null, to: 'a' }, 'accept'],
    ['a full synchronization again', { from: 'a', to: 'b' }, { from: null, to: 'x' }, 'accept'],
    ['the next batch', { from: null, to: 'a' }, { from: 'a', to: 'b' }, 'accept'],
    ['a batch that leads nowhere', { from: null, to: 'a' }, { from: 'a', to: 'a' }, 'accept'],
    ['the last batch again', { from: 'a', to: 'b' }, { from: 'a', to: 'b' }, 'accept'],
    ['the first batch again', { from: null, to: 'a' }, { from: null, to: 'a' }, 'accept'],
    ['a batch from the last start to elsewhere', { from: 'a', to: 'b' }, { from: 'a', to: 'c' }, 'conflict'],
    ['a batch after a gap', { from: 'a', to: 'b' }, { from: 'c', to: 'd' }, 'conflict'],
    ['a batch before the last one', { from: 'b', to: 'c' }, { from: 'a', to: 'b' }, 'conflict'],
    ['a continuation where a full one is due', { from: null, to: null }, { from: 'a', to: 'b' }, 'conflict'],
  ] as const;
  for (const [name, stored, batch, expected] of cases) {
    test(`${name}: ${expected}`, () => assert.equal(decideCursor(stored, batch), expected));
  }
});

describe('a credential', () => {
  const v1 = versionOf(1);
  const v2 = versionOf(2);
  const temporary = { mustChangePassword: true };
  const lasting = { mustChangePassword: false };
  const cases = [
    ['the first', null, { version: v1, keyId }, 'accepted'],
    ['the same version, now temporary', { version: v1, keyId }, { version: v1, keyId, ...temporary }, 'accepted'],
    [
      'the same version, temporary again',
      { version: v1, keyId, ...temporary },
      { version: v1, keyId, ...temporary },
      'unchanged',
    ],
    [
      'the same version, not temporary any more',
      { version: v1, keyId, ...temporary },
      { version: v1, keyId },
      'accepted',
    ],
    ['an older version that was temporary', { version: v2, keyId }, { version: v1, keyId, ...temporary }, 'superseded'],
    ['a newer version', { version: v1, keyId }, { version: v2, keyId }, 'accepted'],
    ['the same version', { version: v1, keyId }, { version: v1, keyId }, 'unchanged'],
    ['the same version to a new key', { version: v1, keyId: otherKeyId }, { version: v1, keyId }, 'accepted'],
    ['an older version', { version: v2, keyId }, { version: v1, keyId }, 'superseded'],
    ['an older version to a new key', { version: v2, keyId: otherKeyId }, { version: v1, keyId }, 'superseded'],
    ['the same number, set later', { version: v1, keyId }, { version: versionOf(1, 5), keyId }, 'accepted'],
    ['the same number, set earlier', { version: versionOf(1, 5), keyId }, { version: v1, keyId }, 'superseded'],
    [
      'the same number and time at a lower DC',
      { version: v1, keyId },
      { version: { ...v1, originatingDsa: '00000000-0000-0000-0000-000000000001' }, keyId },
      'superseded',
    ],
  ] as const;
  for (const [name, stored, offered, expected] of cases) {
    test(`${name}: ${expected}`, () => {
      const before = stored === null ? null : { ...lasting, ...stored };
      assert.equal(decideCredential(before, { ...lasting, ...offered }), expected);
    });
  }
  test('says which key it is sealed to', () => assert.equal(readSealedKeyId(sealedTo(keyId)), keyId));
  test('of an unknown format, or cut short at any length, says nothing', () => {
    const sealed = sealedTo(keyId);
    for (let length = 0; length < 9; length += 1) assert.equal(readSealedKeyId(sealed.subarray(0, length)), undefined);
    sealed[0] = 2;
    assert.equal(readSealedKeyId(sealed), undefined);
  });
});

describe('a key', () => {
  const cases = [
    ['the first', null, { keyId }, 'register'],
    ['the first, though it names one to replace', null, { keyId, replaces: otherKeyId }, 'register'],
    ['the registered one', keyId, { keyId }, 'unchanged'],
    ['the registered one, its replacing repeated', keyId, { keyId, replaces: otherKeyId }, 'unchanged'],
    ['another', otherKeyId, { keyId }, 'conflict'],
    ['another that replaces the registered one', otherKeyId, { keyId, replaces: otherKeyId }, 'replace'],
    ['another that replaces a third', otherKeyId, { keyId, replaces: '0000000000000000' }, 'conflict'],
  ] as const;
  for (const [name, registered, offered, expected] of cases) {
    test(`${name}: ${expected}`, () => assert.equal(decideKey(registered, offered), expected));
  }
  test('id is the first 8 bytes of SHA-256', () => {
    // SHA-256 of 32 zero bytes, as the sha256sum program computes it.
    assert.equal(computeKeyId(new Uint8Array(32)), '66687aadf862bd77');
  });
});

describe('an outcome', () => {
  const early = '2026-11-22T18:40:00Z';
  const late = '2026-11-22T18:40:00.5Z';
  const cases = [
    ['of an unknown user', undefined, undefined, { sequence: 1, at: early }, 'ignored'],
    ['of a change that was never made', { sequence: 3 }, undefined, { sequence: 4, at: early }, 'ignored'],
    ['the first', { sequence: 3 }, undefined, { sequence: 2, at: early }, 'accepted'],
    ['of a newer change', { sequence: 3 }, { sequence: 2, at: late }, { sequence: 3, at: early }, 'accepted'],
    ['of an older change', { sequence: 3 }, { sequence: 3, at: early }, { sequence: 2, at: late }, 'ignored'],
    ['of the same change, later', { sequence: 3 }, { sequence: 3, at: early }, { sequence: 3, at: late }, 'accepted'],
    ['of the same change, earlier', { sequence: 3 }, { sequence: 3, at: late }, { sequence: 3, at: early }, 'ignored'],
    ['repeated', { sequence: 3 }, { sequence: 3, at: early }, { sequence: 3, at: early }, 'accepted'],
  ] as const;
  for (const [name, user, stored, offered, expected] of cases) {
    test(`${name}: ${expected}`, () => assert.equal(decideOutcome(user, stored, offered), expected));
  }
});

const outcome = (status: OutcomeStatus, sequence = 5, reason: string | null = null) => ({ status, sequence, reason });

describe('the one reason', () => {
  const facts: UserFacts = {
    sequence: 5,
    deleted: false,
    accountEnabled: true,
    sealedTo: keyId,
    registeredKeyId: keyId,
    outcome: outcome('applied'),
  };
  const cases: [string, Partial<UserFacts>, string][] = [
    ['everything is there', {}, 'applied'],
    ['only a credential has arrived', { accountEnabled: undefined }, 'waitingForUser'],
    ['no credential has arrived', { sealedTo: undefined }, 'waitingForCredential'],
    ['the key was replaced', { sealedTo: otherKeyId }, 'waitingForNewSeal'],
    ['nothing was reported', { outcome: null }, 'waitingForDomain'],
    ['an older change was reported', { outcome: outcome('applied', 4) }, 'waitingForDomain'],
    ['the domain refused', { outcome: outcome('refused') }, 'refused'],
    ['it does not open', { outcome: outcome('notOpenable') }, 'notOpenable'],
    ['disabled, with a credential', { accountEnabled: false, outcome: outcome('disabled') }, 'disabled'],
    ['disabled, without one', { accountEnabled: false, sealedTo: undefined, outcome: outcome('disabled') }, 'disabled'],
    ['deleted, and reported', { deleted: true, outcome: outcome('deleted') }, 'deleted'],
    ['deleted, not reported yet', { deleted: true, outcome: outcome('applied', 4) }, 'waitingForDomain'],
    ['deleted, without a credential', { deleted: true, sealedTo: undefined, outcome: outcome('deleted') }, 'deleted'],
    ['deleted, which the domain refused', { deleted: true, outcome: outcome('refused') }, 'refused'],
    ['disabled, not reported yet', { accountEnabled: false, sealedTo: undefined, outcome: null }, 'waitingForDomain'],
  ];
  for (const [name, changes, expected] of cases) {
    test(`${name}: ${expected}`, () => {
      const { status, reason } = explainUser({ ...facts, ...changes });
      assert.equal(status, expected);
      assert.match(reason, /\.$/);
    });
  }
  test("the managed domain's own reason is passed on", () => {
    const { reason } = explainUser({ ...facts, outcome: outcome('refused', 5, 'The name is taken.') });
    assert.equal(reason, 'The name is taken.');
  });
});
