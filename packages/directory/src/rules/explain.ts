import type { UserStatus } from '@causeway/contract';
import type { KeyId, OutcomeStatus } from '@causeway/model';

/** What the directory knows of one user, as far as the reason depends on it. */
export interface UserFacts {
  readonly sequence: number;
  readonly deleted: boolean;
  /** Undefined while only a credential has arrived. */
  readonly accountEnabled: boolean | undefined;
  /** The key that the credential is sealed to; undefined while none has arrived. */
  readonly sealedTo: KeyId | undefined;
  /** The tenant's key. */
  readonly registeredKeyId: KeyId | null;
  readonly outcome: {
    readonly sequence: number;
    readonly status: OutcomeStatus;
    readonly reason: string | null;
  } | null;
}

/**
 * The one reason why the user's password is or is not usable in the managed domain. The first that holds, in the order
 * of the data's way: what has not arrived here cannot be there, and what is there may be older than what is here.
 */
export function explainUser(facts: UserFacts): { status: UserStatus; reason: string } {
  const { deleted, outcome, sequence } = facts;
  const missing = deleted ? undefined : findMissing(facts);
  if (missing !== undefined) return missing;
  if (outcome === null || outcome.sequence < sequence) {
    return {
      status: 'waitingForDomain',
      reason: `The managed domain has not reported on the newest change${deleted ? ', the deletion,' : ''} yet. Check that the domain service runs.`,
    };
  }
  return { status: outcome.status, reason: outcome.reason ?? reasons[outcome.status] };
}

/** What has not arrived at the directory. */
function findMissing(facts: UserFacts): { status: UserStatus; reason: string } | undefined {
  const { accountEnabled, sealedTo, registeredKeyId } = facts;
  if (accountEnabled === undefined) {
    return {
      status: 'waitingForUser',
      reason:
        "A credential has arrived, the user object has not. Check that object sync runs, and that the user is in the connector's scope.",
    };
  }
  if (accountEnabled && sealedTo === undefined) {
    return {
      status: 'waitingForCredential',
      reason:
        'The user object has arrived, no credential has. Check that password hash sync runs; a user whose password was never set has none.',
    };
  }
  if (accountEnabled && sealedTo !== registeredKeyId) {
    return {
      status: 'waitingForNewSeal',
      reason: `The credential is sealed to key ${sealedTo}, which has been replaced. The next full password hash sync seals it again; it starts by itself.`,
    };
  }
  return undefined;
}

const reasons: Readonly<Record<OutcomeStatus, string>> = {
  applied: 'The newest credential is in the managed domain.',
  waitingForCredential: 'The user is in the managed domain; no credential has arrived there yet.',
  waitingForUser: 'The credential has arrived in the managed domain; the user has not.',
  disabled: 'The user is disabled at the source, and so in the managed domain. Enable the user at the source.',
  notOpenable:
    "The managed domain's private key does not open the credential. See that its host has the private key of the registered one.",
  deleted:
    'The user is deleted in the tenant, and so in the managed domain. It comes back when the source has it in scope again.',
  refused: 'The managed domain refused the user or the credential. See the log of the domain service.',
};
