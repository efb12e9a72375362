import { BIND_CALL_ID, type Binding } from './binding.ts';
import type { ConnectionSecurity } from './connection-security.ts';
import { RpcFaultError, RpcProtocolError } from './errors.ts';
import { OrphanedCalls } from './orphaned-calls.ts';
import { PTYPE } from './pdu/header.ts';
import type { Pdu } from './pdu/pdu-splitter.ts';
import { encodeRequest, type CallRequest } from './pdu/request.ts';
import { decodeResponseHint } from './pdu/response.ts';
import type { PresentationContext } from './presentation.ts';
import { RequestVerification } from './request-verification.ts';
import { ResponseAssembler } from './response-assembler.ts';
import { abortedError, type RpcTransport } from './rpc-transport.ts';

/** What is called. */
export interface Call {
  readonly opnum: number;
  readonly stub: Uint8Array;
  readonly context: PresentationContext;
}

/** How long a call may take, how much it may give, and who may give it up. */
export interface CallLimits {
  readonly timeoutMs: number;
  readonly responseBytesMax: number;
  readonly signal?: AbortSignal | undefined;
}

/** Makes the calls of one connection, one at a time: request fragments out, response fragments in. */
export class CallExchange {
  readonly #transport: RpcTransport;
  readonly #binding: Binding;
  readonly #security: ConnectionSecurity;
  readonly #verification: RequestVerification;
  readonly #orphans: OrphanedCalls;
  #lastCallId = BIND_CALL_ID;

  constructor(transport: RpcTransport, binding: Binding, security: ConnectionSecurity) {
    this.#transport = transport;
    this.#binding = binding;
    this.#security = security;
    this.#verification = new RequestVerification(binding.headerSigning);
    this.#orphans = new OrphanedCalls(transport.peer, security);
    transport.onLateAnswers((pdu) => this.#orphans.take(pdu));
  }

  /** The call id of the next question, of whatever kind. */
  nextCallId(): number {
    this.#lastCallId = (this.#lastCallId + 1) >>> 0;
    return this.#lastCallId;
  }

  /** The stub that the server answers with. @throws as `RpcConnection.call` */
  async call(call: Call, { timeoutMs, responseBytesMax, signal }: CallLimits): Promise<Uint8Array> {
    const { peer } = this.#transport;
    if (signal?.aborted) throw abortedError(peer, signal.reason);
    const callId = this.nextCallId();
    const assembler = new ResponseAssembler(peer, responseBytesMax);
    const outlivesOrphans = this.#binding.features.keepConnectionOnOrphan && !this.#orphans.full;
    const answer = await this.#transport.exchange({
      waitedFor: `the answer to call ${call.opnum} was due`,
      timeoutMs,
      signal,
      orphan: outlivesOrphans ? () => this.#orphans.add(callId, responseBytesMax) : undefined,
      pdus: this.#protectedFragments(call, callId),
      accept: (pdu) => this.#accept(pdu, call, callId, assembler),
    });
    if (answer instanceof RpcFaultError) throw answer;
    return answer;
  }

  *#protectedFragments({ opnum, stub, context }: Call, callId: number): Generator<Uint8Array> {
    const { fragmentBytesMax } = this.#binding;
    const { protection } = this.#security;
    const verificationTrailer = protection && this.#verification.next({ callId, opnum, context });
    const request: CallRequest = { callId, contextId: context.id, opnum, stub, verificationTrailer };
    for (const fragment of encodeRequest(request, { fragmentBytesMax, auth: protection })) {
      protection?.protect(fragment);
      yield fragment;
    }
  }

  /** The whole stub once its last fragment is there. */
  #accept(
    pdu: Pdu,
    { opnum, context }: Call,
    callId: number,
    assembler: ResponseAssembler,
  ): Uint8Array | RpcFaultError | undefined {
    const { header, bytes } = pdu;
    const { peer } = this.#transport;
    if (header.callId !== callId) {
      throw new RpcProtocolError({ peer, problem: `it answered call id ${header.callId} instead of ${callId}` });
    }
    if (header.type === PTYPE.fault) return this.#security.faultOf(pdu, opnum);
    if (header.type !== PTYPE.response) {
      throw new RpcProtocolError({ peer, problem: `it answered a call with a PDU of type ${header.type}` });
    }
    const stub = this.#security.openStub(pdu, this.#security.protection);
    return assembler.add(stub, header.flags, decodeResponseHint(bytes, context.id));
  }
}
