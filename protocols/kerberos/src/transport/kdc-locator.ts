import { Resolver } from 'node:dns/promises';
import { KerberosError } from '../errors.ts';
import { parseKdcAddress, type KdcAddress } from './kdc-address.ts';
import { orderServiceRecords } from './service-records.ts';

/** Finds the KDCs of a realm, the best first. */
export interface KdcLocator {
  /** @throws {KerberosError} ERR_KRB5_REALM_UNKNOWN when there is none. */
  locate(realm: string, signal?: AbortSignal): Promise<readonly KdcAddress[]>;
}

/** KDCs by realm, in upper case, each as {@link parseKdcAddress} takes it; `others` finds those of realms not named. */
export function configuredKdcs(realms: Readonly<Record<string, readonly string[]>>, others?: KdcLocator): KdcLocator {
  const addresses = new Map(Object.entries(realms).map(([realm, kdcs]) => [realm, kdcs.map(parseKdcAddress)]));
  return {
    async locate(realm, signal) {
      const configured = addresses.get(realm);
      if (configured !== undefined && configured.length > 0) return configured;
      if (others !== undefined) return await others.locate(realm, signal);
      throw realmUnknown(realm, 'the configuration names none');
    },
  };
}

/**
 * KDCs from the DNS records `_kerberos._udp.REALM` and, where there are none, `_kerberos._tcp.REALM`.
 *
 * @param servers Addresses of DNS servers; the host's own by default.
 * @see RFC 4120 §7.2.3; RFC 2782
 */
export function dnsKdcs({ servers }: { readonly servers?: readonly string[] | undefined } = {}): KdcLocator {
  return {
    async locate(realm, signal) {
      const resolver = new Resolver({ timeout: 2000, tries: 2 });
      if (servers !== undefined) resolver.setServers(servers);
      const cancel = (): void => {
        resolver.cancel();
      };
      signal?.addEventListener('abort', cancel, { once: true });
      try {
        return await findKdcs(resolver, realm);
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      } finally {
        signal?.removeEventListener('abort', cancel);
      }
    },
  };
}

async function findKdcs(resolver: Resolver, realm: string): Promise<KdcAddress[]> {
  const problems: unknown[] = [];
  const none = (error: unknown): [] => {
    problems.push(error);
    return [];
  };
  for (const service of [`_kerberos._udp.${realm}`, `_kerberos._tcp.${realm}`]) {
    const records = orderServiceRecords(await resolver.resolveSrv(service).catch(none), Math.random);
    const addresses: KdcAddress[] = [];
    for (const { name, port } of records) {
      const hosts = [...(await resolver.resolve4(name).catch(none)), ...(await resolver.resolve6(name).catch(none))];
      addresses.push(...hosts.map((host) => ({ host, port })));
    }
    if (addresses.length > 0) return addresses;
  }
  throw realmUnknown(realm, 'DNS names none', new AggregateError(problems));
}

function realmUnknown(realm: string, why: string, cause?: unknown): KerberosError {
  return new KerberosError({
    code: 'ERR_KRB5_REALM_UNKNOWN',
    message: `no KDC of the realm ${realm} is known: ${why}`,
    nextStep: `Let this host use a DNS server of the domain, which has _kerberos._udp.${realm}, or name the KDCs in the configuration.`,
    cause,
  });
}
