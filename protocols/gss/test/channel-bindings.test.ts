import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashChannelBindings } from '@ad-protocols/gss';
import { hex } from '@ad-protocols/testing';

test('the hash of channel bindings is the one that Windows computes', () => {
  // Microsoft Open Specifications Support Blog, "NTLM and Channel Binding Hash (aka Extended Protection for Authentication)".
  const certificateHash = hex('ea05fefecc6b0bd571dbbc5baa3ed45386d0446835f7b74c85621b9983475f95');
  const bindings = Buffer.concat([Buffer.from('tls-server-end-point:'), certificateHash]);
  assert.deepEqual(hashChannelBindings(bindings), hex('6586e99d81c2fc984e47172fd4dd0310'));
});

test('the length of the data is covered', () => {
  assert.notDeepEqual(hashChannelBindings(new Uint8Array(0)), hashChannelBindings(new Uint8Array(1)));
});
