import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeNtlmv2Response, ntowfv2 } from '../src/ntlmv2-response.ts';
import { hex } from '@ad-protocols/testing';

// [MS-NLMP] Common Values (4.2.1), NTLMv2 Authentication (4.2.4).
const credentials = { domain: 'Domain', user: 'User', password: 'Password' };
const targetInfo = hex('02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000');
const input = {
  serverChallenge: hex('0123456789abcdef'),
  clientChallenge: hex('aaaaaaaaaaaaaaaa'),
  time: 0n,
  targetInfo,
};

test('NTOWFv2 has the value of [MS-NLMP] 4.2.4.1.1', () => {
  assert.deepEqual(ntowfv2(credentials), hex('0c868a403bfd7a93a3001ef22ef02e3f'));
});

test('the letter case of the user name does not matter, that of domain and password does', () => {
  assert.deepEqual(ntowfv2({ ...credentials, user: 'uSER' }), ntowfv2(credentials));
  assert.notDeepEqual(ntowfv2({ ...credentials, domain: 'DOMAIN' }), ntowfv2(credentials));
  assert.notDeepEqual(ntowfv2({ ...credentials, password: 'password' }), ntowfv2(credentials));
});

test('a user name is put into upper case one code unit for one, as Windows does', () => {
  assert.deepEqual(ntowfv2({ ...credentials, user: 'jürgen' }), ntowfv2({ ...credentials, user: 'JÜRGEN' }));
  // JavaScript alone would make STRASSE of it, and the server would not.
  assert.deepEqual(ntowfv2({ ...credentials, user: 'straße' }), ntowfv2({ ...credentials, user: 'STRAßE' }));
  assert.notDeepEqual(ntowfv2({ ...credentials, user: 'straße' }), ntowfv2({ ...credentials, user: 'STRASSE' }));
});

test('the response and the session base key have the values of [MS-NLMP] 4.2.4.1.2, 4.2.4.1.3 and 4.2.4.2.2', () => {
  const response = computeNtlmv2Response(ntowfv2(credentials), input);
  const temp = hex(`0101000000000000 0000000000000000 aaaaaaaaaaaaaaaa 00000000
    02000c0044006f006d00610069006e00 01000c00530065007200760065007200 00000000 00000000`);
  assert.deepEqual(response.ntResponse.subarray(0, 16), hex('68cd0ab851e51c96aabc927bebef6a1c'));
  assert.deepEqual(response.ntResponse.subarray(16), temp);
  assert.deepEqual(response.sessionBaseKey, hex('8de40ccadbc14a82f15cb0ad0de95ca3'));
});

test('another time, challenge or target gives another proof', () => {
  const key = ntowfv2(credentials);
  const proof = (change: Partial<typeof input>): string =>
    Buffer.from(computeNtlmv2Response(key, { ...input, ...change }).ntResponse.subarray(0, 16)).toString('hex');
  const changes = [{}, { time: 1n }, { serverChallenge: hex('0123456789abcdee') }, { targetInfo: hex('00000000') }];
  assert.equal(new Set(changes.map(proof)).size, changes.length);
});
