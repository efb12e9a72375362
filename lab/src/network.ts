import type { Container } from './container.ts';
import { HOSTS, NETWORKS, networksOf } from './names.ts';
import type { HostName, NetworkName } from './names.ts';

/**
 * Lays the three networks: a bridge each in the switch, and a cable from it to each host connected to it.
 *
 * The switch is a container of its own, so bridges and cables live in namespaces of this lab alone: a second lab
 * has the same addresses beside it, and all of it goes when the switch goes. Hosts with two interfaces do not
 * forward (their process 1 sets that), and nobody has a default route.
 */
export async function layNetworks(lanSwitch: Container, hosts: ReadonlyMap<HostName, Container>): Promise<void> {
  const inSwitch: string[] = [];
  for (const { link } of Object.values(NETWORKS)) inSwitch.push(`link add ${link} type bridge`, `link set ${link} up`);
  for (const [host, container] of hosts) {
    for (const network of networksOf(host)) {
      const port = portOf(host, network);
      const { link } = NETWORKS[network];
      inSwitch.push(
        `link add ${port} type veth peer name ${link} netns ${container.initPid()}`,
        `link set ${port} master ${link} up`,
      );
    }
  }
  await lanSwitch.configureNetwork(inSwitch);
  await Promise.all([...hosts].map(async ([host, container]) => container.configureNetwork(interfacesOf(host))));
}

/** Pulls a host's cable out of one network, or plugs it in again. Addresses and routes stay. */
export async function setCable(
  lanSwitch: Container,
  host: HostName,
  network: NetworkName,
  state: 'up' | 'down',
): Promise<void> {
  await lanSwitch.configureNetwork([`link set ${portOf(host, network)} ${state}`]);
}

/** The switch's end of a cable, within the 15 characters Linux allows. */
function portOf(host: HostName, network: NetworkName): string {
  return `${NETWORKS[network].link}-${Object.keys(HOSTS).indexOf(host)}`;
}

function interfacesOf(host: HostName): string[] {
  return networksOf(host).flatMap((network) => {
    const { link } = NETWORKS[network];
    return [`address add ${HOSTS[host].addresses[network]}/24 dev ${link}`, `link set ${link} up`];
  });
}
