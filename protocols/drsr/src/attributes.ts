/**
 * How a value is encoded on the wire: `dsName` is the identity of another object, `oid` an object identifier such as a class,
 * `octets` whatever is not decoded here.
 *
 * @see [MS-DRSR] Concrete Value Representations (5.16.1)
 */
export type AttributeSyntax = 'boolean' | 'dsName' | 'int32' | 'int64' | 'octets' | 'oid' | 'sid' | 'text';

/** An attribute that a caller knows. Only what is replicated can be asked for: constructed attributes never come. */
export interface AttributeDefinition {
  /** LDAP display name: the name it goes by in objects and cursors. */
  readonly name: string;
  /** attributeID, for example `2.5.4.13`. */
  readonly oid: string;
  readonly syntax: AttributeSyntax;
}

/**
 * The attributes that are known by name: those that decide about an account's password and whether it may be used, and all
 * that are secret.
 *
 * @see [MS-ADA1], [MS-ADA2], [MS-ADA3] for each attribute
 */
export const drsAttributes = {
  /** When the account expires, FILETIME; 0 or 2⁶³-1 for never. */
  accountExpires: { oid: '1.2.840.113556.1.4.159', syntax: 'int64' },
  /** Secret: the value of an LSA secret. */
  currentValue: { oid: '1.2.840.113556.1.4.27', syntax: 'octets' },
  /** Secret: the LM hash. */
  dBCSPwd: { oid: '1.2.840.113556.1.4.55', syntax: 'octets' },
  /** Secret: the first password of a trust from there. */
  initialAuthIncoming: { oid: '1.2.840.113556.1.4.539', syntax: 'octets' },
  /** Secret: the first password of a trust to there. */
  initialAuthOutgoing: { oid: '1.2.840.113556.1.4.540', syntax: 'octets' },
  /** Whether the object is a tombstone. */
  isDeleted: { oid: '1.2.840.113556.1.2.48', syntax: 'boolean' },
  /** Secret: earlier LM hashes, the newest first. */
  lmPwdHistory: { oid: '1.2.840.113556.1.4.160', syntax: 'octets' },
  /** When the account was locked, FILETIME; 0 for not locked. */
  lockoutTime: { oid: '1.2.840.113556.1.4.662', syntax: 'int64' },
  /** Linked: who belongs to the group. It comes as link values. */
  member: { oid: '2.5.4.31', syntax: 'dsName' },
  /** Bits of the encryption types that the account can use. */
  'msDS-SupportedEncryptionTypes': { oid: '1.2.840.113556.1.4.1963', syntax: 'int32' },
  /** Security descriptor, self-relative. */
  nTSecurityDescriptor: { oid: '1.2.840.113556.1.2.281', syntax: 'octets' },
  /** Secret: earlier NT hashes, the newest first. */
  ntPwdHistory: { oid: '1.2.840.113556.1.4.94', syntax: 'octets' },
  /**
   * governsID of each class: 1.2.840.113556.1.5.9 user, 1.2.840.113556.1.3.30 computer, 1.2.840.113556.1.5.8 group,
   * 1.2.840.113556.1.5.282 msDS-GroupManagedServiceAccount.
   */
  objectClass: { oid: '2.5.4.0', syntax: 'oid' },
  objectSid: { oid: '1.2.840.113556.1.4.146', syntax: 'sid' },
  /** RID of the primary group, who is no value of that group's `member`. */
  primaryGroupID: { oid: '1.2.840.113556.1.4.98', syntax: 'int32' },
  /** Secret: the value of an LSA secret before the one it has now. */
  priorValue: { oid: '1.2.840.113556.1.4.100', syntax: 'octets' },
  /** When the password was set, FILETIME; 0 when it must be changed. */
  pwdLastSet: { oid: '1.2.840.113556.1.4.96', syntax: 'int64' },
  sAMAccountName: { oid: '1.2.840.113556.1.4.221', syntax: 'text' },
  /** 0x30000000 for a user, 0x30000001 for a computer. */
  sAMAccountType: { oid: '1.2.840.113556.1.4.302', syntax: 'int32' },
  servicePrincipalName: { oid: '1.2.840.113556.1.4.771', syntax: 'text' },
  /** Secret: Kerberos keys and other forms of the password. */
  supplementalCredentials: { oid: '1.2.840.113556.1.4.125', syntax: 'octets' },
  /** Secret: the passwords of a trust from there. */
  trustAuthIncoming: { oid: '1.2.840.113556.1.4.129', syntax: 'octets' },
  /** Secret: the passwords of a trust to there. */
  trustAuthOutgoing: { oid: '1.2.840.113556.1.4.135', syntax: 'octets' },
  /** Secret: the NT hash. */
  unicodePwd: { oid: '1.2.840.113556.1.4.90', syntax: 'octets' },
  userAccountControl: { oid: '1.2.840.113556.1.4.8', syntax: 'int32' },
  userPrincipalName: { oid: '1.2.840.113556.1.4.656', syntax: 'text' },
} as const satisfies Readonly<Record<string, Omit<AttributeDefinition, 'name'>>>;

/** LDAP display name of an attribute that is known here. */
export type AttributeName = keyof typeof drsAttributes;

/** What can be asked for: an attribute that is known here, or one that the caller defines. */
export type Attribute = AttributeName | AttributeDefinition;

/** All of {@link drsAttributes}, in alphabetical order. */
export const attributeNames: readonly AttributeName[] = (Object.keys(drsAttributes) as AttributeName[]).sort();

/** Whether a text is the name of one of {@link drsAttributes}. */
function isAttributeName(text: string): text is AttributeName {
  return Object.hasOwn(drsAttributes, text);
}

const nameByOid: ReadonlyMap<string, string> = new Map(attributeNames.map((name) => [drsAttributes[name].oid, name]));

/** What a cursor can hold. @see RFC 4512 §1.4, keystring */
const namePattern = /^[A-Za-z][A-Za-z0-9-]*$/;

/**
 * Name, identifier and syntax of an attribute.
 *
 * @throws {TypeError} for a definition that takes name or identifier of another attribute: a secret would not be known as one.
 */
export function attributeDefinition(attribute: Attribute): AttributeDefinition {
  if (typeof attribute === 'string') return { name: attribute, ...drsAttributes[attribute] };
  const { name, oid } = attribute;
  if (!namePattern.test(name)) throw new TypeError(`not the name of an attribute: ${JSON.stringify(name)}`);
  if ((nameByOid.get(oid) ?? name) !== name) throw new TypeError(`${oid} is ${nameByOid.get(oid)}, not ${name}`);
  if (isAttributeName(name) && drsAttributes[name].oid !== oid) {
    throw new TypeError(`${name} is ${drsAttributes[name].oid}, not ${oid}`);
  }
  return attribute;
}
