import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Container } from '../container.ts';
import type { DomainController } from '../domain-controller.ts';
import { DOMAINS } from '../names.ts';
import { addServiceNames } from './provision.ts';

/** A domain controller with the host it is on. */
export interface ControllerHost {
  readonly container: Container;
  readonly controller: DomainController;
}

/** Tickets of the administrator, for the join alone. */
const TICKETS = '/tmp/join.tickets';

/**
 * Joins a second domain controller, whose folders are empty, to the domain of the first, and makes each replicate
 * from the other. Neither serves before or after; both hold the same objects then.
 */
export async function joinController(first: ControllerHost, second: ControllerHost): Promise<void> {
  const { dnsName } = DOMAINS[first.controller.name];
  await first.controller.start();
  await second.controller.getTickets(TICKETS);
  // Settings that are there already would have to fit the domain.
  rmSync(join(second.container.folder, 'etc/samba/smb.conf'), { force: true });
  const command = ['samba-tool', 'domain', 'join', dnsName, 'DC', '--dns-backend=SAMBA_INTERNAL'];
  await second.container.execOrThrow([...command, `--use-krb5-ccache=${TICKETS}`]);
  await first.controller.stop();
  second.controller.writeConfiguration();
  await addServiceNames(second.container);
  // What the topology service of each would write in its first minutes, had the lab one running.
  for (const { container } of [first, second]) await container.execOrThrow(['samba_kcc']);
  await Promise.all([first.controller.start(), second.controller.start()]);
  // The first has to know the second's service names; the second's DNS has to know what the join wrote to the first's.
  await first.controller.replicateFrom(second.controller);
  await second.controller.replicateFrom(first.controller);
  await second.container.execOrThrow(['samba_dnsupdate', '--use-samba-tool']);
  await second.controller.replicateFrom(first.controller);
  await first.controller.replicateFrom(second.controller);
  await Promise.all([first.controller.stop(), second.controller.stop()]);
}
