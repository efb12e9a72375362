import { challengeMessage } from './ntlm-server.ts';
import { pduOf, trailer, trailerOf, withToken } from './rpc-pdu.ts';

/** How the answer to a bind differs from the ordinary. */
export interface BindAckOptions {
  /** max_recv_frag; 5840 unless given. */
  readonly fragmentBytesMax?: number;
  /** Of the first context; accepted unless given. */
  readonly result?: number;
  readonly reason?: number;
  /** Whether the server signs headers; it does unless given. */
  readonly headerSigning?: boolean;
  /** Bits in answer to a feature negotiation; `undefined`: the server does not know it. Both bits unless given. */
  readonly features?: number | undefined;
  /** First bytes of the one transfer syntax that is accepted; NDR's unless given. */
  readonly transferSyntax?: string;
  /** Trailer and token; NTLM's challenge unless given. */
  readonly auth?: Buffer;
}

const NDR = '045d888aeb1cc911';
const FEATURES = '2c1cb76c12984045';
const CONTEXT_BYTES = 44;

/** A bind_ack or alter_context_resp, with a challenge when the client's PDU has a token. */
export function bindAck(bind: Buffer, options: BindAckOptions = {}): Buffer {
  const { fragmentBytesMax = 5840, headerSigning = true } = options;
  const fixed = Buffer.alloc(8);
  fixed.writeUInt16LE(5840, 0);
  fixed.writeUInt16LE(fragmentBytesMax, 2);
  fixed.writeUInt32LE(0x1234, 4);
  const address = Buffer.from('0600343931353300', 'hex');
  const count = bind[24] ?? 0;
  const results = Array.from({ length: count }, (_, index) => resultOf(bind, index, options));
  const body = Buffer.concat([fixed, address, Buffer.from([count, 0, 0, 0]), ...results]);
  const callId = bind.readUInt32LE(12);
  const type = bind[2] === 14 ? 15 : 12;
  const sent = trailerOf(bind);
  if (!sent) return pduOf(type, 3, callId, body);
  const auth = options.auth ?? Buffer.concat([trailer(sent), challengeMessage()]);
  const flags = headerSigning ? 7 : 3;
  return withToken(pduOf(type, flags, callId, Buffer.concat([body, auth])), Math.max(0, auth.length - 8));
}

/** Accepts the first context of each interface in the one transfer syntax that the server has. */
function resultOf(bind: Buffer, index: number, options: BindAckOptions): Buffer {
  const start = 28 + index * CONTEXT_BYTES + 24;
  const syntax = bind.subarray(start, start + 20);
  const prefix = syntax.toString('hex', 0, 8);
  const answer = (result: number, reason: number): Buffer =>
    Buffer.concat([Buffer.from([result, 0, reason, 0]), result === 0 ? syntax : Buffer.alloc(20)]);
  if (prefix === FEATURES) {
    const features = 'features' in options ? options.features : 3;
    return features === undefined ? answer(2, 2) : answer(3, features);
  }
  if (index === 0 && options.result !== undefined) return answer(options.result, options.reason ?? 0);
  return prefix === (options.transferSyntax ?? NDR) ? answer(0, 0) : answer(2, 2);
}
