import type { TransferSyntax } from '@ad-protocols/ndr';
import { decodeBindReply } from '../../protocols/drsr/src/bind.ts';
import { decompress } from '../../protocols/drsr/src/compression/decompress.ts';
import {
  decodeCrackNamesReply,
  encodeCrackNamesReply,
} from '../../protocols/drsr/src/crack-names/crack-names-reply.ts';
import {
  decodeDomainControllerInfoReply,
  encodeDomainControllerInfoReply,
} from '../../protocols/drsr/src/domain-controller-info/domain-controller-info-reply.ts';
import { decodeGetChangesReply } from '../../protocols/drsr/src/get-changes-reply.ts';
import type { FuzzTarget } from '../target.ts';

/** Both transfer syntaxes: the first byte says which one the rest is in. */
function inEither(decode: (stub: Uint8Array, syntax: TransferSyntax) => unknown): FuzzTarget['decode'] {
  return (input) => decode(input.slice(1), ((input[0] ?? 0) & 1) === 0 ? 'ndr' : 'ndr64');
}

/** Seeds for {@link inEither}. */
function both(encode: (syntax: TransferSyntax) => Uint8Array): Uint8Array[] {
  return [Uint8Array.of(0, ...encode('ndr')), Uint8Array.of(1, ...encode('ndr64'))];
}

/** Algorithm (1) ‖ uncompressed size (3, little-endian) ‖ compressed bytes. */
function decodeCompressed(input: Uint8Array): void {
  const [algorithm = 0, low = 0, middle = 0, high = 0] = input;
  decompress(algorithm, input.slice(4), low | (middle << 8) | (high << 16));
}

/** `abab…`, one chunk of literals under a flag word of zeros. */
const literals = `031a0000 1a000000 1e000000 00000000 ${'6162'.repeat(13)}`.replaceAll(' ', '');

export const targets = {
  'drsr-bind': { refusals: ['ERR_WIRE_'], decode: inEither(decodeBindReply), seeds: [] },
  'drsr-get-changes': { refusals: ['ERR_WIRE_', 'ERR_DRSR_'], decode: inEither(decodeGetChangesReply), seeds: [] },
  'drsr-compression': {
    refusals: ['ERR_WIRE_'],
    decode: decodeCompressed,
    seeds: [Buffer.from(literals, 'hex')],
  },
  'drsr-crack-names': {
    refusals: ['ERR_WIRE_'],
    decode: inEither(decodeCrackNamesReply),
    seeds: both((syntax) =>
      encodeCrackNamesReply({ items: [{ status: 0, domain: 'corp.test', name: 'CORP\\alice' }], status: 0 }, syntax),
    ),
  },
  'drsr-domain-controller-info': {
    refusals: ['ERR_WIRE_'],
    decode: inEither(decodeDomainControllerInfoReply),
    seeds: both((syntax) => encodeDomainControllerInfoReply({ level: 2, items: [], status: 0 }, syntax)),
  },
} as const satisfies Record<string, FuzzTarget>;
