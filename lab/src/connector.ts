import { SYNC_ACCOUNT } from './content/accounts.ts';
import { CA_FILE } from './host-files.ts';
import { CHILD_DC, DOMAINS, HOSTS } from './names.ts';
import type { DomainControllerName } from './names.ts';

/** One forest in connect's configuration: the values of one of its `connectors`. */
export interface ConnectorEntry {
  /** DNS name of its root domain. */
  readonly name: string;
  readonly domains: readonly { readonly name: string; readonly domainControllers: readonly string[] }[];
  readonly ldap: { readonly tls: 'starttls' | 'ldaps' | 'sasl'; readonly ca: string };
  readonly account: {
    readonly name: string;
    readonly passwordFile: string;
    readonly signIn?: 'kerberos' | 'kerberos-or-ntlm' | 'ntlm';
  };
}

/** The file on `connect` with the service account's password, which is the same in every forest. */
export const PASSWORD_FILE = '/etc/causeway/svc-causeway.password';

/** The DNS names of the on-premises forests that a lab with these domain controllers has. */
export function forestsOf(present: readonly DomainControllerName[]): string[] {
  const forests = present.map((dc) => DOMAINS[dc]).filter(({ network }) => network === 'on-premises');
  return [...new Set(forests.map(({ forest }) => forest))];
}

/**
 * The connector of a forest, with every domain of it and every domain controller that a lab has of them.
 *
 * With a child domain it signs in by Kerberos or NTLM and seals with the keys of that: a Samba domain controller of one domain
 * takes no simple bind of an account of another, and refers nobody to the KDC of a child.
 */
export function connectorOf(forest: string, present: readonly DomainControllerName[]): ConnectorEntry {
  const controllers = present.filter((dc) => DOMAINS[dc].forest === forest);
  const names = [...new Set(controllers.map((dc) => DOMAINS[dc].dnsName))];
  const account = { name: SYNC_ACCOUNT.name, passwordFile: PASSWORD_FILE };
  const acrossDomains = controllers.includes(CHILD_DC);
  return {
    name: forest,
    domains: names.map((name) => ({
      name,
      domainControllers: controllers.filter((dc) => DOMAINS[dc].dnsName === name).map((dc) => HOSTS[dc].fqdn),
    })),
    ldap: { tls: acrossDomains ? 'sasl' : 'starttls', ca: CA_FILE },
    account: acrossDomains ? { ...account, signIn: 'kerberos-or-ntlm' } : account,
  };
}
