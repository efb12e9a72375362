import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DOMAINS, HOST_NAMES, HOSTS, isDomainController, networksOf } from './names.ts';
import type { DomainPlan, HostName } from './names.ts';

/** Where every host finds the certificate of the lab's certification authority. */
export const CA_FILE = '/etc/causeway/lab-ca.pem';

/** Where a host sees the machine's own /etc, read-only; container-init.sh mounts it. */
const MACHINE_ETC = 'run/machine-etc';

/** Folders a host has from the start: those of /var and /run that Debian's packages expect, and Causeway's own. */
const FOLDERS: readonly (readonly [path: string, mode: number])[] = [
  ['etc/causeway', 0o755],
  ['etc/ldap', 0o755],
  ['etc/samba', 0o755],
  ['var/lib/causeway', 0o700],
  ['var/lib/samba/private', 0o700],
  ['var/cache/samba', 0o755],
  ['var/log/samba', 0o755],
  ['var/tmp', 0o1777],
  [MACHINE_ETC, 0o755],
  ['run/samba', 0o755],
  ['run/lock', 0o1777],
  ['tmp', 0o1777],
];

/**
 * Fills a host's own folders: an /etc with the lab's names, resolver and Kerberos settings, where everything else is a
 * link to the machine's, and an empty /var, /run and /tmp. `present` are the hosts of the lab.
 */
export function writeHostFiles(folder: string, host: HostName, present: ReadonlySet<HostName>): void {
  for (const [path, mode] of FOLDERS) makeFolder(join(folder, path), mode);
  symlinkSync('/run', join(folder, 'var/run'));
  symlinkSync('/run/lock', join(folder, 'var/lock'));
  const write = (path: string, content: string): void => {
    writeFileSync(join(folder, path), content);
  };
  write('etc/hostname', `${host}\n`);
  write('etc/hosts', formatHosts(host));
  write('etc/resolv.conf', formatResolver(host, present));
  write('etc/nsswitch.conf', 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\n');
  write('etc/krb5.conf', formatKerberos(domainOf(host)));
  write('etc/samba/smb.conf', formatSambaClient(domainOf(host)));
  write('etc/ldap/ldap.conf', `TLS_CACERT ${CA_FILE}\nSASL_NOCANON on\n`);
  for (const name of readdirSync('/etc')) {
    const link = join(folder, 'etc', name);
    if (!existsSync(link)) symlinkSync(join('/', MACHINE_ETC, name), link);
  }
}

/** The domain a host belongs to by its name; the cloud belongs to none. */
export function domainOf(host: HostName): DomainPlan | undefined {
  const dc = isDomainController(host) ? host : HOSTS[host].resolvers[0];
  return dc === undefined ? undefined : DOMAINS[dc];
}

/** Makes a folder with a mode that the umask does not change. */
function makeFolder(path: string, mode: number): void {
  const before = process.umask(0);
  try {
    // Every user of the host passes through the folders above it.
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    mkdirSync(path, { recursive: true, mode });
  } finally {
    process.umask(before);
  }
}

/**
 * /etc/hosts: the host itself, and whoever it meets on the internet, where the lab has no DNS server. Names of the
 * two domains come from their domain controllers.
 */
function formatHosts(host: HostName): string {
  const lines = ['127.0.0.1 localhost'];
  const own = HOSTS[host];
  const first = networksOf(host)[0];
  if (first !== undefined) lines.push(`${own.addresses[first]} ${own.fqdn} ${host}`);
  if (own.addresses.internet !== undefined) {
    for (const other of HOST_NAMES) {
      const address = HOSTS[other].addresses.internet;
      if (other !== host && address !== undefined) {
        lines.push(`${address} ${HOSTS[other].fqdn} ${other}`);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

function formatResolver(host: HostName, present: ReadonlySet<HostName>): string {
  const controllers = HOSTS[host].resolvers.filter((dc) => present.has(dc));
  const [first] = controllers;
  if (first === undefined) return '';
  const { dnsName, network } = DOMAINS[first];
  const servers = controllers.map((dc) => `nameserver ${HOSTS[dc].addresses[network]}\n`).join('');
  return `search ${dnsName}\n${servers}options timeout:1 attempts:2\n`;
}

/** What client programs such as smbclient need; a domain controller replaces it with its own. */
function formatSambaClient(domain: DomainPlan | undefined): string {
  const names = domain === undefined ? [] : [`  workgroup = ${domain.netbiosName}`, `  realm = ${domain.realm}`];
  return ['[global]', ...names, '  disable netbios = yes', '  name resolve order = host', ''].join('\n');
}

function formatKerberos(domain: DomainPlan | undefined): string {
  const lines = ['[libdefaults]'];
  if (domain !== undefined) lines.push(`  default_realm = ${domain.realm}`);
  // Names are taken as given: the lab has no reverse DNS zone.
  lines.push(
    '  dns_lookup_kdc = true',
    '  dns_lookup_realm = false',
    '  rdns = false',
    '  dns_canonicalize_hostname = false',
  );
  // Answers of the KDC with a PAC do not fit a datagram; a first try over UDP would only cost a round trip.
  lines.push('  udp_preference_limit = 0');
  if (domain !== undefined) {
    // Every domain of its network; a child's realm would otherwise count as its parent's.
    const near = new Set(Object.values(DOMAINS).filter(({ network }) => network === domain.network));
    lines.push('[domain_realm]');
    for (const { dnsName, realm } of near) lines.push(`  .${dnsName} = ${realm}`, `  ${dnsName} = ${realm}`);
  }
  return `${lines.join('\n')}\n`;
}
