import { decodeEptMapReply, encodeEptMap, endpointMapperInterface } from '../../protocols/rpc/src/endpoint-mapper.ts';
import { decodeAuthVerifier } from '../../protocols/rpc/src/pdu/auth-verifier.ts';
import { decodeBindAck } from '../../protocols/rpc/src/pdu/bind-ack.ts';
import { decodeBindNak } from '../../protocols/rpc/src/pdu/bind-nak.ts';
import { decodeFaultStatus } from '../../protocols/rpc/src/pdu/fault.ts';
import { PTYPE } from '../../protocols/rpc/src/pdu/header.ts';
import { PduSplitter, type Pdu } from '../../protocols/rpc/src/pdu/pdu-splitter.ts';
import { decodeResponseHint } from '../../protocols/rpc/src/pdu/response.ts';
import type { FuzzTarget } from '../target.ts';

const FRAGMENT_BYTES_MAX = 5840;

/** Everything that is read of a PDU before anything is believed of it. */
function decodePdu({ header, bytes }: Pdu): void {
  decodeAuthVerifier(header, bytes);
  if (header.type === PTYPE.bindAck) decodeBindAck(bytes);
  if (header.type === PTYPE.bindNak) decodeBindNak(bytes);
  if (header.type === PTYPE.fault) decodeFaultStatus(bytes);
  if (header.type === PTYPE.response) decodeResponseHint(bytes);
}

/** A stream as a connection takes it: cut in two at a place that the first byte names. */
function decodeStream(input: Uint8Array): void {
  const splitter = new PduSplitter(FRAGMENT_BYTES_MAX);
  const stream = input.slice(1);
  const cut = Math.min(input[0] ?? 0, stream.length);
  for (const part of [stream.subarray(0, cut), stream.subarray(cut)]) {
    for (const pdu of splitter.push(part)) decodePdu(pdu);
  }
}

const bindAck = Buffer.from(
  '0005000c0710000000580000001800000001000000d016d016341200000400313335000000000001000000000000000' +
    '45d888aeb1cc9119fe808002b10486002000000',
  'hex',
);

export const rpcTargets = {
  'rpc-pdu': { refusals: ['ERR_WIRE_'], decode: decodeStream, seeds: [bindAck] },
  'rpc-endpoint-mapper': {
    refusals: ['ERR_WIRE_'],
    decode: decodeEptMapReply,
    seeds: [encodeEptMap(endpointMapperInterface)],
  },
} as const satisfies Record<string, FuzzTarget>;
