import { contextError } from './bind-errors.ts';
import { RpcProtocolError } from './errors.ts';
import { featureNegotiationSyntax } from './pdu/feature-negotiation.ts';
import { transferSyntaxIdentifiers, type TransferSyntax } from '@ad-protocols/ndr';
import {
  isSameSyntax,
  REASON_ABSTRACT_SYNTAX,
  RESULT_ACCEPTANCE,
  type PresentationResult,
  type ProposedContext,
  type SyntaxId,
} from './pdu/presentation-context.ts';

/** An interface that a connection is bound to, in the transfer syntax that the server has chosen. */
export interface PresentationContext {
  readonly id: number;
  readonly interface: SyntaxId;
  readonly transferSyntax: TransferSyntax;
}

/** What is asked for. */
export interface WantedInterfaces {
  readonly interfaces: readonly SyntaxId[];
  /** In order of preference. */
  readonly transferSyntaxes: readonly TransferSyntax[];
}

/** Contexts that one PDU may propose; the count on the wire is a byte. */
const PROPOSED_CONTEXTS_MAX = 255;

/** One context for each interface and transfer syntax, in order, with ids from `firstId` on. */
export function proposeContexts(wanted: WantedInterfaces, firstId: number): ProposedContext[] {
  const { interfaces, transferSyntaxes } = wanted;
  if (transferSyntaxes.length === 0) throw new RangeError('at least one transfer syntax is needed');
  const proposed = interfaces.flatMap((interfaceId) => transferSyntaxes.map((name) => [interfaceId, name] as const));
  if (proposed.length >= PROPOSED_CONTEXTS_MAX) throw new RangeError(`${proposed.length} contexts in one bind`);
  return proposed.map(([interfaceId, name], index) => ({
    id: firstId + index,
    interface: interfaceId,
    transferSyntax: transferSyntaxIdentifiers[name],
  }));
}

/** The proposal with the features of this client as a further context, which repeats the last interface. */
export function offerFeatures(proposed: readonly ProposedContext[]): ProposedContext[] {
  const last = proposed.at(-1);
  if (last === undefined) throw new RangeError('at least one interface is needed');
  return [...proposed, { ...last, id: last.id + 1, transferSyntax: featureNegotiationSyntax }];
}

/**
 * The contexts that the server accepted, in the order of the interfaces: where it accepts several transfer syntaxes, the first
 * in the order of preference.
 *
 * A further interface that is refused is left out unless the server does not have it: Samba accepts one interface a PDU, and takes
 * the others when they are asked for by themselves.
 *
 * @throws {RpcBindError} ERR_RPC_NOT_REGISTERED, ERR_RPC_BIND_REFUSED
 * @throws {RpcProtocolError} ERR_RPC_PROTOCOL: a transfer syntax that was not proposed.
 */
export function acceptedContexts(
  peer: string,
  wanted: WantedInterfaces,
  firstId: number,
  results: readonly PresentationResult[],
): PresentationContext[] {
  const { interfaces, transferSyntaxes } = wanted;
  return interfaces.flatMap((interfaceId, index) => {
    const start = index * transferSyntaxes.length;
    const answers = results.slice(start, start + transferSyntaxes.length);
    const chosen = answers.findIndex(({ result }) => result === RESULT_ACCEPTANCE);
    const answer = answers[chosen];
    const transferSyntax = transferSyntaxes[chosen];
    if (answer === undefined || transferSyntax === undefined) {
      if (index > 0 && answers[0] && answers[0].reason !== REASON_ABSTRACT_SYNTAX) return [];
      throw contextError(peer, interfaceId, answers[0]);
    }
    if (!isSameSyntax(answer.transferSyntax, transferSyntaxIdentifiers[transferSyntax])) {
      throw new RpcProtocolError({ peer, problem: 'it accepted a transfer syntax that was not proposed' });
    }
    return [{ id: firstId + start + chosen, interface: interfaceId, transferSyntax }];
  });
}
