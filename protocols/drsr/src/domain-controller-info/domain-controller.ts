import type { Guid } from '@ad-protocols/wire';

/**
 * A domain controller as level 1 tells of it. A name that it does not have, for example the site of one without an object in
 * the configuration, is undefined.
 *
 * @see [MS-DRSR] DS_DOMAIN_CONTROLLER_INFO_1W (4.1.5.1.8)
 */
export interface DomainControllerInfo1 {
  readonly netbiosName: string | undefined;
  readonly dnsHostName: string | undefined;
  /** RDN of its site. */
  readonly siteName: string | undefined;
  /** Distinguished name of its account. */
  readonly computerDn: string | undefined;
  /** Distinguished name of its server object, within its site. */
  readonly serverDn: string | undefined;
  /** Whether it is the PDC emulator. */
  readonly isPdc: boolean;
  /** Whether its directory service is there; always true. */
  readonly isEnabled: boolean;
}

/** What level 2 adds. @see [MS-DRSR] DS_DOMAIN_CONTROLLER_INFO_2W (4.1.5.1.9) */
export interface DomainControllerInfo2 extends DomainControllerInfo1 {
  readonly siteDn: string | undefined;
  /** Distinguished name of its NTDS settings. */
  readonly dsaDn: string | undefined;
  readonly isGlobalCatalog: boolean;
  /** objectGUIDs of the objects of the same names. */
  readonly siteGuid: Guid;
  readonly computerGuid: Guid;
  readonly serverGuid: Guid;
  readonly dsaGuid: Guid;
}

/** What level 3 adds; Windows tells of read-only ones at this level alone. @see [MS-DRSR] DS_DOMAIN_CONTROLLER_INFO_3W (4.1.5.1.10) */
export interface DomainControllerInfo3 extends DomainControllerInfo2 {
  readonly isReadOnly: boolean;
}

/** What each level tells of a domain controller. */
export interface DomainControllerInfo {
  readonly 1: DomainControllerInfo1;
  readonly 2: DomainControllerInfo2;
  readonly 3: DomainControllerInfo3;
}

export type InfoLevel = keyof DomainControllerInfo;
