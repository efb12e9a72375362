/** What decides whether an account of the forest is a user of the tenant. */
export interface Account {
  readonly accountName: string | undefined;
  readonly distinguishedName: string;
  /** `userAccountControl`. */
  readonly accountControl: number;
  /** Last part of `objectSid`. */
  readonly relativeId: number | undefined;
  /** Not replicated together with passwords; built-in accounts are told by their relative id there. */
  readonly isCriticalSystemObject?: boolean;
  readonly mailNickname?: string | undefined;
  /** `msExchRecipientTypeDetails`. */
  readonly recipientType?: bigint | undefined;
}

/** Why an account is left out, in words for a log. */
export type Exclusion =
  | 'has no sAMAccountName'
  | 'is not an ordinary user account'
  | 'is a built-in account'
  | 'is a system account'
  | 'is a replication conflict';

/** @see [MS-ADTS] userAccountControl Bits (2.2.16) */
export const UF_ACCOUNTDISABLE = 0x0002;
const UF_NORMAL_ACCOUNT = 0x0200;

/** Lower relative ids are those of built-in accounts: Administrator 500, Guest 501, krbtgt 502. @see [MS-SAMR] SamrDeleteUser (3.1.5.7.3) */
const FIRST_RELATIVE_ID = 1000;

/** Mailboxes of rooms' and systems' own, in the bits of `msExchRecipientTypeDetails`. */
const SYSTEM_RECIPIENTS = 0x21c07000n;

/**
 * Why an account is not synced, by the rules that Azure AD Connect applies to users without being asked;
 * undefined when it is.
 *
 * An account with a password of its own kind (computers, trusts, managed service accounts) is never a user, and
 * Administrator, Guest and krbtgt never leave the forest, whatever they have been renamed to.
 */
export function exclusionOf(account: Account): Exclusion | undefined {
  if ((account.accountControl & UF_NORMAL_ACCOUNT) === 0) return 'is not an ordinary user account';
  const name = account.accountName?.toLowerCase();
  if (name === undefined || name === '') return 'has no sAMAccountName';
  if (account.distinguishedName.includes('\\0ACNF:')) return 'is a replication conflict';
  if (account.isCriticalSystemObject === true) return 'is a built-in account';
  if (account.relativeId !== undefined && account.relativeId < FIRST_RELATIVE_ID) return 'is a built-in account';
  if (name === 'krbtgt' || name.startsWith('krbtgt_')) return 'is a built-in account';
  if (name.startsWith('aad_') || name.startsWith('msol_') || name === 'support_388945a0') return 'is a system account';
  if (name.startsWith('cas_') && name.endsWith('}')) return 'is a system account';
  if (account.mailNickname?.toLowerCase().startsWith('systemmailbox{') === true) return 'is a system account';
  if (((account.recipientType ?? 0n) & SYSTEM_RECIPIENTS) !== 0n) return 'is a system account';
  return undefined;
}
