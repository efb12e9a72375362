import { NegotiateMechanism, type Mechanism } from '@ad-protocols/gss';
import { configuredKdcs, dnsKdcs, KerberosClient, KerberosMechanism } from '@ad-protocols/kerberos';
import { NtlmMechanism } from '@ad-protocols/ntlm';
import type { ConnectorConfig } from '../config.ts';

/**
 * The service account as the protocols of a DC take it: Kerberos, NTLM or both, offered by SPNEGO in the order of the
 * configuration. What is not configured is never offered, so nobody on the way can bring it about.
 */
export function createMechanism(connector: ConnectorConfig, password: string): Mechanism {
  const { account, name: forest } = connector;
  const ntlm = new NtlmMechanism({ domain: account.domain ?? forest, user: account.name, password });
  switch (account.signIn) {
    case 'kerberos':
      return new NegotiateMechanism([createKerberos(connector, password)]);
    case 'kerberos-or-ntlm':
      return new NegotiateMechanism([createKerberos(connector, password), ntlm]);
    case 'ntlm':
      return new NegotiateMechanism([ntlm]);
  }
}

function createKerberos(connector: ConnectorConfig, password: string): Mechanism {
  return new KerberosMechanism(createKerberosClient(connector, password));
}

/**
 * The service account as a Kerberos client. Every DC is a KDC of its domain: those that are read are asked, unless others are
 * named for the account's realm.
 */
export function createKerberosClient(
  { account, kerberos, domains, name }: ConnectorConfig,
  password: string,
): KerberosClient {
  const realm = (kerberos.realm ?? name).toUpperCase();
  const kdcs: Record<string, readonly string[]> = {};
  for (const domain of domains) kdcs[domain.name.toUpperCase()] = domain.domainControllers;
  if (kerberos.kdcs !== undefined) kdcs[realm] = kerberos.kdcs;
  return new KerberosClient({
    user: account.name,
    realm,
    credential: { password },
    allowRc4: kerberos.allowRc4,
    locator: configuredKdcs(kdcs, dnsKdcs()),
    realmOfHost: (host) => realmOf(host, domains),
  });
}

/** The realm of a DC: that of the domain of which its name is, the nearest one. */
function realmOf(host: string, domains: ConnectorConfig['domains']): string | undefined {
  const names = domains.map(({ name }) => name).filter((name) => host.toLowerCase().endsWith(`.${name}`));
  return names.toSorted((left, right) => right.length - left.length)[0]?.toUpperCase();
}
