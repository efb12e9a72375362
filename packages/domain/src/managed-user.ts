import { parseCredentialVersion, type CredentialVersion, type SourceAnchor } from '@causeway/model';
import { decodeGuid, type Guid } from '@ad-protocols/wire';
import type { LdapEntry } from './ldap/messages.ts';

/**
 * Where a user of the managed domain remembers the source anchor: a value `Causeway:` and the anchor as a GUID.
 *
 * The attribute names a user's identities elsewhere, is indexed in every schema, and no user may write it to itself.
 */
export const anchorAttribute = 'altSecurityIdentities';
const anchorPrefix = 'Causeway:';

/**
 * Where a user of the managed domain remembers which credential it holds, as text, written together with the credential.
 * Not indexed, and no user may write it to itself.
 */
export const credentialVersionAttribute = 'adminDescription';

/** Attributes that follow the source as they are: the managed domain's name of each, by the tenant's. */
export const followedAttributes = {
  displayName: 'displayName',
  givenName: 'givenName',
  surname: 'sn',
  mail: 'mail',
  department: 'department',
  jobTitle: 'title',
  companyName: 'company',
  employeeId: 'employeeID',
  physicalDeliveryOfficeName: 'physicalDeliveryOfficeName',
  streetAddress: 'streetAddress',
  postalCode: 'postalCode',
  city: 'l',
  state: 'st',
  country: 'co',
  telephoneNumber: 'telephoneNumber',
  mobile: 'mobile',
  facsimileTelephoneNumber: 'facsimileTelephoneNumber',
  preferredLanguage: 'preferredLanguage',
} as const;

/** What has to be read of an object to make a {@link ManagedUser}. */
export const managedUserAttributes: readonly string[] = [
  'objectGUID',
  'cn',
  'sAMAccountName',
  'userPrincipalName',
  'userAccountControl',
  'lockoutTime',
  'isCriticalSystemObject',
  anchorAttribute,
  credentialVersionAttribute,
  ...Object.values(followedAttributes),
];

/** A user as the managed domain has it now. */
export interface ManagedUser {
  readonly guid: Guid;
  readonly dn: string;
  readonly commonName: string;
  readonly accountName: string;
  readonly userPrincipalName: string | undefined;
  readonly userAccountControl: number;
  /** True while too many wrong passwords keep the user out. */
  readonly locked: boolean;
  /** True for the accounts that the domain itself is made with. */
  readonly systemAccount: boolean;
  /** Source anchors that the object names: exactly one for a user that was made here. */
  readonly anchorIdentities: readonly string[];
  /** Its identities elsewhere, which are not ours. */
  readonly otherIdentities: readonly string[];
  /** The credential it holds; undefined when none was written. */
  readonly credentialVersion: CredentialVersion | undefined;
  readonly followed: Readonly<Partial<Record<keyof typeof followedAttributes, string>>>;
}

/** The value of {@link anchorAttribute} for a source anchor. */
export function formatAnchorIdentity(anchor: SourceAnchor): string {
  return anchorPrefix + decodeGuid(Buffer.from(anchor, 'base64'));
}

const decoder = new TextDecoder();

/** The user in an entry that was read with {@link managedUserAttributes}. */
export function decodeManagedUser({ dn, attributes }: LdapEntry): ManagedUser {
  const text = (name: string): string | undefined => {
    const value = attributes.get(name.toLowerCase())?.[0];
    return value === undefined ? undefined : decoder.decode(value);
  };
  const followed: Partial<Record<keyof typeof followedAttributes, string>> = {};
  for (const [name, attribute] of Object.entries(followedAttributes)) {
    const value = text(attribute);
    if (value !== undefined) followed[name as keyof typeof followedAttributes] = value;
  }
  const identities = (attributes.get(anchorAttribute.toLowerCase()) ?? []).map((value) => decoder.decode(value));
  return {
    guid: decodeGuid(attributes.get('objectguid')?.[0] ?? new Uint8Array()),
    dn,
    commonName: text('cn') ?? '',
    accountName: text('sAMAccountName') ?? '',
    userPrincipalName: text('userPrincipalName'),
    userAccountControl: Number(text('userAccountControl') ?? 0),
    locked: (text('lockoutTime') ?? '0') !== '0',
    systemAccount: text('isCriticalSystemObject') === 'TRUE',
    anchorIdentities: identities.filter((value) => value.startsWith(anchorPrefix)),
    otherIdentities: identities.filter((value) => !value.startsWith(anchorPrefix)),
    credentialVersion: parseCredentialVersion(text(credentialVersionAttribute) ?? ''),
    followed,
  };
}
