import { Container } from './container.ts';
import { DomainController } from './domain-controller.ts';
import { LabError } from './errors.ts';
import { CHILD_DC, DOMAINS, HOSTS, hostsWith, isDomainController, SECOND_FOREST_DC } from './names.ts';
import type { DomainControllerName, HostName, LabExtras } from './names.ts';

/** The containers of one lab; made without looking whether they run. */
export class Machines {
  /** Holds the bridges of the three networks. */
  readonly lanSwitch: Container;
  readonly hosts: ReadonlyMap<HostName, Container>;
  readonly domainControllers: ReadonlyMap<DomainControllerName, DomainController>;

  constructor(labFolder: string, extras: LabExtras) {
    this.lanSwitch = new Container(labFolder, 'switch', []);
    const names = hostsWith(extras);
    this.hosts = new Map(names.map((name) => [name, new Container(labFolder, name)]));
    this.domainControllers = new Map(
      names
        .filter(isDomainController)
        .map((name) => [name, new DomainController(this.host(name), name, forwarderOf(name, extras))]),
    );
  }

  host(name: HostName): Container {
    return present(this.hosts.get(name), name);
  }

  domainController(name: DomainControllerName): DomainController {
    return present(this.domainControllers.get(name), name);
  }

  /** Starts them side by side; that of the child domain when its parent's answers, since it asks there about its forest's accounts. */
  async startDomainControllers(): Promise<void> {
    const start = async (isChild: boolean): Promise<void> => {
      const chosen = [...this.domainControllers.values()].filter(({ name }) => (name === CHILD_DC) === isChild);
      await Promise.all(chosen.map(async (dc) => dc.start()));
    };
    await start(false);
    await start(true);
  }

  /** Whether the switch and every host run. */
  areRunning(): boolean {
    return [this.lanSwitch, ...this.hosts.values()].every((container) => container.isRunning());
  }
}

/** The DNS servers of the first forest know the second one's. */
function forwarderOf(dc: DomainControllerName, { secondForest }: LabExtras): string | undefined {
  const asks = secondForest && DOMAINS[dc].forest === DOMAINS['corp-dc1'].forest;
  return asks ? HOSTS[SECOND_FOREST_DC].addresses['on-premises'] : undefined;
}

function present<T>(machine: T | undefined, name: string): T {
  if (machine === undefined) {
    throw new LabError('ERR_LAB_HOST', `This lab has no host ${name}. Take it down and bring it up with it.`);
  }
  return machine;
}
