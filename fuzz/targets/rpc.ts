import { decodeEptMapReply } from '../../protocols/rpc/src/endpoint-mapper.ts';
import { decodeAuthVerifier } from '../../protocols/rpc/src/pdu/auth-verifier.ts';
import { decodeAlterContextResponse, decodeBindAck } from '../../protocols/rpc/src/pdu/bind-ack.ts';
import { decodeBindNak } from '../../protocols/rpc/src/pdu/bind-nak.ts';
import { decodeFaultStatus } from '../../protocols/rpc/src/pdu/fault.ts';
import { PTYPE } from '../../protocols/rpc/src/pdu/header.ts';
import { PduSplitter, type Pdu } from '../../protocols/rpc/src/pdu/pdu-splitter.ts';
import { decodeResponseHint } from '../../protocols/rpc/src/pdu/response.ts';
import { decodeVerificationTrailer } from '../../protocols/rpc/src/pdu/verification-trailer.ts';
import { decodeTowerPort } from '../../protocols/rpc/src/tower.ts';
import type { FuzzTarget } from '../target.ts';

const FRAGMENT_BYTES_MAX = 5840;

/** Everything that is read of a PDU before anything is believed of it. */
function decodePdu({ header, bytes }: Pdu): void {
  decodeAuthVerifier(header, bytes);
  if (header.type === PTYPE.bindAck) decodeBindAck(bytes);
  if (header.type === PTYPE.bindNak) decodeBindNak(bytes);
  if (header.type === PTYPE.fault) decodeFaultStatus(bytes);
  if (header.type === PTYPE.response) decodeResponseHint(bytes, 0);
  if (header.type === PTYPE.alterContextResponse) decodeAlterContextResponse(bytes);
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

/** A bind_ack of Samba 4.17 with a challenge, after the byte that says where the stream is cut. */
const bindAck = Buffer.from(
  '1005000c07100000000a01c60001000000d016d016b5fc000006003439313533000100000000000000045d888aeb1cc9119f' +
    'e808002b104860020000000a060000010000004e544c4d53535000020000000800080038000000358289620ad04dc2f1f614' +
    '9e00000000000000008600860040000000060100000000000f43004f00520050000200080043004f005200500001000c0052' +
    '00500043004400430031000400220063006f00720070002e0063006f006e0074006f0073006f002e00740065007300740003' +
    '0030007200700063006400630031002e0063006f00720070002e0063006f006e0074006f0073006f002e0074006500730074' +
    '0007000800241343d5b57add0100000000',
  'hex',
);

/** Its endpoint mapper's answer: DRSUAPI listens on port 49153. */
const eptMapReply = Buffer.from(
  '000000000000000000000000000000000000000001000000040000000000000001000000030000004b0000004b0000000500' +
    '13000d354251e3064bd111ab0400c04fc2dcd204000200000013000d045d888aeb1cc9119fe808002b104860020002000000' +
    '01000b020000000100070200c0010100090400000000000000000000',
  'hex',
);

/** The first tower in it. */
const tower = eptMapReply.subarray(48, 48 + 75);

/** Bit mask, presentation context of the endpoint mapper in NDR, and header of its operation 3. */
const verificationTrailer = Buffer.from(
  '8ae3137102f43671' +
    '0100040001000000' +
    '020028000883afe11f5dc91191a408002b14a0fa03000000045d888aeb1cc9119fe808002b10486002000000' +
    '0340100000000000100000000200000000000300',
  'hex',
);

export const targets = {
  'rpc-pdu': { refusals: ['ERR_WIRE_'], decode: decodeStream, seeds: [bindAck] },
  'rpc-endpoint-mapper': {
    refusals: ['ERR_WIRE_'],
    decode: decodeEptMapReply,
    seeds: [eptMapReply],
  },
  'rpc-tower': { refusals: ['ERR_WIRE_'], decode: decodeTowerPort, seeds: [tower] },
  'rpc-verification-trailer': {
    refusals: ['ERR_WIRE_'],
    decode: decodeVerificationTrailer,
    seeds: [verificationTrailer],
  },
} as const satisfies Record<string, FuzzTarget>;
