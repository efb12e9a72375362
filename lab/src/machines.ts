import { Container } from './container.ts';
import { DomainController } from './domain-controller.ts';
import { DOMAIN_CONTROLLER_NAMES, HOST_NAMES } from './names.ts';
import type { DomainControllerName, HostName } from './names.ts';

/** The containers of one lab; made without looking whether they run. */
export class Machines {
  /** Holds the bridges of the three networks. */
  readonly lanSwitch: Container;
  readonly hosts: ReadonlyMap<HostName, Container>;
  readonly domainControllers: ReadonlyMap<DomainControllerName, DomainController>;

  constructor(labFolder: string) {
    this.lanSwitch = new Container(labFolder, 'switch', []);
    this.hosts = new Map(HOST_NAMES.map((name) => [name, new Container(labFolder, name)]));
    this.domainControllers = new Map(
      DOMAIN_CONTROLLER_NAMES.map((name) => [name, new DomainController(this.host(name), name)]),
    );
  }

  host(name: HostName): Container {
    return present(this.hosts.get(name), name);
  }

  domainController(name: DomainControllerName): DomainController {
    return present(this.domainControllers.get(name), name);
  }

  /** Whether the switch and every host run. */
  areRunning(): boolean {
    return [this.lanSwitch, ...this.hosts.values()].every((container) => container.isRunning());
  }
}

function present<T>(machine: T | undefined, name: string): T {
  if (machine === undefined) throw new TypeError(`There is no host "${name}" in a lab.`);
  return machine;
}
