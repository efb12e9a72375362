import type { Mechanism } from '../security-context.ts';

/**
 * Whether the next mechanism is tried in place of one that could not begin. `error` is what it threw. Never asked once
 * anything has been sent to the server.
 */
export type FallbackDecision = (error: unknown, failed: Mechanism) => boolean;

/** Failures of `@ad-protocols/kerberos`, whose tests hold these names against its own, that say nothing about the account: where they happen, a mechanism without a KDC may still serve. */
const curableCodes: ReadonlySet<string> = new Set([
  'ERR_KRB5_KDC_UNREACHABLE',
  'ERR_KRB5_REALM_UNKNOWN',
  'ERR_KRB5_SERVICE_UNKNOWN',
  'ERR_KRB5_ETYPE_NOT_SUPPORTED',
  'ERR_KRB5_SKEW',
]);

/**
 * Falls back when no KDC answers, when it does not know the service or the realm, or when it has no encryption type or time in
 * common with this side. Never for an account that is unknown, locked or disabled, or whose password is wrong: repeating
 * that with another mechanism would only count towards the lock-out.
 */
export function mayFallBackByDefault(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && curableCodes.has(error.code);
}
