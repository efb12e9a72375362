import type { ConnectorConfig, DomainConfig } from '../config.ts';
import { failed, runChecks, type Check, type CheckResult } from './check.ts';
import { checkIds } from './network-checks.ts';
import { connectorChecks, domainChecks } from './setup-checks.ts';
import { directoryChecks } from './directory-checks.ts';
import { createSetupContext, type ForestDomain, type SetupContext, type SetupOptions } from './setup-context.ts';

/** What the tests of a set-up came to. */
export interface SetupReport {
  readonly results: readonly CheckResult[];
  /** Domains that were found in the forests, are not configured and work, by connector. */
  readonly added: ReadonlyMap<string, readonly DomainConfig[]>;
}

/**
 * Tests a set-up, one thing after the other: each forest, with `addsDomains` the domains that its DCs name too, and the directory.
 *
 * @throws the reason of `signal`; everything else is the failure of a check.
 */
export async function runSetup(
  options: SetupOptions,
  run: { readonly signal: AbortSignal; readonly onResult?: (result: CheckResult) => void },
): Promise<SetupReport> {
  const context = createSetupContext(options);
  const results: CheckResult[] = [];
  const added = new Map<string, DomainConfig[]>();
  const ask = async (checks: readonly Check<SetupContext>[]): Promise<void> => {
    results.push(...(await runChecks(checks, context, { clock: options.clock, ...run })));
  };
  try {
    for (const connector of options.config.connectors) {
      await ask(connectorChecks(connector));
      if (!options.addsDomains) continue;
      const domains = await locateDomains(newDomains(connector, context.forests.get(connector.name)), options);
      await ask(domains.filter(isNowhere).map(nowhere));
      const found = domains.filter((domain) => !isNowhere(domain));
      added.set(connector.name, found);
      const whole = { ...connector, domains: [...connector.domains, ...found] };
      for (const domain of found) await ask(domainChecks(whole, domain));
    }
    await ask(directoryChecks);
    return { results, added };
  } finally {
    context.close();
  }
}

function newDomains({ domains }: ConnectorConfig, found: readonly ForestDomain[] = []): readonly ForestDomain[] {
  const known = new Set(domains.map(({ name }) => name));
  return found.filter(({ name }) => !known.has(name));
}

async function locateDomains(domains: readonly ForestDomain[], { probes }: SetupOptions): Promise<DomainConfig[]> {
  return Promise.all(
    domains.map(async ({ name }) => ({
      name,
      domainControllers: await probes.services(`_ldap._tcp.dc._msdcs.${name}`),
    })),
  );
}

function isNowhere({ domainControllers }: DomainConfig): boolean {
  return domainControllers.length === 0;
}

function nowhere({ name }: DomainConfig): Check<SetupContext> {
  return {
    id: checkIds.services(name),
    title: `DNS names the domain controllers of ${name}`,
    part: 'forest',
    run: async () =>
      failed(
        `the forest has the domain ${name}, and DNS names no domain controller of it`,
        `let this host use a DNS server of the forest, and check: host -t SRV _ldap._tcp.dc._msdcs.${name}; or add the domain to the configuration by hand`,
      ),
  };
}
