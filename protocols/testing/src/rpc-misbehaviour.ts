import { setImmediate } from 'node:timers/promises';
import type { Socket } from 'node:net';
import { pduOf, withToken } from './rpc-pdu.ts';
import type { RpcAnswer, RpcCall, RpcServerOptions } from './rpc-server.ts';

/** Something that a server does wrong when it answers a call, and how a client has to take it. */
export interface RpcMisbehaviour {
  /** Code of the error that the call has to fail with; undefined: the answer is unusual and nevertheless right. */
  readonly code: string | undefined;
  /** What the server sends in place of this stub. */
  readonly answer: (call: RpcCall, stub: Uint8Array) => RpcAnswer;
  /** How it puts that on the wire. */
  readonly write?: RpcServerOptions['write'];
}

/** The stub in fragments so small that there are several, whatever its length. */
function fragmentsOf({ callId, session }: RpcCall, stub: Uint8Array): Buffer[] {
  return session.respond(callId, stub, Math.max(1, Math.ceil(stub.length / 4)));
}

/** Changes one byte of the first fragment, counted from its end if negative. */
function withByteChanged(at: number): RpcMisbehaviour['answer'] {
  return (call, stub) => {
    const [first = Buffer.alloc(0), ...rest] = fragmentsOf(call, stub);
    const index = at < 0 ? first.length + at : at;
    first[index] = (first[index] ?? 0) ^ 0x10;
    return [first, ...rest];
  };
}

async function writeInSmallPieces(socket: Socket, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length; offset += 7) {
    socket.write(bytes.subarray(offset, offset + 7));
    await setImmediate();
  }
}

function endAfterHalf(socket: Socket, bytes: Uint8Array): void {
  socket.end(bytes.subarray(0, bytes.length / 2));
}

/** What servers can do wrong, by name. Calls need an answer of at least four bytes. */
export const rpcMisbehaviours: Readonly<Record<string, RpcMisbehaviour>> = {
  'slow fragments': { code: undefined, answer: fragmentsOf, write: writeInSmallPieces },
  'fragments without hints': {
    code: undefined,
    answer: ({ callId, session }, stub) => session.respond(callId, stub, Math.ceil(stub.length / 3), false),
  },
  'an absurd hint': {
    code: undefined,
    answer: ({ callId, session }, stub) => {
      const half = Math.ceil(stub.length / 2);
      return [
        session.fragment(callId, stub.subarray(0, half), { flags: 1, hint: 0xffff_ffff }),
        session.fragment(callId, stub.subarray(half), { flags: 2, hint: 0xffff_ffff }),
      ];
    },
  },
  'a damaged body': { code: 'ERR_RPC_SIGNATURE', answer: withByteChanged(24) },
  'a damaged header': { code: 'ERR_RPC_SIGNATURE', answer: withByteChanged(16) },
  'a wrong signature': { code: 'ERR_RPC_SIGNATURE', answer: withByteChanged(-5) },
  'a duplicated fragment': {
    code: 'ERR_RPC_SIGNATURE',
    answer: (call, stub) => {
      const [first, second, ...rest] = fragmentsOf(call, stub);
      return [first, second, second, ...rest].filter((part) => part !== undefined);
    },
  },
  'swapped fragments': {
    code: 'ERR_RPC_SIGNATURE',
    answer: (call, stub) => {
      const [first, second, third, ...rest] = fragmentsOf(call, stub);
      return [first, third, second, ...rest].filter((part) => part !== undefined);
    },
  },
  'a fragment left out': {
    code: 'ERR_RPC_SIGNATURE',
    answer: (call, stub) => fragmentsOf(call, stub).filter((_, index) => index !== 1),
  },
  'an answer that is not protected': {
    code: 'ERR_RPC_SIGNATURE',
    answer: ({ callId }, stub) => [pduOf(2, 3, callId, Buffer.concat([Buffer.alloc(8), stub]))],
  },
  'a torn fragment': { code: 'ERR_RPC_CLOSED', answer: fragmentsOf, write: endAfterHalf },
  'a connection closed in mid-response': {
    code: 'ERR_RPC_CLOSED',
    answer: (call, stub) => fragmentsOf(call, stub).slice(0, 2),
    write: (socket, bytes) => void socket.end(bytes),
  },
  'a connection closed without an answer': { code: 'ERR_RPC_CLOSED', answer: () => 'close' },
  'an absurd fragment length': {
    code: 'ERR_RPC_PROTOCOL',
    answer: (call, stub) => {
      const [first = Buffer.alloc(0), ...rest] = fragmentsOf(call, stub);
      first.writeUInt16LE(0xffff, 8);
      return [first, ...rest];
    },
  },
  'an absurd token length': {
    code: 'ERR_RPC_PROTOCOL',
    answer: ({ callId }) => [withToken(pduOf(2, 3, callId, Buffer.alloc(40)), 0xffff)],
  },
  'an unknown kind of PDU': {
    code: 'ERR_RPC_PROTOCOL',
    answer: ({ callId }) => [pduOf(77, 3, callId, Buffer.alloc(16))],
  },
  'the answer to another call': {
    code: 'ERR_RPC_PROTOCOL',
    answer: ({ callId, session }, stub) => [session.fragment(callId + 1, stub)],
  },
  'bytes that are no PDU': {
    code: 'ERR_RPC_PROTOCOL',
    answer: () => [Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  },
};
