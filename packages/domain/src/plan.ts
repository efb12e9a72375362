import type { Change, Outcome } from '@causeway/contract';
import { compareCredentialVersions, type CredentialVersion, type User } from '@causeway/model';
import type { ManagedCredential } from './managed-credential.ts';
import type { ManagedUser } from './managed-user.ts';
import { formatCommonName, type Operation } from './operation.ts';
import { addUser, changeUser, deleteUser, holdsTemporaryPassword } from './user-operations.ts';

/** A credential of a change after the attempt to open it. */
export type OpenedCredential =
  | { readonly state: 'opened'; readonly credential: ManagedCredential }
  | { readonly state: 'notOpenable'; readonly reason: string };

/** What the managed domain has now, as far as it matters for one change. */
export interface Present {
  /** Distinguished name of the container for new users. */
  readonly container: string;
  /** Users with the change's anchor, or its previous one: one at most, unless somebody meddled. */
  readonly users: readonly ManagedUser[];
  /** Who has the wanted account name, or the wanted user principal name, if somebody else. */
  readonly nameOwners: readonly { readonly dn: string; readonly name: string }[];
}

/** What to write for a change, and what to report once it is written. */
export interface Plan {
  /** In this order. Holds the credential's secrets: whoever writes them wipes them. */
  readonly operations: readonly Operation[];
  readonly outcome: Pick<Outcome, 'status' | 'version' | 'reason'>;
  /** The credential in the managed domain as long as nothing is written. */
  readonly held: CredentialVersion | null;
}

/**
 * Whether the change's credential has to be opened: it is newer than the one that the managed domain holds, or the same
 * one has become temporary, or is no longer.
 */
export function needsCredential({ deleted, user, credential }: Change, users: readonly ManagedUser[]): boolean {
  if (deleted || user === null || credential === null || users.length > 1) return false;
  const [managed] = users;
  if (managed?.credentialVersion === undefined) return true;
  const order = compareCredentialVersions(credential.version, managed.credentialVersion);
  return order > 0 || (order === 0 && credential.mustChangePassword !== holdsTemporaryPassword(managed));
}

/**
 * What makes the managed domain agree with a change.
 *
 * `opened` is the change's credential where {@link needsCredential} asks for it. The rules: an account is enabled only
 * when the source says so and a credential is, or comes, with it; a credential is never replaced by an older one; accounts
 * that are not ours are never touched; a name that is taken leaves a user with the old name and a new password; a user
 * that was deleted in the tenant is deleted, and made anew, with another SID, when it comes back.
 */
export function planChange(change: Change, present: Present, opened?: OpenedCredential): Plan {
  const { user } = change;
  const [managed, ...others] = present.users;
  const held = managed?.credentialVersion ?? null;
  const nothing = (status: Outcome['status'], reason: string): Plan => ({
    operations: [],
    outcome: { status, version: held, reason },
    held,
  });
  if (user === null) return nothing('waitingForUser', 'The credential has arrived; the user has not.');
  if (others.length > 0) {
    const names = present.users.map(({ dn }) => dn).join(' and ');
    return nothing(
      'refused',
      `Several users of the managed domain have this source anchor: ${names}. Delete all but one.`,
    );
  }
  if (managed?.systemAccount === true) {
    return nothing('refused', `${managed.dn} is an account of the managed domain itself and is not changed.`);
  }
  if (change.deleted) {
    const operations = managed === undefined ? [] : [deleteUser(managed)];
    return { operations, outcome: { status: 'deleted', version: null, reason: null }, held };
  }
  const nameProblem = describeNameProblem(user, present);
  if (nameProblem !== undefined && managed === undefined) return nothing('refused', nameProblem);

  const credential = opened?.state === 'opened' ? opened.credential : undefined;
  const version = credential === undefined ? held : (change.credential?.version ?? null);
  const wanted = {
    anchor: change.anchor,
    user,
    enabled: user.accountEnabled && version !== null,
    mustChangePassword:
      credential === undefined
        ? managed !== undefined && holdsTemporaryPassword(managed)
        : change.credential?.mustChangePassword === true,
    credential: credential && version ? { credential, version } : undefined,
    keepNames: nameProblem !== undefined,
  };
  const operations =
    managed === undefined
      ? [addUser(`${formatCommonName(user.accountName)},${present.container}`, wanted)]
      : changeUser(managed, wanted);
  return { operations, outcome: { ...judge({ user, version, nameProblem, opened }), version }, held };
}

function judge(facts: {
  user: User;
  version: CredentialVersion | null;
  nameProblem: string | undefined;
  opened: OpenedCredential | undefined;
}): Pick<Outcome, 'status' | 'reason'> {
  const { user, version, nameProblem, opened } = facts;
  if (nameProblem !== undefined) return { status: 'refused', reason: nameProblem };
  if (opened?.state === 'notOpenable') return { status: 'notOpenable', reason: opened.reason };
  if (!user.accountEnabled) return { status: 'disabled', reason: 'The user is disabled at the source.' };
  if (version === null) {
    return { status: 'waitingForCredential', reason: 'The user is there, disabled until the credential arrives.' };
  }
  return { status: 'applied', reason: null };
}

/** Characters that Windows clients do not accept in an account name. @see [MS-SAMR] sAMAccountName (3.1.1.6) */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const forbiddenInAccountName = /["/\\[\]:;|=,+*?<>\u0000-\u001f]/;
const ACCOUNT_NAME_MAX = 20;

function describeNameProblem(user: User, present: Present): string | undefined {
  const { accountName } = user;
  const [owner] = present.nameOwners;
  if (owner) return `The name ${owner.name} is taken in the managed domain by ${owner.dn}. Rename one of the two.`;
  if (accountName.length > ACCOUNT_NAME_MAX) {
    return `The account name ${accountName} has more than ${ACCOUNT_NAME_MAX} characters. Shorten it at the source.`;
  }
  if (forbiddenInAccountName.test(accountName) || /[.$ ]$/.test(accountName)) {
    return `The account name ${accountName} has a character that is not allowed there. Change it at the source.`;
  }
  return undefined;
}
