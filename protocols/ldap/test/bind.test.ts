import assert from 'node:assert/strict';
import { duplexPair } from 'node:stream';
import { suite, test } from 'node:test';
import { octets } from '@ad-protocols/asn1';
import {
  mechanismOids,
  type Initiator,
  type InitiatorStep,
  type Mechanism,
  type SecurityContext,
} from '@ad-protocols/gss';
import { NtlmMechanism } from '@ad-protocols/ntlm';
import { bindSasl } from '../src/bind.ts';
import { LdapBindError, LdapError } from '../src/errors.ts';
import { LdapClient } from '../src/ldap-client.ts';
import { MessageStream } from '../src/message-stream.ts';
import type { SealedStreamLimits } from '../src/sealed-stream.ts';
import { bindResponse, LdapPeer, resultFields, saslOf, searchDone, searchEntry } from './support/ldap-peer.ts';

const server = 'dc1.corp.test:389';
const host = 'dc1.corp.test';
const password = 'never-to-be-shown';
const ntlm = new NtlmMechanism({ domain: 'CORP', user: 'alice', password });

function start(
  mechanism: Mechanism,
  options: { timeoutMs?: number; signal?: AbortSignal; limits?: SealedStreamLimits | undefined } = {},
) {
  const [below, other] = duplexPair();
  const bound = bindSasl(below, { mechanism, host, server, timeoutMs: 5000, ...options });
  bound.catch(() => undefined);
  return { below, bound, other, peer: new LdapPeer(other) };
}

/** A mechanism that gives its steps from a list. */
function scripted(
  steps: InitiatorStep[],
  oid: string = mechanismOids.kerberos,
): Mechanism & { inputs: unknown[]; abandoned: boolean } {
  const inputs: unknown[] = [];
  const initiator: Initiator = {
    abandon() {
      mechanism.abandoned = true;
    },
    async step(input) {
      inputs.push(input && Buffer.from(input).toString('hex'));
      return steps.shift() ?? assert.fail('one step too many');
    },
  };
  const initiate = (): Initiator => initiator;
  const mechanism = { oid, name: 'scripted', account: 'CORP\\alice', inputs, abandoned: false, initiate };
  return mechanism;
}

const unused = (): never => assert.fail('not used by LDAP');

/** A context that protects nothing: the layer's messages can be read in the test. */
function bareContext(): SecurityContext & { wiped: boolean } {
  return {
    mechanismName: 'bare',
    sessionKey: new Uint8Array(),
    sealSignatureBytes: 0,
    signSignatureBytes: 0,
    seal: unused,
    open: unused,
    sign: unused,
    verify: unused,
    wrap: (message) => message,
    unwrap: (token) => token,
    wiped: false,
    wipe() {
      this.wiped = true;
    },
  };
}

suite('signing in with NTLM', () => {
  test('goes as GSS-SPNEGO in two legs; everything after them is sealed', async () => {
    const { bound, peer } = start(ntlm);
    await peer.acceptNtlm(password);
    const client = new LdapClient(new MessageStream(await bound, server), { server });
    const reading = client.read('cn=a', ['cn']);
    const { id } = await peer.next();
    peer.send(searchEntry(id, 'cn=a', { cn: ['a'] }), searchDone(id));
    assert.equal((await reading)?.dn, 'cn=a');
    client.close();
  });

  test('what comes right behind the last leg is not lost', async () => {
    const { bound, peer } = start(ntlm);
    await peer.acceptNtlm(password);
    peer.send(searchEntry(5, 'cn=early'));
    const stream = new MessageStream(await bound, server);
    const message: unknown = await new Promise((resolve) => {
      stream.once('data', resolve);
    });
    assert.deepEqual(message, Buffer.from(searchEntry(5, 'cn=early')));
    stream.destroy();
  });

  test('a wrong password is named', async () => {
    const { bound, peer, below } = start(new NtlmMechanism({ domain: 'CORP', user: 'alice', password: 'other' }));
    await peer.acceptNtlm(password);
    await assert.rejects(bound, (error) => error instanceof LdapBindError && error.reason === 'wrong-password');
    assert.equal(below.destroyed, true);
  });

  test('a challenge that is none is named', async () => {
    const { bound, peer } = start(ntlm);
    const { id } = await peer.next();
    peer.send(bindResponse(id, [...resultFields(14), octets('NTLMSSP\0', 0x87)]));
    await assert.rejects(bound, { code: 'ERR_GSS_TOKEN' });
  });
});

/** What AD says when it refuses a sign-in. */
const data = (code: string): string => `80090308: LdapErr: DSID-0C09044E, comment: error, data ${code}, v2580\0`;

suite('a sign-in that the server refuses', () => {
  const rows = [
    [49, data('52e'), 'ERR_LDAP_CREDENTIALS', 'wrong-password', /wrong name or password/],
    [49, data('525'), 'ERR_LDAP_CREDENTIALS', 'no-such-account', /no such account/],
    [49, data('530'), 'ERR_LDAP_CREDENTIALS', 'sign-in-restricted', /at this time/],
    [49, data('531'), 'ERR_LDAP_CREDENTIALS', 'sign-in-restricted', /from this host/],
    [49, data('532'), 'ERR_LDAP_CREDENTIALS', 'password-expired', /expired/],
    [49, data('533'), 'ERR_LDAP_CREDENTIALS', 'account-disabled', /disabled/],
    [49, data('701'), 'ERR_LDAP_CREDENTIALS', 'account-expired', /it has expired/],
    [49, data('773'), 'ERR_LDAP_CREDENTIALS', 'password-must-change', /must be changed/],
    [49, data('775'), 'ERR_LDAP_CREDENTIALS', 'locked-out', /locked out/],
    [49, data('80090346'), 'ERR_LDAP_CREDENTIALS', 'channel-binding', /TLS channel/],
    [49, 'Simple Bind Failed', 'ERR_LDAP_CREDENTIALS', 'unknown', /Simple Bind Failed/],
    [8, 'BindSimple: Transport encryption required.', 'ERR_LDAP_PROTECTION_REQUIRED', undefined, /without protection/],
    [7, '', 'ERR_LDAP_MECHANISM', undefined, /this kind of sign-in/],
    [51, '', 'ERR_LDAP_BUSY', undefined, /too busy/],
    [80, 'a\r\nb', 'ERR_LDAP_RESULT', undefined, /LDAP result 80: a b$/],
  ] as const;
  for (const [code, diagnostic, expected, reason, message] of rows) {
    test(`${code} ${diagnostic.slice(-14).trim()}: ${reason ?? expected}`, async () => {
      const { bound, peer } = start(ntlm);
      const { id } = await peer.next();
      peer.send(bindResponse(id, resultFields(code, diagnostic)));
      const error: unknown = await bound.catch((caught: unknown) => caught);
      assert.ok(error instanceof LdapError);
      assert.equal(error.code, expected);
      assert.equal(error instanceof LdapBindError ? error.reason : undefined, reason);
      assert.match(error.message, message);
      assert.match(error.message, /dc1\.corp\.test/);
      assert.ok(error.nextStep.length > 10);
      assert.doesNotMatch(error.message + error.nextStep, new RegExp(password));
    });
  }
});

suite('a server that breaks the protocol of signing in', () => {
  const broken = [
    ['answers another request', (peer: LdapPeer, id: number) => peer.send(bindResponse(id + 1, resultFields(0)))],
    ['answers with an entry', (peer: LdapPeer, id: number) => peer.send(searchEntry(id, 'cn=a'))],
    [
      'answers with what is no LDAP',
      (peer: LdapPeer) => peer.raw(Buffer.from('HTTP/1.1 400 Bad Request\r\n'.repeat(9))),
    ],
    ['is done before the client is', (peer: LdapPeer, id: number) => peer.send(bindResponse(id, resultFields(0)))],
  ] as const;
  for (const [name, answer] of broken) {
    test(name, async () => {
      const mechanism = scripted([{ token: Uint8Array.of(1) }, {}]);
      const { bound, peer, below } = start(mechanism);
      const { id } = await peer.next();
      answer(peer, id);
      await assert.rejects(bound, { code: 'ERR_LDAP_PROTOCOL' });
      assert.equal(mechanism.abandoned, true);
      assert.equal(below.destroyed, true);
    });
  }

  test('never comes to an end', async () => {
    const steps = Array.from({ length: 20 }, () => ({ token: Uint8Array.of(1) }));
    const { bound, peer } = start(scripted(steps, mechanismOids.spnego));
    for (let leg = 1; leg <= 12; leg += 1) {
      const { id } = await peer.next();
      peer.send(bindResponse(id, resultFields(14)));
    }
    await assert.rejects(bound, { code: 'ERR_LDAP_PROTOCOL', message: /12 legs/ });
  });

  test('is silent', async () => {
    const { bound, below } = start(ntlm, { timeoutMs: 50 });
    await assert.rejects(bound, { code: 'ERR_LDAP_TIMEOUT', message: /50 ms when signing in/ });
    assert.equal(below.destroyed, true);
  });

  test('hangs up', async () => {
    const { bound, peer } = start(ntlm);
    await peer.next();
    peer.end();
    await assert.rejects(bound, { code: 'ERR_LDAP_CLOSED' });
  });

  test('is given up by the signal, with its reason', async () => {
    const stop = new AbortController();
    const { bound, peer } = start(ntlm, { signal: stop.signal });
    await peer.next();
    const reason = new Error('stopping');
    stop.abort(reason);
    await assert.rejects(bound, (error) => error === reason);
  });
});

/** A sign-in whose server offers this in its last token. */
async function offered(offer: string, limits?: SealedStreamLimits) {
  const context = bareContext();
  const mechanism = scripted([{ token: Uint8Array.of(1) }, { context }]);
  const { bound, other, peer } = start(mechanism, { limits });
  const first = await peer.next();
  assert.deepEqual(saslOf(first), { mechanism: 'GSSAPI', credentials: Buffer.of(1) });
  peer.send(bindResponse(first.id, [...resultFields(14), octets(Uint8Array.of(2), 0x87)]));
  const second = await peer.next();
  assert.equal(saslOf(second).credentials?.length, 0);
  peer.send(bindResponse(second.id, [...resultFields(14), octets(Buffer.from(offer, 'hex'), 0x87)]));
  return { context, mechanism, bound, other, peer };
}

suite('the security layer of SASL GSSAPI', () => {
  test('confidentiality is taken, with the sizes of both sides', async () => {
    const { mechanism, bound, peer } = await offered('07000200');
    const last = await peer.next();
    assert.equal(Buffer.from(saslOf(last).credentials ?? []).toString('hex'), '04ffffff');
    peer.send(bindResponse(last.id, resultFields(0)));
    const stream = await bound;
    assert.deepEqual(mechanism.inputs, [undefined, '02']);
    // 512 bytes at most, of which a token takes 128 for itself.
    stream.write(Buffer.alloc(500));
    stream.end();
    await assert.rejects(peer.next());
  });

  const sizes = [
    // Offer, limits of this side; what this side says that it takes, and the largest token that it sends.
    ['07ffffff', undefined, '04ffffff', 65_536],
    ['07001000', undefined, '04ffffff', 4096],
    ['07ffffff', { sendBytesMax: 1000, receiveBytesMax: 70_000 }, '04011170', 1000],
    ['07000200', { sendBytesMax: 1000, receiveBytesMax: 2 ** 30 }, '04ffffff', 512],
  ] as const;
  for (const [offer, limits, answer, tokenBytesMax] of sizes) {
    test(`${offer} and ${JSON.stringify(limits)}: tokens of at most ${tokenBytesMax} bytes are sent`, async () => {
      const { bound, peer, other } = await offered(offer, limits);
      const last = await peer.next();
      assert.equal(Buffer.from(saslOf(last).credentials ?? []).toString('hex'), answer);
      peer.send(bindResponse(last.id, resultFields(0)));
      const stream = await bound;
      stream.end(Buffer.alloc(200_000));
      const sent = Buffer.concat(await other.toArray());
      const contentBytesMax = tokenBytesMax - 128;
      assert.equal(sent.readUInt32BE(), contentBytesMax);
      assert.equal(sent.length, 200_000 + 4 * Math.ceil(200_000 / contentBytesMax));
    });
  }

  const refused = [
    ['no layer but integrity', '03ffffff', 'ERR_LDAP_MECHANISM'],
    ['no bytes at a time', '07000000', 'ERR_LDAP_MECHANISM'],
    ['fewer bytes at a time than any token has', '070000ff', 'ERR_LDAP_MECHANISM'],
    ['too few bytes', '07ffff', 'ERR_LDAP_PROTOCOL'],
    ['too many bytes', '07ffffff00', 'ERR_LDAP_PROTOCOL'],
  ] as const;
  for (const [name, offer, code] of refused) {
    test(`refused: ${name}`, async () => {
      const { context, bound } = await offered(offer);
      await assert.rejects(bound, { code });
      assert.equal(context.wiped, true);
    });
  }

  test('a server that skips it is refused', async () => {
    const context = bareContext();
    const { bound, peer } = start(scripted([{ token: Uint8Array.of(1) }, { context }]));
    const { id } = await peer.next();
    peer.send(bindResponse(id, [...resultFields(0), octets(Uint8Array.of(2), 0x87)]));
    await assert.rejects(bound, { code: 'ERR_LDAP_PROTOCOL' });
    assert.equal(context.wiped, true);
  });
});

test('SPNEGO is complete with the token that comes with success', async () => {
  const context = bareContext();
  const mechanism = scripted([{ token: Uint8Array.of(1) }, { context }], mechanismOids.spnego);
  const { bound, peer } = start(mechanism);
  const request = await peer.next();
  assert.equal(saslOf(request).mechanism, 'GSS-SPNEGO');
  peer.send(bindResponse(request.id, [...resultFields(0), octets(Uint8Array.of(3), 0x87)]));
  (await bound).destroy();
  assert.deepEqual(mechanism.inputs, [undefined, '03']);
  assert.equal(context.wiped, true);
});
