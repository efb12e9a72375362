import { integer, encodeBer, octets, sequence } from '@ad-protocols/asn1';
import { decodeDirSync, decodePagedResults, decodeResponse } from '@ad-protocols/ldap';
import type { SecurityContext } from '@ad-protocols/gss';
import { FrameBuffer, type Framing } from '../../protocols/ldap/src/frame-buffer.ts';
import { messageFraming } from '../../protocols/ldap/src/message-stream.ts';
import { chooseSecurityLayer } from '../../protocols/ldap/src/sasl-layer.ts';
import { sealedFraming } from '../../protocols/ldap/src/sealed-stream.ts';
import type { FuzzTarget } from '../target.ts';

const entry = sequence([octets('CN=Alice'), sequence([sequence([octets('cn'), sequence([octets('Alice')], 0x31)])])]);
const done = { tag: 0x65, content: [integer(0, 0x0a), octets(''), octets('')] };
const bindAnswer = { tag: 0x61, content: [integer(14, 0x0a), octets(''), octets('more'), octets('token', 0x87)] };
const control = sequence([
  octets('1.2.840.113556.1.4.319'),
  octets(encodeBer(sequence([integer(0), octets('cookie')]))),
]);

/** A context that protects nothing, so that an offer is fuzzed as it is behind a right signature. */
const bare: Pick<SecurityContext, 'wrap' | 'unwrap'> = { wrap: (message) => message, unwrap: (token) => token };

function decodeOffer(offer: Uint8Array): void {
  chooseSecurityLayer(bare, offer, { server: 'a server', receiveBytesMax: 1 << 20 });
}

/** A stream as it is cut into frames: in pieces of the length that its first byte names. */
function cutIntoFrames(input: Uint8Array, framing: Framing): number {
  const frames = new FrameBuffer(framing);
  const pieceBytes = 1 + (input[0] ?? 0);
  let count = 0;
  for (let at = 1; at < input.length; at += pieceBytes) {
    frames.push(input.subarray(at, at + pieceBytes));
    while (frames.next()) count += 1;
  }
  return count;
}

export const targets = {
  'ldap-response': {
    refusals: ['ERR_WIRE_'],
    decode: decodeResponse,
    seeds: [
      encodeBer(sequence([integer(7), { tag: 0x64, content: entry.content }])),
      encodeBer(sequence([integer(7), done, { tag: 0xa0, content: [control] }])),
      encodeBer(sequence([integer(1), bindAnswer])),
    ],
  },
  'ldap-dirsync': {
    refusals: ['ERR_WIRE_'],
    decode: decodeDirSync,
    seeds: [encodeBer(sequence([integer(1), integer(0), octets('cookie')]))],
  },
  'ldap-security-layers': {
    refusals: ['ERR_WIRE_', 'ERR_LDAP_MECHANISM'],
    decode: decodeOffer,
    seeds: [Uint8Array.of(7, 0, 255, 255)],
  },
  'ldap-messages': {
    refusals: ['ERR_WIRE_', 'ERR_LDAP_TOO_LARGE'],
    decode: (input) => cutIntoFrames(input, messageFraming),
    seeds: [
      Buffer.concat([Uint8Array.of(2), encodeBer(sequence([integer(7), done])), encodeBer(sequence([octets('next')]))]),
    ],
  },
  'ldap-sealed-buffers': {
    refusals: ['ERR_LDAP_TOO_LARGE'],
    decode: (input) => cutIntoFrames(input, sealedFraming(1 << 20)),
    seeds: [Uint8Array.of(1, 0, 0, 0, 2, 170, 187, 0, 0, 0, 0, 0, 0, 1, 0)],
  },
  'ldap-paged-results': {
    refusals: ['ERR_WIRE_'],
    decode: decodePagedResults,
    seeds: [encodeBer(sequence([integer(0), octets('cookie')]))],
  },
} as const satisfies Record<string, FuzzTarget>;
