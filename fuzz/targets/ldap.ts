import { integer, encodeBer, octets, sequence } from '@ad-protocols/asn1';
import { decodeDirSync, decodePagedResults, decodeResponse } from '@ad-protocols/ldap';
import type { FuzzTarget } from '../target.ts';

const entry = sequence([octets('CN=Alice'), sequence([sequence([octets('cn'), sequence([octets('Alice')], 0x31)])])]);
const done = { tag: 0x65, content: [integer(0, 0x0a), octets(''), octets('')] };
const bindAnswer = { tag: 0x61, content: [integer(14, 0x0a), octets(''), octets('more'), octets('token', 0x87)] };
const control = sequence([
  octets('1.2.840.113556.1.4.319'),
  octets(encodeBer(sequence([integer(0), octets('cookie')]))),
]);

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
  'ldap-paged-results': {
    refusals: ['ERR_WIRE_'],
    decode: decodePagedResults,
    seeds: [encodeBer(sequence([integer(0), octets('cookie')]))],
  },
} as const satisfies Record<string, FuzzTarget>;
