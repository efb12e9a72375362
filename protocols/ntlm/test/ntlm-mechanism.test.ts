import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  decodeNegTokenInit,
  decodeNegTokenResp,
  encodeNegTokenResp,
  mechanismOids,
  NegotiateMechanism,
} from '@ad-protocols/gss';
import { NtlmMechanism } from '@ad-protocols/ntlm';
import { acceptAuthenticate, challengeMessage, decodeAuthenticate, Sealing } from '@ad-protocols/testing';
import * as fc from 'fast-check';
import { avValue, decodeAvPairs, MSV_AV_CHANNEL_BINDINGS, MSV_AV_TARGET_NAME } from '../src/av-pairs.ts';

const password = 'Correct-Horse-1';
const account = new NtlmMechanism({ domain: 'CORP', user: 'sync', password });
const target = { service: 'ldap', host: 'dc1.corp.example', dceStyle: false };
const refused = { code: 'ERR_GSS_TOKEN' };

/** The object identifier of NTLM in a list of one. */
const list = Buffer.from('300c060a2b06010401823702020a', 'hex');

test('an account is named by domain and user, or by its principal name alone, and never with its password', () => {
  assert.equal(account.account, String.raw`CORP\sync`);
  const byPrincipalName = new NtlmMechanism({ domain: '', user: 'sync@corp.example', password });
  assert.equal(byPrincipalName.account, 'sync@corp.example');
  assert.doesNotMatch(JSON.stringify(account), /Horse/);
});

test('a sign-in takes two steps, and both sides have the same key', async () => {
  const initiator = account.initiate(target);
  const first = await initiator.step();
  assert.equal(first.context, undefined);
  const { token, context } = await initiator.step(challengeMessage());
  assert.ok(token && context);
  assert.deepEqual(Buffer.from(context.sessionKey), acceptAuthenticate(token, password));
  assert.equal(acceptAuthenticate(token, 'Wrong-Horse-1'), undefined);
});

test('the answer names the service it is for, and no channel', async () => {
  const initiator = account.initiate(target);
  await initiator.step();
  const { token } = await initiator.step(challengeMessage());
  const attributes = decodeAvPairs(decodeAuthenticate(token ?? new Uint8Array()).ntResponse.subarray(44));
  const targetName = Buffer.from(avValue(attributes, MSV_AV_TARGET_NAME) ?? []).toString('utf16le');
  assert.equal(targetName, 'ldap/dc1.corp.example');
  assert.deepEqual(avValue(attributes, MSV_AV_CHANNEL_BINDINGS), new Uint8Array(16));
});

test('the answer names the channel, where the sign-in is bound to one', async () => {
  // Microsoft Open Specifications Support Blog, "NTLM and Channel Binding Hash (aka Extended Protection for Authentication)".
  const channelBindings = Buffer.concat([
    Buffer.from('tls-server-end-point:'),
    Buffer.from('ea05fefecc6b0bd571dbbc5baa3ed45386d0446835f7b74c85621b9983475f95', 'hex'),
  ]);
  for (const mechanism of [account, new NegotiateMechanism([account])]) {
    const initiator = mechanism.initiate({ ...target, channelBindings });
    await initiator.step();
    const inside = mechanism !== account;
    const supportedMech = mechanismOids.ntlm;
    const responseToken = challengeMessage();
    const { token = new Uint8Array() } = await initiator.step(
      inside ? encodeNegTokenResp({ negState: 'accept-incomplete', supportedMech, responseToken }) : responseToken,
    );
    const answer = (inside ? decodeNegTokenResp(token).responseToken : token) ?? new Uint8Array();
    const attributes = decodeAvPairs(decodeAuthenticate(answer).ntResponse.subarray(44));
    const hash = Buffer.from(avValue(attributes, MSV_AV_CHANNEL_BINDINGS) ?? []);
    assert.equal(hash.toString('hex'), '6586e99d81c2fc984e47172fd4dd0310');
  }
});

describe('refused by a named error', () => {
  test('a server that speaks first, says nothing, or goes on after the end', async () => {
    await assert.rejects(account.initiate(target).step(challengeMessage()), refused);
    const silent = account.initiate(target);
    await silent.step();
    await assert.rejects(silent.step(), refused);
    const ended = account.initiate(target);
    await ended.step();
    await ended.step(challengeMessage());
    await assert.rejects(ended.step(challengeMessage()), refused);
  });

  test('any bytes in place of a challenge', async () => {
    const good = new Uint8Array(challengeMessage());
    const cut = fc.nat(good.length - 1).map((length) => good.subarray(0, length));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 80 }), cut), async (bytes) => {
        const initiator = account.initiate(target);
        await initiator.step();
        await assert.rejects(initiator.step(bytes), refused);
      }),
    );
  });
});

test('inside a negotiation both sides sign the list, with numbers of their own and the key streams begun anew', async () => {
  const initiator = new NegotiateMechanism([account]).initiate(target);
  const first = decodeNegTokenInit((await initiator.step()).token ?? new Uint8Array());
  assert.deepEqual(first.mechTypes, [mechanismOids.ntlm]);
  const challenge = encodeNegTokenResp({
    negState: 'accept-incomplete',
    supportedMech: mechanismOids.ntlm,
    responseToken: challengeMessage(),
  });
  const { token, context: early } = await initiator.step(challenge);
  assert.equal(early, undefined);
  const { responseToken, mechListMic } = decodeNegTokenResp(token ?? new Uint8Array());
  const key = acceptAuthenticate(responseToken ?? new Uint8Array(), password);
  assert.ok(key);
  assert.deepEqual(Buffer.from(mechListMic ?? []), new Sealing(key, 'client-to-server').sign(list));

  const end = encodeNegTokenResp({
    negState: 'accept-completed',
    mechListMic: new Sealing(key, 'server-to-client').sign(list),
  });
  const { token: nothing, context } = await initiator.step(end);
  assert.equal(nothing, undefined);
  const wrapped = context?.wrap(list) ?? new Uint8Array();
  const fresh = new Sealing(key, 'client-to-server');
  assert.deepEqual(Buffer.from(wrapped.subarray(16)), fresh.stream(list));
  assert.deepEqual([...wrapped.subarray(12, 16)], [1, 0, 0, 0]);
});
