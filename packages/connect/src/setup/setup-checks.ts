import type { ConnectorConfig, DomainConfig } from '../config.ts';
import type { Check } from './check.ts';
import { networkChecks } from './network-checks.ts';
import { replicationChecks } from './replication-checks.ts';
import { rightsChecks, tooWideCheck } from './rights-checks.ts';
import type { SetupContext } from './setup-context.ts';
import { forestCheck, kerberosCheck, sessionChecks } from './sign-in-checks.ts';

/** Everything that a forest needs to work, one question at a time, in the order in which an administrator mends it. */
export function connectorChecks(connector: ConnectorConfig): Check<SetupContext>[] {
  const { domains } = connector;
  return [
    ...domains.flatMap((domain) => networkChecks(connector, domain)),
    kerberosCheck(connector),
    ...domains.flatMap((domain) => sessionChecks(connector, domain)),
    forestCheck(connector),
    ...domains.flatMap((domain) => accessChecks(connector, domain)),
    tooWideCheck(connector),
  ];
}

/** The checks of a domain that was found after the others were made. */
export function domainChecks(connector: ConnectorConfig, domain: DomainConfig): Check<SetupContext>[] {
  return [...networkChecks(connector, domain), ...sessionChecks(connector, domain), ...accessChecks(connector, domain)];
}

function accessChecks(connector: ConnectorConfig, domain: DomainConfig): Check<SetupContext>[] {
  return [...rightsChecks(connector, domain), ...replicationChecks(connector, domain)];
}
