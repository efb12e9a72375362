import { textOf } from '@ad-protocols/ldap';
import type { ConnectorConfig, DomainConfig } from '../config.ts';
import { readAccountPassword } from '../dc/account-password.ts';
import { SKEW_WARNING_MS } from '../dc/dc-session.ts';
import { parseGeneralizedTime } from '../dc/domain-controller.ts';
import { isSignInError, signInFailure } from '../dc/sign-in-errors.ts';
import { createKerberosClient } from '../dc/sign-in.ts';
import { failed, failureOf, ok, skipped, warning, type Check, type CheckOutcome } from './check.ts';
import { domainDn, sameDn } from './names.ts';
import { checkIds } from './network-checks.ts';
import type { ForestDomain, SetupContext } from './setup-context.ts';

export const signInIds = {
  kerberos: (connector: string) => `account.kerberos:${connector}`,
  ldap: (host: string) => `account.ldap:${host}`,
  clock: (host: string) => `clock:${host}`,
  domains: (connector: string) => `forest.domains:${connector}`,
} as const;

/** Whether the service account signs in: first to Kerberos, whose answer says most. */
export function kerberosCheck(connector: ConnectorConfig): Check<SetupContext> {
  const { account, name, domains, kerberos } = connector;
  const realm = (kerberos.realm ?? name).toUpperCase();
  return {
    id: signInIds.kerberos(name),
    title: `the account ${account.name} signs in to ${realm}`,
    part: 'forest',
    needs:
      kerberos.kdcs === undefined ? [domains.flatMap((domain) => domain.domainControllers).map(checkIds.ports)] : [],
    run: async ({ secrets }, signal) => {
      if (account.signIn === 'ntlm') return skipped('account.signIn is ntlm');
      const client = createKerberosClient(connector, await readAccountPassword(account.passwordFile, secrets));
      try {
        await client.getTicketGrantingTicket(signal);
        return ok(`Kerberos, as ${client.principal}`);
      } catch (error) {
        const host = domains[0]?.domainControllers[0] ?? name;
        return judgeKerberos(account.signIn, isSignInError(error) ? signInFailure(error, { host }) : error);
      }
    },
  };
}

/** The outcome for a failed Kerberos sign-in: NTLM may do where it is allowed, but not for an account that is refused. */
export function judgeKerberos(signIn: ConnectorConfig['account']['signIn'], error: unknown): CheckOutcome {
  const outcome = failureOf(error);
  if (signIn === 'kerberos' || outcome.code === 'ERR_CONNECT_ACCOUNT_REFUSED') return outcome;
  return warning(`${outcome.message}; NTLM is tried in its place`, outcome.nextStep);
}

/** Whether the account signs in to each DC of a domain over LDAP, and what the DC says about itself. */
export function sessionChecks(connector: ConnectorConfig, domain: DomainConfig): Check<SetupContext>[] {
  return domain.domainControllers.flatMap((host): Check<SetupContext>[] => [
    {
      id: signInIds.ldap(host),
      title: `${host} lets the account in over LDAP and serves ${domain.name}`,
      part: 'forest',
      needs: [
        ...(connector.account.signIn === 'ntlm' ? [] : [signInIds.kerberos(connector.name)]),
        checkIds.ports(host),
        ...(connector.ldap.tls === 'sasl' ? [] : [checkIds.certificate(host)]),
      ],
      run: async (context, signal) => {
        try {
          const { dc } = await context.session(connector, host, signal);
          return judgeDomain(domain, host, dc);
        } catch (error) {
          return judgeRefusal(connector, domain, error);
        }
      },
    },
    {
      id: signInIds.clock(host),
      title: `the clock of ${host} agrees with this host's`,
      part: 'forest',
      needs: [signInIds.ldap(host)],
      run: async (context, signal) => {
        const before = context.clock.now();
        const { connection } = await context.session(connector, host, signal);
        const root = await connection.read('', ['currentTime']);
        const now = (before + context.clock.now()) / 2;
        return judgeClock(host, parseGeneralizedTime((root && textOf(root, 'currentTime')) ?? ''), now);
      },
    },
  ]);
}

/** The outcome for a failed sign-in: a Samba DC knows the accounts of other domains of its forest by fewer ways than Windows. */
export function judgeRefusal(
  { name: forest, account, ldap }: Pick<ConnectorConfig, 'name' | 'account' | 'ldap'>,
  domain: Pick<DomainConfig, 'name'>,
  error: unknown,
): CheckOutcome {
  const outcome = failureOf(error);
  const isForeign = domain.name !== (account.domain ?? forest).toLowerCase();
  const isRefused = ['ERR_CONNECT_ACCOUNT_REFUSED', 'ERR_CONNECT_SIGN_IN'].includes(outcome.code ?? '');
  const isWidest = ldap.tls === 'sasl' && account.signIn !== 'kerberos';
  if (!isForeign || !isRefused || isWidest) return outcome;
  return {
    ...outcome,
    nextStep: `if this domain controller runs Samba, set ldap.tls to sasl and account.signIn to kerberos-or-ntlm (--tls sasl --sign-in kerberos-or-ntlm): it takes no simple bind of an account of another domain; otherwise ${outcome.nextStep}`,
  };
}

/** Whether a DC serves the domain for which it is configured. */
export function judgeDomain(
  domain: DomainConfig,
  host: string,
  dc: { readonly baseDn: string; readonly dnsName: string },
): CheckOutcome {
  if (sameDn(dc.baseDn, domainDn(domain.name)) || dc.dnsName === domain.name) return ok(dc.baseDn);
  return failed(
    `${host} is a domain controller of ${dc.dnsName}, not of ${domain.name}`,
    `name it under the domain ${dc.dnsName} in the configuration, or correct the name of the domain`,
  );
}

/** What the time of a DC means, both in milliseconds since 1970; a DC tells whole seconds. */
export function judgeClock(host: string, time: number, now: number): CheckOutcome {
  const skewMs = time - now;
  if (Number.isNaN(skewMs)) return skipped(`${host} does not tell its time`);
  const seconds = Math.round(skewMs / 1000);
  if (Math.abs(skewMs) <= SKEW_WARNING_MS) return ok(Math.abs(seconds) <= 1 ? 'to the second' : `${seconds} s apart`);
  return warning(
    `the clock of ${host} is ${Math.abs(seconds)} s ${skewMs > 0 ? 'ahead of' : 'behind'} this host's`,
    `set the clocks of this host and of ${host} by the same time server`,
  );
}

/** Which domains the forest has, and whether all are read. */
export function forestCheck(connector: ConnectorConfig): Check<SetupContext> {
  return {
    id: signInIds.domains(connector.name),
    title: `the forest ${connector.name} tells its domains, and all are read`,
    part: 'forest',
    needs: [connector.domains.flatMap(({ domainControllers }) => domainControllers).map(signInIds.ldap)],
    run: async (context) => {
      const domains = await readForestDomains(connector, context);
      context.forests.set(connector.name, domains);
      return judgeForest(connector, domains, context.addsDomains);
    },
  };
}

/** The domains of the forest, from the objects that reference their naming contexts. @see [MS-ADTS] crossRef (6.1.1.2.1.1) */
async function readForestDomains(connector: ConnectorConfig, context: SetupContext): Promise<ForestDomain[]> {
  const domains: ForestDomain[] = [];
  for (const domain of connector.domains) {
    const session = await context.sessionOf(domain);
    if (session === undefined) continue;
    const { connection } = session;
    const root = await connection.read('', ['configurationNamingContext']);
    const configuration = (root && textOf(root, 'configurationNamingContext')) ?? '';
    const pages = connection.pages({
      base: `CN=Partitions,${configuration}`,
      scope: 'one',
      // FLAG_CR_NTDS_DOMAIN: a domain, not an application's partition.
      filter: '(&(objectClass=crossRef)(systemFlags:1.2.840.113556.1.4.803:=2))',
      attributes: ['dnsRoot', 'nETBIOSName', 'nCName'],
    });
    for await (const entries of pages) {
      for (const entry of entries) {
        const [name, dn] = [textOf(entry, 'dnsRoot')?.toLowerCase(), textOf(entry, 'nCName')];
        if (name !== undefined && dn !== undefined)
          domains.push({ name, dn, netbiosName: textOf(entry, 'nETBIOSName') ?? '' });
      }
    }
    break;
  }
  return domains.sort((left, right) => left.name.length - right.name.length);
}

/** What the domains of a forest say about the configured ones. */
export function judgeForest(
  { name, domains }: Pick<ConnectorConfig, 'name' | 'domains'>,
  found: readonly ForestDomain[],
  addsDomains: boolean,
): CheckOutcome {
  const there = new Set(found.map((domain) => domain.name));
  const strange = domains.filter((domain) => !there.has(domain.name)).map((domain) => domain.name);
  if (strange.length > 0) {
    return failed(
      `the forest ${name} has no domain ${strange.join(', ')}; it has ${[...there].join(', ')}`,
      'correct connectors.domains in the configuration; a domain of another forest belongs to a connector of its own',
    );
  }
  const left = found.filter((domain) => domains.every((one) => one.name !== domain.name)).map((domain) => domain.name);
  if (left.length === 0 || addsDomains) return ok([...there].join(', '));
  return warning(
    `the forest has domains that are not read: ${left.join(', ')}`,
    'none if that is meant; otherwise add them to connectors.domains, and grant the two rights on each',
  );
}
