/**
 * How a name is written, or what is listed in its place.
 *
 * Those that start with `list` are questions: they are only offered, together with a site, server or domain as the name where
 * they need one.
 *
 * @see [MS-DRSR] DS_NAME_FORMAT (4.1.4.1.3), DRS_MSG_CRACKREQ_V1 (4.1.4.1.2)
 */
export const nameFormats = {
  /** Whatever it looks like; only to be offered. */
  unknown: 0,
  /** `CN=Ada Lovelace,CN=Users,DC=contoso,DC=com`. */
  distinguishedName: 1,
  /** `CONTOSO\ada`; `CONTOSO\` is the domain. */
  nt4AccountName: 2,
  displayName: 3,
  /** objectGUID in curly braces. */
  guid: 6,
  /** `contoso.com/Users/Ada Lovelace`. */
  canonicalName: 7,
  userPrincipalName: 8,
  /** Like `canonicalName` with a line end in place of the last slash. */
  canonicalNameEx: 9,
  servicePrincipalName: 10,
  /** A SID of now or of before; only to be offered. */
  sidOrSidHistory: 11,
  /** Not supported by servers; only desired. */
  dnsDomainName: 12,
  userPrincipalNameOrAltSecId: 0xffff_ffef,
  /** A sAMAccountName; accounts that are not valid are not found. */
  accountNameEx: 0xffff_fff0,
  listGlobalCatalogServers: 0xffff_fff1,
  /** Only desired. */
  userPrincipalNameForLogon: 0xffff_fff2,
  /** Domain controllers in a site. */
  listServersWithDcsInSite: 0xffff_fff3,
  sid: 0xffff_fff4,
  /** One of altSecurityIdentities. */
  altSecurityIdentity: 0xffff_fff5,
  listNamingContexts: 0xffff_fff6,
  listDomains: 0xffff_fff7,
  /** GUID of a class, attribute, property set or right in the schema. */
  schemaGuid: 0xffff_fff8,
  /** A sAMAccountName. */
  accountName: 0xffff_fff9,
  /** Who holds each of the five operations master roles. */
  listRoles: 0xffff_fffa,
  /** DNS host name and account of a server. */
  listInfoForServer: 0xffff_fffb,
  listServersForDomainInSite: 0xffff_fffc,
  listDomainsInSite: 0xffff_fffd,
  listServersInSite: 0xffff_fffe,
  listSites: 0xffff_ffff,
} as const;

export type NameFormat = keyof typeof nameFormats;
