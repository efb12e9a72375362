import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseGuid } from '@ad-protocols/wire';
import { decodeEptMapReply, encodeEptMap, portOf } from '../src/endpoint-mapper.ts';
import { answerChallenge, encodeNegotiateMessage, MessageSecurity, SIGNATURE_BYTES } from '@ad-protocols/ntlm';
import { AUTH_TRAILER_BYTES, decodeAuthVerifier } from '../src/pdu/auth-verifier.ts';
import { encodeAuth3 } from '../src/pdu/auth3.ts';
import { decodeBindAck } from '../src/pdu/bind-ack.ts';
import { encodeBind } from '../src/pdu/bind.ts';
import { decodeFaultStatus } from '../src/pdu/fault.ts';
import { PTYPE } from '../src/pdu/header.ts';
import { PduSplitter, type Pdu } from '../src/pdu/pdu-splitter.ts';
import { CALL_HEADER_BYTES, encodeRequest } from '../src/pdu/request.ts';
import { transferSyntaxIdentifiers } from '@ad-protocols/ndr';
import { decodeResponseHint } from '../src/pdu/response.ts';
import { ResponseAssembler } from '../src/response-assembler.ts';
import { assertEveryTruncationRefused, decodeAuthenticate, hex } from '@ad-protocols/testing';

interface RecordedCall {
  readonly opnum: number;
  readonly request: string;
  readonly response?: string;
  readonly fault?: number;
}
interface RecordedSession {
  readonly what: string;
  readonly interface: { readonly uuid: string; readonly version: readonly [number, number] };
  readonly credentials?: { readonly domain: string; readonly user: string; readonly password: string };
  readonly sessionKey?: string;
  readonly calls: readonly RecordedCall[];
  readonly clientBytes: string;
  readonly serverBytes: string;
}
const recording = readFileSync(new URL('samba-sessions.vectors.json', import.meta.url), 'utf8');
const { sessions } = JSON.parse(recording) as { sessions: readonly RecordedSession[] };

/** NTLM with packet privacy. */
const trailer = { type: 10, level: 6, contextId: 1 };

/** The PDUs of one direction, each in memory of its own. */
function split(digits: string, chunkBytes = Number.MAX_SAFE_INTEGER): Pdu[] {
  const bytes = hex(digits);
  const splitter = new PduSplitter(5840);
  const pdus: Pdu[] = [];
  for (let offset = 0; offset < bytes.length; offset += chunkBytes) {
    for (const { header, bytes: pdu } of splitter.push(bytes.slice(offset, offset + chunkBytes))) {
      pdus.push({ header, bytes: pdu.slice() });
    }
  }
  return pdus;
}

const interfaceOf = (
  session: RecordedSession,
): { uuid: ReturnType<typeof parseGuid>; version: readonly [number, number] } => ({
  uuid: parseGuid(session.interface.uuid),
  version: session.interface.version,
});

function bodyOf({ header, bytes }: Pdu): { signed: Uint8Array; end: number; padLength: number; token: Uint8Array } {
  const verifier = decodeAuthVerifier(header, bytes);
  assert(verifier);
  const signed = bytes.subarray(0, bytes.length - header.authLength);
  return { signed, end: signed.length - AUTH_TRAILER_BYTES, padLength: verifier.padLength, token: verifier.token };
}

for (const session of sessions) {
  const { what, credentials, calls } = session;
  const sessionKey = hex(session.sessionKey ?? '');

  test(`what this client sent is made again, byte for byte: ${what}`, () => {
    const [bind, ...rest] = split(session.clientBytes).map(({ bytes }) => bytes);
    const negotiate = encodeNegotiateMessage();
    const auth = credentials ? { trailer, token: negotiate } : undefined;
    const contexts = [{ id: 0, interface: interfaceOf(session), transferSyntax: transferSyntaxIdentifiers.ndr }];
    assert.deepEqual(encodeBind({ callId: 1, contexts, auth }), bind);
    if (credentials) {
      const [ack] = split(session.serverBytes);
      const authenticate = rest.shift()?.subarray(28) ?? new Uint8Array(0);
      const { workstation, ntResponse } = decodeAuthenticate(authenticate);
      const message = answerChallenge({ negotiate, challenge: ack ? bodyOf(ack).token : authenticate }, credentials, {
        workstation,
        now: 0n,
        clientChallenge: ntResponse.subarray(32, 40),
        exportedSessionKey: sessionKey,
      });
      assert.deepEqual(message, authenticate);
      assert.deepEqual(encodeAuth3(1, { trailer, token: message }).subarray(28), authenticate);
    }
    const security = credentials ? new MessageSecurity(sessionKey, 'client-to-server') : undefined;
    const signed = security ? { trailer, signatureBytes: SIGNATURE_BYTES } : undefined;
    const format = { fragmentBytesMax: 5840, auth: signed };
    const fragments = calls.flatMap(({ opnum, request }, index) => [
      ...encodeRequest({ callId: index + 2, contextId: 0, opnum, stub: hex(request) }, format),
    ]);
    for (const fragment of security ? fragments : []) {
      const signed = fragment.subarray(0, fragment.length - SIGNATURE_BYTES);
      const range = { start: CALL_HEADER_BYTES, end: signed.length - AUTH_TRAILER_BYTES };
      fragment.set(security?.seal(signed, range) ?? [], signed.length);
    }
    assert.deepEqual(fragments, rest);
  });

  test(`what Samba sent is opened, however the network cuts it: ${what}`, () => {
    for (const chunkBytes of [1, 2, 3, 16, 133, 1460, 100_000]) {
      const [ack, ...answers] = split(session.serverBytes, chunkBytes);
      assert.equal(ack?.header.type, PTYPE.bindAck);
      assert.equal(decodeBindAck(ack.bytes).fragmentBytesMax, 5840);
      const security = credentials ? new MessageSecurity(sessionKey, 'server-to-client') : undefined;
      for (const call of calls) {
        const assembler = new ResponseAssembler('samba', 100_000);
        let stub: Uint8Array | undefined;
        while (stub === undefined) {
          const answer = answers.shift();
          assert(answer);
          if (call.fault !== undefined) {
            assert.equal(answer.header.type, PTYPE.fault);
            assert.equal(decodeFaultStatus(answer.bytes), call.fault);
            break;
          }
          let part = answer.bytes.subarray(CALL_HEADER_BYTES);
          if (security) {
            const { signed, end, padLength, token } = bodyOf(answer);
            assert.equal(security.open(signed, { start: CALL_HEADER_BYTES, end }, token), true);
            part = signed.subarray(CALL_HEADER_BYTES, end - padLength);
          }
          stub = assembler.add(part, answer.header.flags, decodeResponseHint(answer.bytes, 0));
        }
        if (stub) assert.deepEqual(stub, hex(call.response ?? ''));
      }
      assert.equal(answers.length, 0);
    }
  });
}

const [drsuapi, , mapper] = sessions;
assert(drsuapi && mapper);

test("the endpoint mapper's question is made again, and its answers are understood", () => {
  const [found, notFound] = mapper.calls;
  assert.deepEqual(encodeEptMap(interfaceOf(drsuapi)), hex(found?.request ?? ''));
  const reply = hex(found?.response ?? '');
  assert.deepEqual(decodeEptMapReply(reply), { status: 0, port: 49153 });
  assert.equal(portOf(reply, 'dc:135', interfaceOf(drsuapi)), 49153);
  assert.throws(() => portOf(hex(notFound?.response ?? ''), 'dc:135', interfaceOf(drsuapi)), {
    code: 'ERR_RPC_NOT_REGISTERED',
  });
});

test("the endpoint mapper's answer cut anywhere is refused", () => {
  const codes = ['ERR_WIRE_TRUNCATED', 'ERR_WIRE_MALFORMED'];
  assertEveryTruncationRefused(hex(mapper.calls[0]?.response ?? ''), decodeEptMapReply, codes);
});

test('every PDU of the recordings cut anywhere is refused or waited for', () => {
  const decoders = new Map<number, (bytes: Uint8Array) => unknown>([
    [PTYPE.bindAck, decodeBindAck],
    [PTYPE.fault, (bytes) => decodeFaultStatus(bytes.subarray(0, 28))],
    [PTYPE.response, (bytes) => decodeResponseHint(bytes.subarray(0, 24), 0)],
  ]);
  for (const { serverBytes } of sessions) {
    for (const { header, bytes } of split(serverBytes)) {
      const fixed = header.type === PTYPE.bindAck ? 60 : header.type === PTYPE.fault ? 28 : 24;
      const decode = decoders.get(header.type);
      assert(decode);
      assertEveryTruncationRefused(bytes.slice(0, fixed), decode);
      if (header.authLength === 0) continue;
      assert.throws(() => decodeAuthVerifier(header, bytes.slice(0, -1)), { code: 'ERR_WIRE_TRUNCATED' });
    }
  }
});
