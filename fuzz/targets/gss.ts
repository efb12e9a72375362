import { DerReader, encodeBer, explicit, integer, sequence } from '@ad-protocols/asn1';
import { mechanismOids } from '@ad-protocols/gss';
import { decodeNegTokenInit, encodeNegTokenInit } from '../../protocols/gss/src/spnego/neg-token-init.ts';
import { decodeNegTokenResp, encodeNegTokenResp } from '../../protocols/gss/src/spnego/neg-token-resp.ts';
import type { FuzzTarget } from '../target.ts';

const NESTING_MAX = 64;

/** Walks through elements of any kind with the reader that all the formats of DER are built on. */
function walk(reader: DerReader, depth: number): void {
  while (reader.nextTag !== undefined) {
    const tag = reader.nextTag;
    const content = reader.content(tag);
    if ((tag & 0x20) !== 0 && depth < NESTING_MAX) walk(new DerReader(content, 'element'), depth + 1);
  }
}

const token = Uint8Array.of(1, 2, 3);
const mechTypes = [mechanismOids.kerberos, mechanismOids.ntlm];

export const targets = {
  'asn1-der': {
    refusals: ['ERR_WIRE_'],
    decode: (input) => walk(new DerReader(input, 'element'), 0),
    seeds: [encodeBer(sequence([explicit(0, integer(5)), sequence([integer(70_000)])]))],
  },
  'spnego-init': {
    refusals: ['ERR_WIRE_'],
    decode: decodeNegTokenInit,
    seeds: [
      encodeNegTokenInit({ mechTypes, mechToken: token, mechListMic: token }),
      encodeNegTokenInit({ mechTypes, hintName: 'hint', mechListMic: token }),
    ],
  },
  'spnego-response': {
    refusals: ['ERR_WIRE_'],
    decode: decodeNegTokenResp,
    seeds: [
      encodeNegTokenResp({
        negState: 'accept-incomplete',
        supportedMech: mechanismOids.ntlm,
        responseToken: token,
        mechListMic: token,
      }),
    ],
  },
} as const satisfies Record<string, FuzzTarget>;
