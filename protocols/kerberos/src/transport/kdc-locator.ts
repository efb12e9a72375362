import { getServers, Resolver } from 'node:dns/promises';
import { KerberosError } from '../errors.ts';
import { parseKdcAddress, type KdcAddress } from './kdc-address.ts';
import { DNS_TIMEOUT_MS, serviceRecords } from './service-lookup.ts';
import { orderServiceRecords } from './service-records.ts';

/** Finds the KDCs of a realm, the best first. */
export interface KdcLocator {
  /** @throws {KerberosError} ERR_KRB5_REALM_UNKNOWN when there is none. */
  locate(realm: string, signal?: AbortSignal): Promise<readonly KdcAddress[]>;
}

/** KDCs by realm, in any case, each as {@link parseKdcAddress} takes it; `others` finds those of realms not named. */
export function configuredKdcs(realms: Readonly<Record<string, readonly string[]>>, others?: KdcLocator): KdcLocator {
  const addresses = new Map(
    Object.entries(realms).map(([realm, kdcs]) => [realm.toUpperCase(), kdcs.map((kdc) => parseKdcAddress(kdc))]),
  );
  return {
    async locate(realm, signal) {
      const configured = addresses.get(realm.toUpperCase());
      if (configured !== undefined && configured.length > 0) return configured;
      if (others !== undefined) return await others.locate(realm, signal);
      throw realmUnknown(realm, 'the configuration names none');
    },
  };
}

/**
 * KDCs from the DNS records `_kerberos._udp.REALM` and, where there are none, `_kerberos._tcp.REALM`.
 *
 * @param servers DNS servers as {@link parseKdcAddress} takes them; the host's own by default.
 * @see RFC 4120 §7.2.3; RFC 2782
 */
export function dnsKdcs({
  servers = getServers(),
}: { readonly servers?: readonly string[] | undefined } = {}): KdcLocator {
  return {
    async locate(realm, signal) {
      const problems: unknown[] = [];
      for (const server of servers) {
        try {
          const kdcs = await kdcsFrom(server, realm, signal);
          if (kdcs.length > 0) return kdcs;
        } catch (error) {
          signal?.throwIfAborted();
          problems.push(error);
        }
      }
      throw realmUnknown(realm, 'DNS names none', new AggregateError(problems));
    },
  };
}

async function kdcsFrom(server: string, realm: string, signal?: AbortSignal): Promise<KdcAddress[]> {
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: 1 });
  resolver.setServers([server]);
  for (const service of [`_kerberos._udp.${realm}`, `_kerberos._tcp.${realm}`]) {
    const records = await serviceRecords(server, service, signal);
    const addresses: KdcAddress[] = [];
    for (const { name, port } of orderServiceRecords(records, Math.random)) {
      signal?.throwIfAborted();
      const hosts = [
        ...(await resolver.resolve4(name).catch(() => [])),
        ...(await resolver.resolve6(name).catch(() => [])),
      ];
      addresses.push(...hosts.map((host) => ({ host, port })));
    }
    if (addresses.length > 0) return addresses;
  }
  return [];
}

function realmUnknown(realm: string, why: string, cause?: unknown): KerberosError {
  return new KerberosError({
    code: 'ERR_KRB5_REALM_UNKNOWN',
    message: `no KDC of the realm ${realm} is known: ${why}`,
    nextStep: `Let this host use a DNS server of the domain, which has _kerberos._udp.${realm}, or name the KDCs in the configuration.`,
    cause,
  });
}
