import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  decodeNegTokenInit,
  decodeNegTokenResp,
  encodeNegTokenInit,
  encodeNegTokenResp,
  mechanismOids,
  NegotiateMechanism,
  SecurityError,
  type InitiatorStep,
  type Mechanism,
  type NegTokenResp,
} from '@ad-protocols/gss';
import * as fc from 'fast-check';
import { encodeMechTypeList } from '../src/spnego/mechanism-list.ts';
import { CountingContext, CountingMechanism, tokenOf } from './peer/counting-mechanism.ts';
import { NegotiationAcceptor } from './peer/negotiation-acceptor.ts';

const target = { service: 'ldap', host: 'dc1.corp.example', dceStyle: false };
const { kerberos: kerberosOid, microsoftKerberos, ntlm: ntlmOid } = mechanismOids;

const kerberosWith = (legs: number): CountingMechanism => new CountingMechanism(kerberosOid, 'Kerberos', { legs });
const ntlmWith = (legs: number): CountingMechanism => new CountingMechanism(ntlmOid, 'NTLM', { legs });

class CodedError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

const failing = (code: string): CountingMechanism =>
  new CountingMechanism(kerberosOid, 'Kerberos', { legs: 2, failure: new CodedError(code) });

/** Lets both sides talk until the initiator has its context. */
async function negotiate(mechanism: Mechanism, acceptor: NegotiationAcceptor): Promise<InitiatorStep['context']> {
  const initiator = mechanism.initiate(target);
  let answer: Uint8Array | undefined;
  for (let round = 0; round < 10; round += 1) {
    const { token, context } = await initiator.step(answer);
    answer = token && acceptor.accept(token);
    if (context) return context;
  }
  return undefined;
}

describe('a sign-in ends on both sides', () => {
  for (const legs of [1, 2, 3, 4]) {
    for (const alwaysSigns of [false, true]) {
      test(`with the preferred mechanism, ${legs} tokens, ${alwaysSigns ? 'signed' : 'signatures left out'}`, async () => {
        const kerberos = kerberosWith(legs);
        const acceptor = new NegotiationAcceptor({
          mechanisms: [{ oid: kerberosOid, name: 'Kerberos', legs }],
          alwaysSigns,
        });
        const context = await negotiate(new NegotiateMechanism([kerberos, ntlmWith(3)]), acceptor);
        assert.equal(context, kerberos.contexts[0]);
        assert.equal(acceptor.complete, true);
        assert.equal(kerberos.contexts[0]?.restarts, 1);
        assert.equal(kerberos.contexts[0]?.wiped, false);
      });
    }

    test(`with the other mechanism, ${legs} tokens, signed by both`, async () => {
      const ntlm = ntlmWith(legs);
      const acceptor = new NegotiationAcceptor({ mechanisms: [{ oid: ntlmOid, name: 'NTLM', legs }] });
      const context = await negotiate(new NegotiateMechanism([kerberosWith(2), ntlm]), acceptor);
      assert.equal(context, ntlm.contexts[0]);
      assert.equal(context?.mechanismName, 'NTLM');
      assert.equal(acceptor.complete, true);
      assert.equal(acceptor.initiatorSigned, true);
    });
  }

  test('signed by both where the mechanism asks for it', async () => {
    const ntlm = new CountingMechanism(ntlmOid, 'NTLM', { legs: 3, mustSignMechanismList: true });
    const acceptor = new NegotiationAcceptor({ mechanisms: [{ oid: ntlmOid, name: 'NTLM', legs: 3 }] });
    assert.equal(await negotiate(new NegotiateMechanism([ntlm]), acceptor), ntlm.contexts[0]);
    assert.equal(acceptor.initiatorSigned, true);
  });

  test('where the server names Kerberos by its old number', async () => {
    const kerberos = kerberosWith(2);
    const acceptor = new NegotiationAcceptor({
      mechanisms: [{ oid: kerberosOid, name: 'Kerberos', legs: 2 }],
      alter: (answer) => ({ ...answer, supportedMech: microsoftKerberos }),
    });
    assert.equal(await negotiate(new NegotiateMechanism([kerberos]), acceptor), kerberos.contexts[0]);
  });

  test('where the server names the mechanism in every answer', async () => {
    const ntlm = ntlmWith(4);
    const acceptor = new NegotiationAcceptor({
      mechanisms: [{ oid: ntlmOid, name: 'NTLM', legs: 4 }],
      alter: (answer, number) => ({ ...answer, supportedMech: number === 1 ? ntlmOid : kerberosOid }),
    });
    assert.equal(await negotiate(new NegotiateMechanism([ntlm]), acceptor), ntlm.contexts[0]);
  });
});

test('what is offered: the mechanisms in their order, with the first token of the first one and of no other', async () => {
  const [kerberos, ntlm] = [kerberosWith(2), ntlmWith(3)];
  const mechanism = new NegotiateMechanism([kerberos, ntlm]);
  assert.deepEqual([mechanism.oid, mechanism.name], [mechanismOids.spnego, 'Negotiate']);
  assert.equal(mechanism.account, kerberos.account);
  const dceTarget = { ...target, dceStyle: true };
  const { token, context } = await mechanism.initiate(dceTarget).step();
  assert.equal(context, undefined);
  const { mechTypes, mechToken } = decodeNegTokenInit(token ?? new Uint8Array());
  assert.deepEqual(mechTypes, [kerberosOid, ntlmOid]);
  assert.deepEqual(mechToken, tokenOf('Kerberos', 0));
  assert.deepEqual([kerberos.targets, ntlm.targets], [[dceTarget], []]);
});

test('a server that speaks first changes nothing in what is offered', async () => {
  const mechanism = new NegotiateMechanism([kerberosWith(2), ntlmWith(3)]);
  const hello = encodeNegTokenInit({ mechTypes: [ntlmOid], hintName: 'not_defined_in_RFC4178@please_ignore' });
  const { token } = await mechanism.initiate(target).step(hello);
  assert.deepEqual(decodeNegTokenInit(token ?? new Uint8Array()).mechTypes, [kerberosOid, ntlmOid]);
});

async function offeredBy(mechanism: Mechanism): Promise<readonly string[]> {
  const { token } = await mechanism.initiate(target).step();
  return decodeNegTokenInit(token ?? new Uint8Array()).mechTypes;
}

describe('a mechanism that cannot begin', () => {
  test('is left out when another may serve', async () => {
    for (const reason of ['KDC_UNREACHABLE', 'REALM_UNKNOWN', 'SERVICE_UNKNOWN', 'ETYPE_NOT_SUPPORTED', 'SKEW']) {
      const code = `ERR_KRB5_${reason}`;
      assert.deepEqual(await offeredBy(new NegotiateMechanism([failing(code), ntlmWith(3)])), [ntlmOid]);
    }
  });

  test('ends the sign-in when its reason is one that no other mechanism cures', async () => {
    for (const code of ['ERR_KRB5_PREAUTH_FAILED', 'ERR_KRB5_CLIENT_REVOKED', 'ERR_KRB5_CLIENT_UNKNOWN', '']) {
      await assert.rejects(offeredBy(new NegotiateMechanism([failing(code), ntlmWith(3)])), { code });
    }
  });

  test('ends the sign-in when there is no other, whatever the options say', async () => {
    const mechanism = new NegotiateMechanism([failing('ERR_KRB5_KDC_UNREACHABLE')], { mayFallBack: () => true });
    await assert.rejects(offeredBy(mechanism), { code: 'ERR_KRB5_KDC_UNREACHABLE' });
  });

  test('is judged by the decision in the options', async () => {
    const never = { mayFallBack: () => false };
    await assert.rejects(offeredBy(new NegotiateMechanism([failing('ERR_KRB5_KDC_UNREACHABLE'), ntlmWith(3)], never)));
    const asked: unknown[] = [];
    const always = { mayFallBack: (error: unknown, { name }: Mechanism) => asked.push(name, error) > 0 };
    assert.deepEqual(await offeredBy(new NegotiateMechanism([failing('ERR_X'), ntlmWith(3)], always)), [ntlmOid]);
    assert.deepEqual([asked[0], (asked[1] as CodedError).code], ['Kerberos', 'ERR_X']);
  });

  test('ends the sign-in when it was given up', async () => {
    const mechanism = new NegotiateMechanism([failing('ERR_KRB5_KDC_UNREACHABLE'), ntlmWith(3)]);
    await assert.rejects(mechanism.initiate({ ...target, signal: AbortSignal.abort() }).step());
  });
});

/** The acceptor's signature of a list, as number `number` of its messages. */
function signatureOf(name: string, oids: readonly string[]): Uint8Array {
  return new CountingContext(name, 'acceptor').sign(encodeMechTypeList(oids));
}

const both = [kerberosOid, ntlmOid];
const kerberosToken = tokenOf('Kerberos', 1);
const chosen: NegTokenResp = { negState: 'accept-incomplete', supportedMech: kerberosOid };
const ntlmChosen: NegTokenResp = { negState: 'request-mic', supportedMech: ntlmOid };

/** What a server may say, answer by answer, and the error that the last of them ends in. The mechanism has two tokens. */
const wrongAnswers: readonly (readonly [what: string, code: string, answers: readonly NegTokenResp[]])[] = [
  ['no state in the first answer', 'ERR_GSS_TOKEN', [{ supportedMech: kerberosOid, responseToken: kerberosToken }]],
  ['no choice in the first answer', 'ERR_GSS_TOKEN', [{ negState: 'accept-completed', responseToken: kerberosToken }]],
  [
    'a choice that was not offered',
    'ERR_GSS_NO_COMMON_MECHANISM',
    [{ negState: 'accept-incomplete', supportedMech: '1.3.6.1.4.1.311.2.2.30' }],
  ],
  ['a rejection at once', 'ERR_GSS_REJECTED', [{ negState: 'reject' }]],
  ['a rejection of a choice', 'ERR_GSS_REJECTED', [{ negState: 'reject', supportedMech: kerberosOid }]],
  ['a rejection later', 'ERR_GSS_REJECTED', [ntlmChosen, { negState: 'reject' }]],
  [
    "a rejection with the mechanism's own reason",
    'ERR_TEST_WRONG_TOKEN',
    [{ negState: 'reject', supportedMech: kerberosOid, responseToken: Uint8Array.of(1) }],
  ],
  [
    "a rejection although the mechanism's token is right",
    'ERR_GSS_REJECTED',
    [{ negState: 'reject', responseToken: kerberosToken }],
  ],
  ["a missing token of the mechanism's", 'ERR_GSS_TOKEN', [chosen]],
  ["a wrong token of the mechanism's", 'ERR_TEST_WRONG_TOKEN', [{ ...chosen, responseToken: Uint8Array.of(1) }]],
  ['a token for a mechanism that has not begun', 'ERR_GSS_TOKEN', [{ ...ntlmChosen, responseToken: Uint8Array.of(1) }]],
  ['an end before the mechanism has begun', 'ERR_GSS_TOKEN', [{ ...ntlmChosen, negState: 'accept-completed' }]],
  [
    'an end without signatures although another mechanism was chosen',
    'ERR_GSS_DOWNGRADE',
    [ntlmChosen, { negState: 'accept-completed', responseToken: tokenOf('NTLM', 1) }],
  ],
  [
    'an end without signatures although it has asked for them',
    'ERR_GSS_DOWNGRADE',
    [
      { negState: 'request-mic', supportedMech: kerberosOid, responseToken: kerberosToken },
      { negState: 'accept-completed' },
    ],
  ],
  [
    'an end without its signature after this side has signed',
    'ERR_GSS_DOWNGRADE',
    [{ ...chosen, responseToken: kerberosToken }, { negState: 'accept-completed' }],
  ],
  [
    'a signature of a list without the preferred mechanism',
    'ERR_GSS_DOWNGRADE',
    [
      ntlmChosen,
      {
        negState: 'accept-incomplete',
        responseToken: tokenOf('NTLM', 1),
        mechListMic: signatureOf('NTLM', [ntlmOid]),
      },
    ],
  ],
  [
    'a wrong signature although none is needed',
    'ERR_GSS_DOWNGRADE',
    [{ ...chosen, negState: 'accept-completed', responseToken: kerberosToken, mechListMic: new Uint8Array(8) }],
  ],
  [
    'an empty signature',
    'ERR_GSS_DOWNGRADE',
    [{ ...chosen, negState: 'accept-completed', responseToken: kerberosToken, mechListMic: new Uint8Array() }],
  ],
  [
    'a signature before the mechanism has ended',
    'ERR_GSS_TOKEN',
    [{ ...ntlmChosen, mechListMic: signatureOf('NTLM', both) }],
  ],
  [
    'a token after the mechanism has ended',
    'ERR_GSS_TOKEN',
    [
      { ...chosen, responseToken: kerberosToken },
      { negState: 'accept-incomplete', responseToken: kerberosToken },
    ],
  ],
  [
    'signatures asked for too late',
    'ERR_GSS_TOKEN',
    [{ ...chosen, responseToken: kerberosToken }, { negState: 'request-mic' }],
  ],
  [
    'no end although nothing is left to be said',
    'ERR_GSS_TOKEN',
    [{ ...chosen, responseToken: kerberosToken }, { negState: 'accept-incomplete' }],
  ],
];

for (const [what, code, answers] of wrongAnswers) {
  test(`refused, and all keys wiped: ${what}`, async () => {
    const mechanisms = [kerberosWith(2), ntlmWith(2)] as const;
    const initiator = new NegotiateMechanism(mechanisms).initiate(target);
    await initiator.step();
    for (const answer of answers.slice(0, -1)) await initiator.step(encodeNegTokenResp(answer));
    const last = encodeNegTokenResp(answers.at(-1) ?? {});
    await assert.rejects(initiator.step(last), { code });
    for (const { contexts } of mechanisms) assert.ok(contexts.every(({ wiped }) => wiped));
    await assert.rejects(initiator.step(last), { code: 'ERR_GSS_TOKEN' }, 'nothing can follow');
  });
}

test('the error says what was tried and what to do', async () => {
  const initiator = new NegotiateMechanism([kerberosWith(2), ntlmWith(3)]).initiate(target);
  await initiator.step();
  await assert.rejects(initiator.step(encodeNegTokenResp({ negState: 'reject' })), (error) => {
    assert.ok(error instanceof SecurityError);
    assert.match(error.message, /Kerberos and NTLM/);
    assert.notEqual(error.nextStep, '');
    return true;
  });
});

test('a context that was handed over is not wiped by what is said afterwards', async () => {
  const kerberos = kerberosWith(2);
  const initiator = new NegotiateMechanism([kerberos]).initiate(target);
  await initiator.step();
  const { context } = await initiator.step(
    encodeNegTokenResp({ ...chosen, negState: 'accept-completed', responseToken: kerberosToken }),
  );
  assert.ok(context);
  await assert.rejects(initiator.step(new Uint8Array()), { code: 'ERR_GSS_TOKEN' });
  assert.equal(kerberos.contexts[0]?.wiped, false);
});

test('an end of the connection in mid-negotiation is named', async () => {
  const initiator = new NegotiateMechanism([kerberosWith(2)]).initiate(target);
  await initiator.step();
  await assert.rejects(initiator.step(), { code: 'ERR_GSS_TOKEN' });
});

test('a man in the middle who takes the preferred mechanism out of the list is found out', async () => {
  const acceptor = new NegotiationAcceptor({
    mechanisms: [
      { oid: kerberosOid, name: 'Kerberos', legs: 2 },
      { oid: ntlmOid, name: 'NTLM', legs: 4 },
    ],
    alter: (answer) => answer,
  });
  const initiator = new NegotiateMechanism([kerberosWith(2), ntlmWith(4)]).initiate(target);
  await initiator.step();
  const lessened = encodeNegTokenInit({ mechTypes: [ntlmOid], mechToken: tokenOf('NTLM', 0) });
  // The server has the first token already, so its answer is kept back until it fits.
  const kept = decodeNegTokenResp(acceptor.accept(lessened) ?? new Uint8Array());
  await initiator.step(encodeNegTokenResp({ negState: 'accept-incomplete', supportedMech: ntlmOid }));
  const { token } = await initiator.step(encodeNegTokenResp({ ...kept, negState: 'accept-incomplete' }));
  const end = acceptor.accept(token ?? new Uint8Array());
  await assert.rejects(initiator.step(end), { code: 'ERR_GSS_DOWNGRADE' });
});

test('any bytes as an answer give a named error', async () => {
  const good = encodeNegTokenResp({ ...chosen, responseToken: kerberosToken, mechListMic: new Uint8Array(8) });
  const damaged = fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, value]) => good.with(at, value));
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 60 }), damaged), async (answer) => {
      const initiator = new NegotiateMechanism([kerberosWith(2), ntlmWith(3)]).initiate(target);
      await initiator.step();
      await initiator.step(answer).then(
        ({ token, context }) => assert.ok(token ?? context),
        (error: { code?: unknown }) => assert.match(String(error.code), /^ERR_(GSS|TEST)_/),
      );
    }),
  );
});

describe('the mechanism inside is given up', () => {
  test('when the server chooses another one', async () => {
    const [kerberos, ntlm] = [kerberosWith(2), ntlmWith(3)];
    const acceptor = new NegotiationAcceptor({ mechanisms: [{ oid: ntlmOid, name: 'NTLM', legs: 3 }] });
    assert.ok(await negotiate(new NegotiateMechanism([kerberos, ntlm]), acceptor));
    assert.deepEqual([kerberos.abandoned, ntlm.abandoned], [1, 0]);
  });

  test('when the negotiation fails, or is given up itself', async () => {
    const kerberos = kerberosWith(2);
    const failed = new NegotiateMechanism([kerberos]).initiate(target);
    await failed.step();
    await assert.rejects(failed.step(new Uint8Array(3)), { code: 'ERR_GSS_TOKEN' });
    assert.equal(kerberos.abandoned, 1);
    const abandoned = new NegotiateMechanism([kerberos]).initiate(target);
    await abandoned.step();
    abandoned.abandon?.();
    assert.equal(kerberos.abandoned, 2);
    await assert.rejects(abandoned.step(new Uint8Array(3)), { code: 'ERR_GSS_TOKEN' });
  });
});
