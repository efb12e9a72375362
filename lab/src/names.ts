/** The three networks; only a host with an interface in two of them can reach both. */
export type NetworkName = 'on-premises' | 'managed' | 'internet';

/** The hosts that are domain controllers: one of each domain, and a second one of the first domain. */
export type DomainControllerName = 'corp-dc1' | 'corp-dc2' | 'emea-dc1' | 'fabrikam-dc1' | 'managed-dc1';

/** The five hosts of every lab, and the domain controllers that a lab may have besides. */
export type HostName = DomainControllerName | 'connect' | 'cloud' | 'vm1';

/** What is fixed about a host before it exists. */
export interface HostPlan {
  /** The fully qualified name, which is also the first name in the host's certificate. */
  readonly fqdn: string;
  /** IPv4 address in each network the host is connected to. */
  readonly addresses: Readonly<Partial<Record<NetworkName, string>>>;
  /** The domain controllers that answer the host's DNS queries, the one asked first in front. */
  readonly resolvers: readonly DomainControllerName[];
}

/** What is fixed about a domain. */
export interface DomainPlan {
  readonly dnsName: string;
  readonly realm: string;
  readonly netbiosName: string;
  readonly baseDn: string;
  /** DNS name of the root domain of its forest. */
  readonly forest: string;
  /** The network that its domain controllers serve. They serve no other. */
  readonly network: NetworkName;
}

/** What a lab may have besides its five hosts. */
export interface LabExtras {
  /** `corp-dc2`, a second domain controller of corp.contoso.test. */
  readonly secondDc: boolean;
  /** `emea-dc1`, the domain controller of emea.corp.contoso.test in the same forest. */
  readonly childDomain: boolean;
  /** `fabrikam-dc1`, the domain controller of fabrikam.test, a forest of its own. */
  readonly secondForest: boolean;
}

/**
 * Name of the bridge, and of the interface on every host, of each network (at most 13 characters).
 * All networks are /24. The internet's is TEST-NET-1 of RFC 5737. A host's own name stands for its address in the first of
 * these that it is in, so the internet comes last.
 */
export const NETWORKS: Readonly<Record<NetworkName, { readonly link: string }>> = {
  'on-premises': { link: 'onprem' },
  managed: { link: 'managed' },
  internet: { link: 'internet' },
};

/** Every host's name and addresses. */
export const HOSTS: Readonly<Record<HostName, HostPlan>> = {
  'corp-dc1': {
    fqdn: 'corp-dc1.corp.contoso.test',
    addresses: { 'on-premises': '10.10.0.10' },
    resolvers: ['corp-dc1'],
  },
  'corp-dc2': {
    fqdn: 'corp-dc2.corp.contoso.test',
    addresses: { 'on-premises': '10.10.0.11' },
    // While it joins, nobody answers on the host itself.
    resolvers: ['corp-dc2', 'corp-dc1'],
  },
  'emea-dc1': {
    fqdn: 'emea-dc1.emea.corp.contoso.test',
    addresses: { 'on-premises': '10.10.0.12' },
    // The domain's records are in a zone of its parent's DNS servers.
    resolvers: ['corp-dc1', 'corp-dc2'],
  },
  'fabrikam-dc1': {
    fqdn: 'fabrikam-dc1.fabrikam.test',
    addresses: { 'on-premises': '10.10.0.13' },
    resolvers: ['fabrikam-dc1'],
  },
  connect: {
    fqdn: 'connect.corp.contoso.test',
    addresses: { 'on-premises': '10.10.0.20', internet: '192.0.2.20' },
    // Those of the first forest ask the second forest's for its names; it is asked itself when none of them serves.
    resolvers: ['corp-dc1', 'corp-dc2', 'fabrikam-dc1'],
  },
  cloud: { fqdn: 'cloud.internet.test', addresses: { internet: '192.0.2.30' }, resolvers: [] },
  'managed-dc1': {
    fqdn: 'managed-dc1.aadds.contoso.test',
    addresses: { managed: '10.20.0.10', internet: '192.0.2.40' },
    resolvers: ['managed-dc1'],
  },
  vm1: {
    fqdn: 'vm1.aadds.contoso.test',
    addresses: { managed: '10.20.0.50' },
    resolvers: ['managed-dc1'],
  },
};

/** The hosts of every lab, in the order in which they are shown. */
export const HOST_NAMES: readonly HostName[] = ['corp-dc1', 'connect', 'cloud', 'managed-dc1', 'vm1'];

/** The second domain controller of corp.contoso.test, which a lab has where it is asked for. */
export const SECOND_DC = 'corp-dc2';

/** The domain controller of the child domain, which a lab has where it is asked for. */
export const CHILD_DC = 'emea-dc1';

/** The domain controller of the second forest, which a lab has where it is asked for. */
export const SECOND_FOREST_DC = 'fabrikam-dc1';

const CORP: DomainPlan = {
  dnsName: 'corp.contoso.test',
  realm: 'CORP.CONTOSO.TEST',
  netbiosName: 'CORP',
  baseDn: 'DC=corp,DC=contoso,DC=test',
  forest: 'corp.contoso.test',
  network: 'on-premises',
};

/** The domain of each domain controller. */
export const DOMAINS: Readonly<Record<DomainControllerName, DomainPlan>> = {
  'corp-dc1': CORP,
  'corp-dc2': CORP,
  'emea-dc1': {
    dnsName: 'emea.corp.contoso.test',
    realm: 'EMEA.CORP.CONTOSO.TEST',
    netbiosName: 'EMEA',
    baseDn: 'DC=emea,DC=corp,DC=contoso,DC=test',
    forest: CORP.forest,
    network: 'on-premises',
  },
  'fabrikam-dc1': {
    dnsName: 'fabrikam.test',
    realm: 'FABRIKAM.TEST',
    netbiosName: 'FABRIKAM',
    baseDn: 'DC=fabrikam,DC=test',
    forest: 'fabrikam.test',
    network: 'on-premises',
  },
  'managed-dc1': {
    dnsName: 'aadds.contoso.test',
    realm: 'AADDS.CONTOSO.TEST',
    netbiosName: 'AADDS',
    baseDn: 'DC=aadds,DC=contoso,DC=test',
    forest: 'aadds.contoso.test',
    network: 'managed',
  },
};

/** The UPN suffix of all users of contoso; registered in every forest. */
export const UPN_SUFFIX = 'contoso.test';

/** The organizational unit of the on-premises users; each department is one below it. */
export const STAFF_DN = `OU=Staff,${DOMAINS['corp-dc1'].baseDn}`;

/** The hosts of a lab with these extras, in the order in which they are shown. */
export function hostsWith({ secondDc, childDomain, secondForest }: LabExtras): HostName[] {
  return [
    ...HOST_NAMES,
    ...(secondDc ? [SECOND_DC] : []),
    ...(childDomain ? [CHILD_DC] : []),
    ...(secondForest ? [SECOND_FOREST_DC] : []),
  ] as HostName[];
}

/** The first domain controller of the domain that an object is in, by its distinguished name. */
export function domainControllerOf(dn: string): DomainControllerName {
  const names = (Object.keys(DOMAINS) as DomainControllerName[]).filter((name) =>
    dn.endsWith(`,${DOMAINS[name].baseDn}`),
  );
  // The name of a child's ends with its parent's.
  const [nearest] = names.sort((a, b) => DOMAINS[b].baseDn.length - DOMAINS[a].baseDn.length);
  if (nearest === undefined) throw new RangeError(`${dn} is in no domain of the lab.`);
  return nearest;
}

/** The configuration naming context of the forest of a domain controller; its schema is in it. */
export function configurationDn(dc: DomainControllerName): string {
  return `CN=Configuration,${DOMAINS[dc].forest
    .split('.')
    .map((label) => `DC=${label}`)
    .join(',')}`;
}

/** The host's address in one network, or `undefined` where it has no interface. */
export function addressOf(host: HostName, network: NetworkName): string | undefined {
  return HOSTS[host].addresses[network];
}

/** The networks a host is connected to. */
export function networksOf(host: HostName): NetworkName[] {
  return (Object.keys(NETWORKS) as NetworkName[]).filter((network) => HOSTS[host].addresses[network] !== undefined);
}

/** Whether a host is a domain controller. */
export function isDomainController(host: HostName): host is DomainControllerName {
  return Object.hasOwn(DOMAINS, host);
}

/** Whether a word names a host. */
export function isHostName(word: string): word is HostName {
  return Object.hasOwn(HOSTS, word);
}
