import { DirectoryError } from '@causeway/contract';
import { CausewayError } from '@causeway/model';
import type { ConnectConfig } from './config.ts';

/** A defect of connect, or something of the world that nobody foresaw. */
export function unexpectedError(cause: unknown): CausewayError {
  return new CausewayError({
    code: 'ERR_CONNECT_UNEXPECTED',
    message: `unexpected error: ${cause instanceof Error ? cause.message : String(cause)}`,
    nextStep: 'report this as a defect of Causeway with the log around it; connect goes on trying',
    disposition: 'retry',
    cause,
  });
}

/**
 * Refuses a full read that found nobody, unless the configuration allows it: far more often missing rights than an
 * empty forest.
 *
 * @throws {CausewayError} ERR_CONNECT_NO_USERS
 */
export function refuseNoUsers(
  { scope }: Pick<ConnectConfig, 'scope'>,
  read: { host: string; baseDn: string; objects: number; account: string },
): void {
  if (scope.allowNoUsers) return;
  throw new CausewayError({
    code: 'ERR_CONNECT_NO_USERS',
    message: `a full read of ${read.baseDn} from ${read.host} gave ${read.objects} objects and not a single user in scope`,
    nextStep: `check that the service account ${read.account} may read the users of ${read.baseDn}; if there really are none, set scope.allowNoUsers to true`,
    disposition: 'halt',
  });
}

/** The tenant's key at the directory is another than the pinned one. */
export function keyMismatchError(
  keys: { tenant: string; pinned: string; registered: string | undefined },
  cause?: unknown,
): CausewayError {
  const registered = keys.registered ?? 'another one';
  return new CausewayError({
    code: 'ERR_CONNECT_KEY_MISMATCH',
    message: `the public key pinned here for tenant ${keys.tenant} has the id ${keys.pinned}; the managed domain has registered ${registered} at the directory`,
    nextStep: `compare with the key that the domain service shows on the managed domain controller's host; if ${registered} is its key, write its public key to tenant.publicKey and restart connect; if not, someone has put in another key`,
    disposition: 'halt',
    cause,
  });
}

/** The directory's stored cursor is not the one that a batch started from. */
export function cursorConflictError(source: string, cause: unknown): CausewayError {
  return new CausewayError({
    code: 'ERR_CONNECT_CURSOR_CONFLICT',
    message: `the directory has come to another place of ${source} than connect`,
    nextStep: `none: connect goes on from the directory's place; if this is said again and again, two of them deliver ${source}: stop one`,
    disposition: 'retry',
    cause,
  });
}

/** The error for a batch that the directory did not take; its own for everything that is not about cursor or key. */
export function deliveryFailure(
  error: unknown,
  batch: { source: string; tenant: string; pinnedKeyId?: string },
): unknown {
  if (!(error instanceof DirectoryError)) return error;
  if (error.errorCode === 'cursor_conflict') return cursorConflictError(batch.source, error);
  if (error.errorCode === 'key_mismatch' && batch.pinnedKeyId !== undefined) {
    const keys = { tenant: batch.tenant, pinned: batch.pinnedKeyId, registered: error.details.registeredKeyId };
    return keyMismatchError(keys, error);
  }
  return error;
}
