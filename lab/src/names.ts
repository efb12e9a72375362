/** The three networks; only a host with an interface in two of them can reach both. */
export type NetworkName = 'on-premises' | 'managed' | 'internet';

/** The five hosts of every lab, and the second domain controller that a lab may have. */
export type HostName = 'corp-dc1' | 'corp-dc2' | 'connect' | 'cloud' | 'managed-dc1' | 'vm1';

/** The hosts that are domain controllers. */
export type DomainControllerName = 'corp-dc1' | 'corp-dc2' | 'managed-dc1';

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
  /** The network that its domain controllers serve. They serve no other. */
  readonly network: NetworkName;
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
  connect: {
    fqdn: 'connect.corp.contoso.test',
    addresses: { 'on-premises': '10.10.0.20', internet: '192.0.2.20' },
    resolvers: ['corp-dc1', 'corp-dc2'],
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

/** The second domain controller of the on-premises domain, which a lab has where it is asked for. */
export const SECOND_DC = 'corp-dc2';

const CORP: DomainPlan = {
  dnsName: 'corp.contoso.test',
  realm: 'CORP.CONTOSO.TEST',
  netbiosName: 'CORP',
  baseDn: 'DC=corp,DC=contoso,DC=test',
  network: 'on-premises',
};

/** The domain of each domain controller. */
export const DOMAINS: Readonly<Record<DomainControllerName, DomainPlan>> = {
  'corp-dc1': CORP,
  'corp-dc2': CORP,
  'managed-dc1': {
    dnsName: 'aadds.contoso.test',
    realm: 'AADDS.CONTOSO.TEST',
    netbiosName: 'AADDS',
    baseDn: 'DC=aadds,DC=contoso,DC=test',
    network: 'managed',
  },
};

/** The UPN suffix of all users; registered in both forests. */
export const UPN_SUFFIX = 'contoso.test';

/** The organizational unit of the on-premises users; each department is one below it. */
export const STAFF_DN = `OU=Staff,${DOMAINS['corp-dc1'].baseDn}`;

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
