import type { ConnectorConfig, DomainConfig } from '../config.ts';
import { ldapPort } from '../dc/ldap-connection.ts';
import { failed, ok, skipped, warning, type Check, type CheckOutcome } from './check.ts';
import type { SetupContext } from './setup-context.ts';

const DAY_MS = 86_400_000;
/** A certificate that ends sooner is worth a word. */
const CERTIFICATE_WARNING_DAYS = 30;

export const checkIds = {
  services: (domain: string) => `dns.services:${domain}`,
  address: (host: string) => `dns.address:${host}`,
  ports: (host: string) => `network.ports:${host}`,
  replicationPort: (host: string) => `network.replication-port:${host}`,
  certificate: (host: string) => `certificate:${host}`,
} as const;

/** Whether a domain and its DCs can be found and reached: DNS, ports, certificates. No account is needed. */
export function networkChecks(connector: ConnectorConfig, domain: DomainConfig): Check<SetupContext>[] {
  return [serviceRecords(domain), ...domain.domainControllers.flatMap((host) => hostChecks(connector, host))];
}

function serviceRecords({ name, domainControllers }: DomainConfig): Check<SetupContext> {
  return {
    id: checkIds.services(name),
    title: `DNS names the domain controllers of ${name}`,
    part: 'forest',
    run: async ({ probes }) =>
      judgeServices(name, domainControllers, await probes.services(`_ldap._tcp.dc._msdcs.${name}`)),
  };
}

/** What the SRV records of a domain say about the DCs that are configured. */
export function judgeServices(domain: string, configured: readonly string[], found: readonly string[]): CheckOutcome {
  const record = `_ldap._tcp.dc._msdcs.${domain}`;
  if (found.length === 0) {
    return warning(
      `there is no SRV record ${record}: domain controllers are reached by their configured names alone`,
      `let this host use a DNS server of the forest, for example by /etc/resolv.conf, and check: host -t SRV ${record}`,
    );
  }
  const known = new Set(found.map((host) => host.toLowerCase().replace(/\.$/, '')));
  const unknown = configured.filter((host) => !known.has(host.toLowerCase().replace(/\.$/, '')));
  if (unknown.length > 0) {
    return warning(
      `${unknown.join(', ')} is not among the domain controllers that DNS names for ${domain}: ${found.join(', ')}`,
      'set domainControllers to full names of these, not to an alias, an address, or one that was removed',
    );
  }
  return ok(found.join(', '));
}

function hostChecks(connector: ConnectorConfig, host: string): Check<SetupContext>[] {
  const port = ldapPort(connector.ldap);
  return [
    {
      id: checkIds.address(host),
      title: `${host} resolves`,
      part: 'forest',
      run: async ({ probes }) => {
        const addresses = await probes.addresses(host);
        if (addresses.length > 0) return ok(addresses.join(', '));
        return failed(
          `the name ${host} does not resolve`,
          `check the name, and that this host asks the DNS servers of the forest: getent hosts ${host}`,
        );
      },
    },
    {
      id: checkIds.ports(host),
      title: `${host} answers on 88 (Kerberos), 135 (RPC) and ${port} (LDAP)`,
      part: 'forest',
      needs: [checkIds.address(host)],
      run: async ({ probes }) => {
        const refusals = await Promise.all(
          [88, 135, port].map(async (number) => ({ port: number, why: await probes.refusal(host, number) })),
        );
        return judgePorts(host, refusals);
      },
    },
    {
      id: checkIds.replicationPort(host),
      title: `${host} answers on the port of replication`,
      part: 'forest',
      needs: [checkIds.ports(host)],
      run: async ({ probes }, signal) => {
        await probes.findReplicationPort(host, connector.account.name, signal);
        return ok('found by the endpoint mapper');
      },
    },
    {
      id: checkIds.certificate(host),
      title: `${host} has a certificate that is trusted here`,
      part: 'forest',
      needs: [checkIds.ports(host)],
      run: async ({ probes, clock }, signal) => {
        if (connector.ldap.tls === 'sasl') return skipped('ldap.tls is sasl: no certificate is needed');
        return judgeCertificate(host, await probes.dcCertificateEnd(connector, host, signal), clock.now());
      },
    },
  ];
}

/** What ports that answer or not mean. */
export function judgePorts(
  host: string,
  refusals: readonly { readonly port: number; readonly why: string | undefined }[],
): CheckOutcome {
  const bad = refusals.filter(({ why }) => why !== undefined);
  if (bad.length === 0) return ok(refusals.map(({ port }) => port).join(', '));
  const list = bad.map(({ port, why }) => `${port}: ${why ?? ''}`).join(', ');
  return failed(
    `${host} cannot be reached on ${list}`,
    bad.length === refusals.length
      ? `check that ${host} runs, and that a route leads from this host to it`
      : `open these ports from this host to ${host}; replication takes 49152-65535 (TCP) too`,
  );
}

/** What the end of a certificate means; both times in milliseconds since 1970. */
export function judgeCertificate(holder: string, end: number, now: number): CheckOutcome {
  const days = Math.floor((end - now) / DAY_MS);
  if (days >= CERTIFICATE_WARNING_DAYS) return ok(`valid for ${days} more days`);
  return warning(
    `the certificate of ${holder} ends in ${days} days`,
    `renew it before: connect stops when it has ended`,
  );
}
