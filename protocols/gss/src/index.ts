export { hashChannelBindings } from './channel-bindings.ts';
export { noContext, SecurityError, type SecurityErrorCode } from './errors.ts';
export {
  mechanismOids,
  type Initiator,
  type InitiatorStep,
  type Mechanism,
  type SealedRange,
  type SecurityContext,
  type SecurityTarget,
} from './security-context.ts';
export { mayFallBackByDefault, type FallbackDecision } from './spnego/fallback.ts';
export { decodeNegTokenInit, encodeNegTokenInit, type NegTokenInit } from './spnego/neg-token-init.ts';
export { decodeNegTokenResp, encodeNegTokenResp, type NegState, type NegTokenResp } from './spnego/neg-token-resp.ts';
export { NegotiateMechanism, type NegotiateOptions } from './spnego/negotiate-mechanism.ts';
