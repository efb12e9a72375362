/** How a value is encoded on the wire. @see [MS-DRSR] Concrete Value Representations (5.16.1) */
export type AttributeSyntax = 'boolean' | 'int32' | 'int64' | 'octets' | 'sid' | 'text';

/**
 * The attributes this package can ask for, by LDAP display name: those that decide about a user's password and whether it
 * may be used.
 *
 * @see [MS-ADA1], [MS-ADA2], [MS-ADA3] for each attribute
 */
export const drsAttributes = {
  /** When the account expires, FILETIME; 0 or 2⁶³-1 for never. */
  accountExpires: { oid: '1.2.840.113556.1.4.159', syntax: 'int64' },
  /** Secret: the LM hash. */
  dBCSPwd: { oid: '1.2.840.113556.1.4.55', syntax: 'octets' },
  /** Whether the object is a tombstone. */
  isDeleted: { oid: '1.2.840.113556.1.2.48', syntax: 'boolean' },
  /** When the account was locked, FILETIME; 0 for not locked. */
  lockoutTime: { oid: '1.2.840.113556.1.4.662', syntax: 'int64' },
  /** Secret: earlier NT hashes, the newest first. */
  ntPwdHistory: { oid: '1.2.840.113556.1.4.94', syntax: 'octets' },
  objectSid: { oid: '1.2.840.113556.1.4.146', syntax: 'sid' },
  /** When the password was set, FILETIME; 0 when it must be changed. */
  pwdLastSet: { oid: '1.2.840.113556.1.4.96', syntax: 'int64' },
  sAMAccountName: { oid: '1.2.840.113556.1.4.221', syntax: 'text' },
  /** 0x30000000 for a user, 0x30000001 for a computer. */
  sAMAccountType: { oid: '1.2.840.113556.1.4.302', syntax: 'int32' },
  /** Secret: Kerberos keys and other forms of the password. */
  supplementalCredentials: { oid: '1.2.840.113556.1.4.125', syntax: 'octets' },
  /** Secret: the NT hash. */
  unicodePwd: { oid: '1.2.840.113556.1.4.90', syntax: 'octets' },
  userAccountControl: { oid: '1.2.840.113556.1.4.8', syntax: 'int32' },
  userPrincipalName: { oid: '1.2.840.113556.1.4.656', syntax: 'text' },
} as const satisfies Readonly<Record<string, { readonly oid: string; readonly syntax: AttributeSyntax }>>;

/** LDAP display name of an attribute that this package can ask for. */
export type AttributeName = keyof typeof drsAttributes;

/** All of {@link drsAttributes}, in alphabetical order. */
export const attributeNames: readonly AttributeName[] = (Object.keys(drsAttributes) as AttributeName[]).sort();

/** Whether a text is the name of one of {@link drsAttributes}. */
export function isAttributeName(text: string): text is AttributeName {
  return Object.hasOwn(drsAttributes, text);
}
