import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { buildLab, writeCertificate } from './build.ts';
import { startCapture } from './capture.ts';
import type { Capture } from './capture.ts';
import { CertificationAuthority } from './certificates.ts';
import { OWN_FOLDERS } from './container.ts';
import type { Container, ExecOptions, SpawnOptions } from './container.ts';
import { ACCOUNT_WITHOUT_RIGHTS, ADMINISTRATORS, ENTERPRISE_NAME_ACCOUNT, SYNC_ACCOUNT } from './content/accounts.ts';
import type { LabAccount } from './content/accounts.ts';
import { makeBranch } from './content/branches.ts';
import type { BranchContent, BranchDc } from './content/branches.ts';
import { makeUsers } from './content/users.ts';
import type { LabUser } from './content/users.ts';
import type { DcSettings } from './dc-settings.ts';
import { LabError } from './errors.ts';
import { guardLab } from './guard.ts';
import { LabFolder } from './lab-folder.ts';
import type { LabPlan, LabRecord } from './lab-folder.ts';
import { Machines } from './machines.ts';
import { addressOf, CHILD_DC, domainControllerOf, networksOf, SECOND_DC } from './names.ts';
import type { DomainControllerName, HostName, NetworkName } from './names.ts';
import { setCable } from './network.ts';
import type { ProgramResult } from './program.ts';
import type { OnProgress } from './progress.ts';
import { SnapshotStore } from './snapshot.ts';

/** Which lab, and what is in it. */
export interface LabOptions {
  /** Default: {@link DEFAULT_LAB}. Labs of different names run side by side. */
  readonly name?: string;
  /** How many users corp.contoso.test gets. Default: 0. */
  readonly users?: number;
  /** How many groups of a company's shape it gets. Default: those of every department and project of its users. */
  readonly groups?: number;
  /** Whether corp.contoso.test gets a second domain controller, `corp-dc2`. Default: `false`. */
  readonly secondDc?: boolean;
  /** Whether its forest gets a child domain, emea.corp.contoso.test on `emea-dc1`. Default: `false`. */
  readonly childDomain?: boolean;
  /** Whether there is a second forest, fabrikam.test on `fabrikam-dc1`. Default: `false`. */
  readonly secondForest?: boolean;
  /** Id of a process with whose end the lab is taken down, however it ends. Default: the lab stays. */
  readonly endWith?: number;
  readonly onProgress?: OnProgress;
}

/** What there is of a lab. */
export interface LabStatus extends LabPlan {
  readonly name: string;
  /** `incomplete`: left behind by an `up` that was interrupted, or hosts have ended since. */
  readonly state: 'up' | 'incomplete' | 'down';
  readonly snapshots: readonly string[];
  readonly hosts: readonly {
    readonly name: HostName;
    readonly running: boolean;
    readonly addresses: Readonly<Partial<Record<NetworkName, string>>>;
    readonly processes: number;
    /** For domain controllers: whether Samba runs. */
    readonly samba?: boolean;
  }[];
}

/** The lab that commands mean when no name is given. */
export const DEFAULT_LAB = 'default';

/** Real hosts in three networks on this machine: domain controllers of several domains and what lies between them. */
export class Lab {
  readonly name: string;
  readonly certificates: CertificationAuthority;
  readonly serviceAccounts = {
    sync: SYNC_ACCOUNT,
    enterpriseName: ENTERPRISE_NAME_ACCOUNT,
    withoutRights: ACCOUNT_WITHOUT_RIGHTS,
  };
  readonly administrators = ADMINISTRATORS;
  readonly #folder: LabFolder;
  readonly #machines: Machines;
  readonly #record: LabRecord;
  readonly #snapshots: SnapshotStore;
  #users: readonly LabUser[] | undefined;

  private constructor(folder: LabFolder, machines: Machines, record: LabRecord) {
    this.name = folder.name;
    this.#folder = folder;
    this.#machines = machines;
    this.#record = record;
    this.certificates = new CertificationAuthority(join(folder.path, 'ca'), folder.environment);
    this.#snapshots = new SnapshotStore(folder.path, folder.environment);
  }

  /**
   * Brings a lab up, its domain controllers answering. What an interrupted `up` of the same name left behind is
   * removed first. A lab that is up already, with the same population and domain controllers, is taken as it is.
   *
   * @throws {LabError} ERR_LAB_NOT_ROOT, ERR_LAB_EXISTS (with another population or other domain controllers), ERR_LAB_BUSY,
   *   ERR_LAB_PROGRAM, ERR_LAB_NOT_READY; nothing of the lab is left then.
   */
  static async up(options: LabOptions = {}): Promise<Lab> {
    requireRoot();
    const { onProgress = () => undefined } = options;
    const plan = planOf(options);
    const folder = new LabFolder(options.name ?? DEFAULT_LAB);
    const lock = await folder.lock();
    try {
      const record = folder.readRecord();
      const machines = new Machines(folder.path, record ?? plan);
      if (record !== undefined && machines.areRunning()) {
        if (isDeepStrictEqual(planOf(record), plan)) return new Lab(folder, machines, record);
        const hosts = [...machines.domainControllers.keys()].join(', ');
        throw new LabError(
          'ERR_LAB_EXISTS',
          `Lab "${folder.name}" is up with ${record.users} users and ${hosts}. Run "down" first, or use another --name.`,
        );
      }
      await folder.remove();
      if (options.endWith !== undefined) guardLab({ name: folder.name, folder: folder.path }, options.endWith);
      try {
        const built = await buildLab(folder, plan, onProgress);
        return new Lab(folder, built, folder.writeRecord(plan));
      } catch (cause) {
        await folder.remove();
        throw cause;
      }
    } finally {
      lock.release();
    }
  }

  /**
   * Takes a lab that is up.
   *
   * @throws {LabError} ERR_LAB_NOT_UP
   */
  static attach(name: string = DEFAULT_LAB): Lab {
    requireRoot();
    const folder = new LabFolder(name);
    const record = folder.readRecord();
    const machines = new Machines(folder.path, record ?? planOf({}));
    if (record === undefined || !machines.areRunning()) {
      throw new LabError('ERR_LAB_NOT_UP', `Lab "${name}" is not up. Run "npm run -s lab -- up" first.`);
    }
    return new Lab(folder, machines, record);
  }

  /** Removes a lab in whatever state it is: processes, namespaces, mounts, bridges, files. `false`: there was none. */
  static async remove(name: string = DEFAULT_LAB): Promise<boolean> {
    requireRoot();
    const folder = new LabFolder(name);
    const existed = LabFolder.list().includes(name);
    const lock = await folder.lockByForce();
    try {
      await folder.remove();
    } finally {
      lock?.release();
    }
    return existed;
  }

  /** Names of all labs of which anything is there. */
  static list(): string[] {
    return LabFolder.list();
  }

  /** What there is of a lab, whatever its state. */
  static status(name: string = DEFAULT_LAB): LabStatus {
    requireRoot();
    const folder = new LabFolder(name);
    const record = folder.readRecord();
    const machines = new Machines(folder.path, record ?? planOf({}));
    const there = LabFolder.list().includes(name);
    return {
      name,
      state: record !== undefined && machines.areRunning() ? 'up' : there ? 'incomplete' : 'down',
      ...planOf(record ?? {}),
      snapshots: new SnapshotStore(folder.path, folder.environment).list(),
      hosts: [...machines.hosts.keys()].map((host) => describeHost(machines, host)),
    };
  }

  /** The users of `corp-dc1`; the first 200 with their password as it was when the lab came up. */
  get users(): readonly LabUser[] {
    this.#users ??= makeUsers(this.#record.users);
    return this.#users;
  }

  /** The domain controllers that this lab has, the first of each domain in front. */
  get domainControllers(): readonly DomainControllerName[] {
    return [...this.#machines.domainControllers.keys()];
  }

  /** The users, groups and organizational units of the small domain of a domain controller. */
  branch(dc: BranchDc): BranchContent {
    return makeBranch(dc);
  }

  /** Runs a program on a host to its end and gives its output, whatever the exit code. */
  async exec(host: HostName, command: readonly string[], options?: ExecOptions): Promise<ProgramResult> {
    return this.#host(host).exec(command, options);
  }

  /**
   * Starts a program on a host. `kill` of the process given back reaches its whole process group; `exit` comes when
   * the program itself has ended. The caller ends it; `down` ends what is left.
   */
  spawn(host: HostName, command: readonly string[], options?: SpawnOptions): ChildProcess {
    return this.#host(host).spawn(command, options);
  }

  /** The command line and environment on this machine that run a command on a host. */
  commandLine(host: HostName, command: readonly string[]): { command: string[]; environment: Record<string, string> } {
    const container = this.#host(host);
    return { command: container.commandLine(command), environment: { ...container.environment } };
  }

  /** The path on this machine of a path on a host. */
  folder(host: HostName, path: string): string {
    return OWN_FOLDERS.includes(path.split('/')[1] ?? '') ? join(this.#host(host).folder, path) : path;
  }

  /** Writes a file on a host, with its folders. */
  writeFile(host: HostName, path: string, content: string | Uint8Array, mode = 0o644): void {
    const file = this.folder(host, path);
    mkdirSync(dirname(file), { recursive: true });
    // The mode is right before there is content: a file may hold a secret.
    writeFileSync(file, '', { mode });
    chmodSync(file, mode);
    writeFileSync(file, content);
  }

  /** Reads a text file on a host. */
  readFile(host: HostName, path: string): string {
    return readFileSync(this.folder(host, path), 'utf8');
  }

  /** Sets a user's password on the first domain controller of its domain as an administrator does, over LDAP with TLS. */
  async setPassword(user: Pick<LabUser, 'dn'>, password: string): Promise<void> {
    await this.#machines.domainController(domainControllerOf(user.dn)).setPassword(user.dn, password);
  }

  /** Puts a certificate in the place of a host's own; a domain controller uses it from its next start. */
  async replaceCertificate(host: HostName, request: Parameters<CertificationAuthority['issue']>[0]): Promise<void> {
    writeCertificate(this.#host(host).folder, await this.certificates.issue(request));
  }

  /** Records everything a host sends and receives, on all its interfaces, in a pcap file on this machine. */
  async capture(host: HostName, file: string): Promise<Capture> {
    return startCapture(this.#host(host), file);
  }

  /** Stops Samba; returns when no process of it is left. */
  async stopDc(dc: DomainControllerName): Promise<void> {
    await this.#machines.domainController(dc).stop();
  }

  /** Starts Samba; returns when it really answers. */
  async startDc(dc: DomainControllerName): Promise<void> {
    await this.#machines.domainController(dc).start();
  }

  /**
   * Gives a domain controller other settings, in place of those it had, and starts it anew with them. `reset` takes
   * it back to those of the snapshot.
   */
  async configureDc(dc: DomainControllerName, settings: DcSettings): Promise<void> {
    const controller = this.#machines.domainController(dc);
    await controller.stop();
    controller.writeConfiguration(settings);
    await controller.start();
  }

  /**
   * Makes the domain controllers of the first forest hold the same objects, as far as they have the same: both of
   * corp.contoso.test all, that of the child domain schema and configuration. All must serve.
   */
  async replicate(): Promise<void> {
    const first = this.#machines.domainController('corp-dc1');
    for (const name of [SECOND_DC, CHILD_DC] as const) {
      const other = this.#machines.domainControllers.get(name);
      if (other === undefined) continue;
      await other.replicateFrom(first);
      await first.replicateFrom(other);
    }
  }

  /** Gives a host a keytab (0600) with all keys that `corp-dc1` has of an account, as an administrator exports it. */
  async exportKeytab(account: Pick<LabAccount, 'name'>, host: HostName, path: string): Promise<void> {
    const file = `/tmp/${account.name}.keytab`;
    const exported = this.folder('corp-dc1', file);
    rmSync(exported, { force: true });
    try {
      await this.#machines.domainController('corp-dc1').exportKeytab(account.name, file);
      this.writeFile(host, path, readFileSync(exported), 0o600);
    } finally {
      rmSync(exported, { force: true });
    }
  }

  /** Pulls a host's cable out of a network. */
  async disconnect(host: HostName, network: NetworkName): Promise<void> {
    await setCable(this.#machines.lanSwitch, host, network, 'down');
  }

  /** Plugs a host's cable in again. */
  async reconnect(host: HostName, network: NetworkName): Promise<void> {
    await setCable(this.#machines.lanSwitch, host, network, 'up');
  }

  /** Names of the snapshots, newest first. */
  get snapshots(): readonly string[] {
    return this.#snapshots.list();
  }

  /**
   * Keeps the state of all domain controllers, and of Causeway on all hosts, under a name. The domain controllers are
   * stopped for that long; what else writes to a host's disk, the caller stops before.
   */
  async snapshot(name = 'saved'): Promise<void> {
    await this.#atRest(async () => this.#snapshots.save(name));
  }

  /**
   * Takes all hosts back to a snapshot, by default the newest. Every process on every host ends; only the domain
   * controllers are started again.
   *
   * @throws {LabError} ERR_LAB_SNAPSHOT: there is none by that name.
   */
  async reset(name = this.snapshots[0] ?? ''): Promise<string> {
    this.#snapshots.requireSnapshot(name);
    await this.#atRest(async () => {
      await Promise.all([...this.#machines.hosts.values()].map(async (host) => host.killProcesses()));
      await this.#snapshots.restore(name);
    });
    return name;
  }

  /** Takes the lab down; nothing of it is left. */
  async down(): Promise<void> {
    await Lab.remove(this.name);
  }

  #host(name: HostName): Container {
    return this.#machines.host(name);
  }

  /** Does something while all domain controllers are stopped and nobody else changes the lab. */
  async #atRest(work: () => Promise<void>): Promise<void> {
    const lock = await this.#folder.lock();
    try {
      const controllers = [...this.#machines.domainControllers.values()];
      await Promise.all(controllers.map(async (dc) => dc.stop()));
      await work();
      await this.#machines.startDomainControllers();
    } finally {
      lock.release();
    }
  }
}

/** The plan of a lab with these options. */
function planOf({
  users = 0,
  groups,
  secondDc = false,
  childDomain = false,
  secondForest = false,
}: LabOptions): LabPlan {
  return { users, ...(groups === undefined ? {} : { groups }), secondDc, childDomain, secondForest };
}

function describeHost(machines: Machines, name: HostName): LabStatus['hosts'][number] {
  const container = machines.host(name);
  const controller = [...machines.domainControllers.values()].find((dc) => dc.name === name);
  return {
    name,
    running: container.isRunning(),
    addresses: Object.fromEntries(networksOf(name).map((network) => [network, addressOf(name, network)])),
    processes: container.processes().size,
    ...(controller === undefined ? {} : { samba: controller.isRunning() }),
  };
}

function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new LabError('ERR_LAB_NOT_ROOT', 'The lab makes namespaces, which takes root. Run the command with sudo.');
}
