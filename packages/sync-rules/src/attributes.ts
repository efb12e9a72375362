import type { AttributeRead } from './expression/compiled.ts';
import type { Kind } from './expression/value.ts';
import type { ConnectorKind } from './types.ts';

/** What a schema says of an attribute. */
export interface AttributeSchema {
  readonly kind: Kind;
  readonly multiValued: boolean;
}

type Schema = ReadonlyMap<string, AttributeSchema>;

function schema(kinds: Readonly<Partial<Record<Kind, string>>>, multiValued: string): Schema {
  const several = new Set(words(multiValued));
  const attributes = new Map<string, AttributeSchema>();
  for (const [kind, names] of Object.entries(kinds)) {
    for (const name of words(names)) attributes.set(name, { kind: kind as Kind, multiValued: several.has(name) });
  }
  return attributes;
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

const extensionAttributes = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`).join(' ');

/** Attributes of a forest whose type matters. Any other may be read too, and is text. @see [MS-ADA1], [MS-ADA2], [MS-ADA3] */
const forest = schema(
  {
    string: `adminDescription c cn co company department description displayName distinguishedName division employeeID employeeNumber
      employeeType facsimileTelephoneNumber givenName homePhone info initials ipPhone l legacyExchangeDN mail mailNickname middleName
      mobile msExchUsageLocation name pager physicalDeliveryOfficeName postalCode postOfficeBox preferredLanguage proxyAddresses
      sAMAccountName sn st streetAddress targetAddress telephoneNumber title url userPrincipalName wWWHomePage ${extensionAttributes}`,
    number: `accountExpires adminCount countryCode groupType lastLogonTimestamp msExchRecipientDisplayType msExchRecipientTypeDetails
      msExchRemoteRecipientType primaryGroupID pwdLastSet sAMAccountType userAccountControl`,
    boolean: 'isCriticalSystemObject msExchHideFromAddressLists',
    binary:
      'mS-DS-ConsistencyGuid msExchMailboxGuid msExchMasterAccountSid objectGUID objectSid sIDHistory thumbnailPhoto userCertificate',
    reference: 'assistant directReports managedBy manager member memberOf secretary',
  },
  'description directReports member memberOf postOfficeBox proxyAddresses sIDHistory url userCertificate',
);

/** Attributes that hold passwords, or what is made of them: no rule may read one. */
const secrets = new Set(
  words(`currentValue dBCSPwd initialAuthIncoming initialAuthOutgoing lmPwdHistory ms-Mcs-AdmPwd msDS-ManagedPassword msLAPS-EncryptedPassword
    msLAPS-EncryptedPasswordHistory msLAPS-Password ntPwdHistory priorValue supplementalCredentials trustAuthIncoming trustAuthOutgoing
    unicodePwd unixUserPassword userPassword`).map((name) => name.toLowerCase()),
);

const metaverse = schema(
  {
    string: `accountName c cloudAnchor cloudSourceAnchor cn co company department description displayName domainFQDN domainNetBios
      employeeID employeeNumber employeeType facsimileTelephoneNumber forestFQDN forestNetBios givenName homePhone info initials ipPhone l
      legacyExchangeDN mail mailNickname middleName mobile objectSidString pager physicalDeliveryOfficeName postalCode postOfficeBox
      preferredLanguage proxyAddresses pwdLastSet sn sourceAnchor sourceObjectType st streetAddress targetAddress telephoneNumber title
      url usageLocation userPrincipalName wWWHomePage ${extensionAttributes}`,
    number: 'countryCode groupType msExchRecipientTypeDetails',
    boolean: 'accountEnabled cloudFiltered mailEnabled securityEnabled',
    binary: 'msExchMasterAccountSid objectSid sourceAnchorBinary',
    reference: 'manager member',
  },
  'member proxyAddresses',
);

const tenant = schema(
  {
    string: `accountName city cloudAnchor companyName country department description displayName employeeId facsimileTelephoneNumber
      givenName jobTitle mail mailNickname mobile onPremisesDomainName onPremisesSecurityIdentifier physicalDeliveryOfficeName postalCode
      preferredLanguage proxyAddresses sourceAnchor state streetAddress surname telephoneNumber userPrincipalName`,
    boolean: 'accountEnabled cloudMastered securityEnabled',
    reference: 'manager member',
  },
  'member proxyAddresses',
);

/** What connect writes to the tenant, by type. */
const tenantTargets: Readonly<Record<string, ReadonlySet<string>>> = {
  user: new Set(
    words(`accountEnabled accountName city companyName country department displayName employeeId facsimileTelephoneNumber givenName jobTitle
      mail mailNickname manager mobile onPremisesDomainName onPremisesSecurityIdentifier physicalDeliveryOfficeName postalCode
      preferredLanguage proxyAddresses state streetAddress surname telephoneNumber userPrincipalName`),
  ),
  group: new Set(
    words(
      `accountName description displayName mail mailNickname member onPremisesSecurityIdentifier proxyAddresses securityEnabled`,
    ),
  ),
};

/** An attribute of a connector space as rules read it; a text is why they may not. `dn` is the name that Microsoft's rules use. */
export function connectorAttribute(kind: ConnectorKind, name: string): AttributeRead | string {
  if (kind === 'tenant') return known(tenant, name, 'the tenant');
  if (secrets.has(name.toLowerCase())) return `"${name}" holds a password: rules cannot read it`;
  const spelled = name === 'dn' ? 'distinguishedName' : name;
  const found = forest.get(spelled);
  if (found) return { name: spelled, kind: found.kind };
  const other = respelled(forest, spelled);
  if (other !== undefined) return `"${name}" is written ${other}`;
  return /^[A-Za-z][A-Za-z0-9-]{0,255}$/.test(name) && !(name in {})
    ? { name, kind: 'unknown' }
    : `"${name}" is no name of an attribute`;
}

/** An attribute of the metaverse; a text is why there is none. */
export function metaverseAttribute(name: string): AttributeRead | string {
  return known(metaverse, name, 'the metaverse');
}

/** What a flow may write to; a text is why it may not. */
export function metaverseTarget(name: string): AttributeSchema | string {
  const read = metaverseAttribute(name);
  return typeof read === 'string' ? read : (metaverse.get(name) ?? read.name);
}

/** What an outbound flow may write to; a text is why it may not. */
export function tenantTarget(type: string, name: string): AttributeSchema | string {
  if (tenantTargets[type]?.has(name) !== true) return `a ${type} of the tenant has no attribute "${name}"`;
  return tenant.get(name) ?? name;
}

function known(attributes: Schema, name: string, where: string): AttributeRead | string {
  const found = attributes.get(name);
  if (found) return { name, kind: found.kind };
  const other = respelled(attributes, name);
  return other === undefined ? `${where} has no attribute "${name}"` : `"${name}" is written ${other}`;
}

function respelled(attributes: Schema, name: string): string | undefined {
  const folded = name.toLowerCase();
  return [...attributes.keys()].find((each) => each.toLowerCase() === folded);
}
