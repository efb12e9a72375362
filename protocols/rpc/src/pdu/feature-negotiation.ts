import { parseGuid } from '@ad-protocols/wire';
import { RESULT_NEGOTIATE_ACK, type PresentationResult, type SyntaxId } from './presentation-context.ts';

/** What both sides of a connection can do beyond [C706]. */
export interface BindTimeFeatures {
  /** More than one security context on a connection. @see [MS-RPCE] Security Context Multiplexing (3.3.1.5.4) */
  readonly securityContextMultiplexing: boolean;
  /** A connection outlives a call that was given up. @see [MS-RPCE] (3.3.1.5.10) */
  readonly keepConnectionOnOrphan: boolean;
}

const SECURITY_CONTEXT_MULTIPLEXING_SUPPORTED = 0x01;
const KEEP_CONNECTION_ON_ORPHAN_SUPPORTED = 0x02;

/** Nothing negotiated: what a server that does not know the negotiation can do. */
export const noFeatures: BindTimeFeatures = { securityContextMultiplexing: false, keepConnectionOnOrphan: false };

/**
 * The "transfer syntax" that offers both features: a fixed prefix (8 bytes) and a bit mask (8 bytes), version 1.0.
 *
 * @see [MS-RPCE] Bind Time Feature Negotiation (3.3.1.5.3), BindTimeFeatureNegotiationBitmask (2.2.2.14)
 */
export const featureNegotiationSyntax: SyntaxId = {
  uuid: parseGuid('6cb71c2c-9812-4540-0300-000000000000'),
  version: [1, 0],
};

/**
 * What the server agreed to, by its answer to the context with {@link featureNegotiationSyntax}; bits that nobody offered
 * mean nothing.
 *
 * @see [MS-RPCE] BindTimeFeatureNegotiationResponseBitmask (2.2.2.15)
 */
export function featuresOf(answer: PresentationResult | undefined): BindTimeFeatures {
  if (answer?.result !== RESULT_NEGOTIATE_ACK) return noFeatures;
  return {
    securityContextMultiplexing: (answer.reason & SECURITY_CONTEXT_MULTIPLEXING_SUPPORTED) !== 0,
    keepConnectionOnOrphan: (answer.reason & KEEP_CONNECTION_ON_ORPHAN_SUPPORTED) !== 0,
  };
}
