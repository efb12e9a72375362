/** What an NTSTATUS in the answer of a domain controller says beyond the KRB-ERROR. */
export interface StatusMeaning {
  /** As in [MS-ERREF]. */
  readonly name: string;
  readonly cause: string;
  readonly nextStep: string;
}

/** @see [MS-ERREF] NTSTATUS Values (2.3.1) */
const meanings = new Map<number, StatusMeaning>(
  (
    [
      [0xc000_0022, 'STATUS_ACCESS_DENIED', 'access is denied', 'Check the authentication policies of the account.'],
      [0xc000_0064, 'STATUS_NO_SUCH_USER', 'there is no such account', 'Check the name of the account.'],
      [0xc000_006a, 'STATUS_WRONG_PASSWORD', 'the password is wrong', 'Check the password.'],
      [
        0xc000_006e,
        'STATUS_ACCOUNT_RESTRICTION',
        'a restriction of the account forbids it',
        'Check whether the account is in Protected Users or has an authentication policy.',
      ],
      [
        0xc000_006f,
        'STATUS_INVALID_LOGON_HOURS',
        'the account may not sign in at this time',
        'Correct its logon hours.',
      ],
      [
        0xc000_0070,
        'STATUS_INVALID_WORKSTATION',
        'the account may not sign in from this host',
        'Add this host to its userWorkstations.',
      ],
      [0xc000_0071, 'STATUS_PASSWORD_EXPIRED', 'the password has expired', 'Set a new password.'],
      [0xc000_0072, 'STATUS_ACCOUNT_DISABLED', 'the account is disabled', 'Enable the account.'],
      [
        0xc000_015b,
        'STATUS_LOGON_TYPE_NOT_GRANTED',
        'the account may not sign in over the network',
        'Grant it the right to access the computer from the network.',
      ],
      [0xc000_0193, 'STATUS_ACCOUNT_EXPIRED', 'the account has expired', 'Extend the account.'],
      [
        0xc000_0224,
        'STATUS_PASSWORD_MUST_CHANGE',
        'the password must be changed at the first sign-in',
        'Set a password that need not be changed.',
      ],
      [
        0xc000_0234,
        'STATUS_ACCOUNT_LOCKED_OUT',
        'the account is locked out',
        'Unlock it, and find out which host still uses an old password.',
      ],
      [
        0xc000_02fa,
        'STATUS_SMARTCARD_LOGON_REQUIRED',
        'the account must use a smart card',
        'Take the flag from the account, or use another one.',
      ],
      [
        0xc000_0413,
        'STATUS_AUTHENTICATION_FIREWALL_FAILED',
        'the account may not sign in to this computer across the trust',
        'Grant it the right Allowed to Authenticate.',
      ],
    ] as const
  ).map(([status, name, cause, nextStep]) => [status, { name, cause, nextStep }]),
);

/** The meaning of a status; undefined for one that says no more than its number. */
export function statusMeaning(status: number): StatusMeaning | undefined {
  return meanings.get(status);
}
