/** What an account with a password is. */
export type AccountKind =
  | 'user'
  | 'inetOrgPerson'
  | 'computer'
  /** gMSA: several hosts, password from the domain controllers' own key. */
  | 'group-managed service account'
  /** sMSA: one host, password chosen by it. */
  | 'managed service account'
  /** dMSA: takes the place of a user account; Windows Server 2025. */
  | 'delegated managed service account'
  /** Holds the key between this domain and another. */
  | 'trust'
  /** Holds a key that tickets are made with: the domain's own, or that of a read-only domain controller. */
  | 'krbtgt';

/** What a directory says about an account, as far as it was read. */
export interface AccountFacts {
  /** All values, in any order and letter case. */
  readonly objectClass: readonly string[];
  readonly sAMAccountName?: string | undefined;
  readonly userAccountControl?: number | undefined;
  readonly sAMAccountType?: number | undefined;
}

/** @see [MS-ADTS] userAccountControl Bits (2.2.16) */
const ACCOUNT_DISABLE = 0x2;
const INTERDOMAIN_TRUST_ACCOUNT = 0x800;
const WORKSTATION_TRUST_ACCOUNT = 0x1000;
const SERVER_TRUST_ACCOUNT = 0x2000;

/** @see [MS-SAMR] ACCOUNT_TYPE Values (2.2.1.9) */
const SAM_MACHINE_ACCOUNT = 0x3000_0001;
const SAM_TRUST_ACCOUNT = 0x3000_0002;

/** The domain's own, and those of read-only domain controllers with a number behind. */
const krbtgtName = /^krbtgt(?:_\d+)?$/i;

const serviceAccountClasses: ReadonlyMap<string, AccountKind> = new Map([
  ['msds-delegatedmanagedserviceaccount', 'delegated managed service account'],
  ['msds-groupmanagedserviceaccount', 'group-managed service account'],
  ['msds-managedserviceaccount', 'managed service account'],
]);

/**
 * What kind of account an object is; undefined for one that has no password at all, such as a group or a contact.
 *
 * The class decides about service accounts, which are computers too; then the flags about trusts and computers. An account is
 * a krbtgt by its name, and because it can never sign in.
 *
 * @see [MS-ADTS] userAccountControl Bits (2.2.16); [MS-SAMR] userAccountControl (3.1.1.8.10)
 */
export function accountKindOf(facts: AccountFacts): AccountKind | undefined {
  const classes = new Set(facts.objectClass.map((name) => name.toLowerCase()));
  for (const [name, kind] of serviceAccountClasses) if (classes.has(name)) return kind;
  // `inetOrgPerson` and `computer` are derived from `user`, but for the LDAP class of the same name alone.
  if (!classes.has('user')) return undefined;
  const flags = facts.userAccountControl ?? 0;
  const type = facts.sAMAccountType;
  if ((flags & INTERDOMAIN_TRUST_ACCOUNT) !== 0 || type === SAM_TRUST_ACCOUNT) return 'trust';
  const machine = (flags & (WORKSTATION_TRUST_ACCOUNT | SERVER_TRUST_ACCOUNT)) !== 0 || type === SAM_MACHINE_ACCOUNT;
  if (machine || classes.has('computer')) return 'computer';
  if ((flags & ACCOUNT_DISABLE) !== 0 && krbtgtName.test(facts.sAMAccountName ?? '')) return 'krbtgt';
  return classes.has('inetorgperson') ? 'inetOrgPerson' : 'user';
}
