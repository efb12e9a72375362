import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FolderCache, hashContentSources } from './cache.ts';
import { CertificationAuthority } from './certificates.ts';
import type { IssuedCertificate } from './certificates.ts';
import { ACCOUNT_WITHOUT_RIGHTS } from './content/accounts.ts';
import { makeChildDomain } from './content/child-domain.ts';
import { addForeignMember, addMembersAcrossDomains } from './content/cross-members.ts';
import { addBranch, addUsers } from './content/population.ts';
import type { Container } from './container.ts';
import { joinController } from './content/join.ts';
import type { ControllerHost } from './content/join.ts';
import { addServiceAccounts, provisionDomain } from './content/provision.ts';
import { makeUsers } from './content/users.ts';
import { CA_FILE, writeHostFiles } from './host-files.ts';
import { cacheRoot } from './lab-folder.ts';
import type { LabFolder, LabPlan } from './lab-folder.ts';
import { Machines } from './machines.ts';
import { CHILD_DC, DOMAINS, isDomainController, SECOND_DC, SECOND_FOREST_DC } from './names.ts';
import type { DomainControllerName, HostName } from './names.ts';
import { layNetworks } from './network.ts';
import type { OnProgress } from './progress.ts';
import { INITIAL_SNAPSHOT, SnapshotStore } from './snapshot.ts';

/** Where a host keeps its certificate (`cert.pem`) and private key (`key.pem`, 0600). */
export const TLS_FOLDER = '/etc/causeway/tls';

/** Makes everything of a lab in its empty folder and returns when its domain controllers answer. */
export async function buildLab(folder: LabFolder, plan: LabPlan, onProgress: OnProgress): Promise<Machines> {
  const machines = new Machines(folder.path, plan);
  onProgress({ step: 'start hosts and networks' });
  folder.create();
  mkdirSync(machines.lanSwitch.folder, { recursive: true });
  const authority = new CertificationAuthority(join(folder.path, 'ca'), folder.environment);
  await Promise.all([
    authority.create(),
    machines.lanSwitch.start(),
    ...[...machines.hosts].map(async ([name, container]) => {
      writeHostFiles(container.folder, name, new Set(machines.hosts.keys()));
      await container.start();
    }),
  ]);
  await Promise.all([layNetworks(machines.lanSwitch, machines.hosts), placeCertificates(machines, authority)]);
  await fillDomains({ folder, machines, plan, onProgress });
  await new SnapshotStore(folder.path, folder.environment).save(INITIAL_SNAPSHOT);
  onProgress({ step: 'start domain controllers' });
  await machines.startDomainControllers();
  return machines;
}

/** Puts a certificate and its key where the programs of a host expect them. */
export function writeCertificate(hostFolder: string, issued: IssuedCertificate): void {
  const place = join(hostFolder, TLS_FOLDER);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'cert.pem'), issued.certificatePem);
  writeFileSync(join(place, 'key.pem'), issued.privateKeyPem, { mode: 0o600 });
}

async function placeCertificates(machines: Machines, authority: CertificationAuthority): Promise<void> {
  const certificate = await authority.readCertificate();
  for (const container of machines.hosts.values()) writeFileSync(join(container.folder, CA_FILE), certificate);
  await Promise.all(
    [...machines.hosts.keys()].filter(servesTls).map(async (host) => {
      writeCertificate(machines.host(host).folder, await authority.issue({ host }));
    }),
  );
}

/** Whether a host has a certificate of its own, and its key, in {@link TLS_FOLDER}. */
function servesTls(host: HostName): boolean {
  return host === 'cloud' || isDomainController(host);
}

/** All domains as they are before their controllers first serve: from the cache, or made side by side. */
async function fillDomains(lab: {
  folder: LabFolder;
  machines: Machines;
  plan: LabPlan;
  onProgress: OnProgress;
}): Promise<void> {
  const { machines, plan, onProgress } = lab;
  const { users, groups, secondDc, childDomain, secondForest } = plan;
  const cache = new FolderCache(cacheRoot(), lab.folder.environment);
  const hash = await hashContentSources();
  const hostOf = (dc: DomainControllerName): ControllerHost => ({
    container: machines.host(dc),
    controller: machines.domainController(dc),
  });
  const population = `${hash}-users-${users}${groups === undefined ? '' : `-groups-${groups}`}`;
  const provision = async (dc: DomainControllerName, objects = 0): Promise<void> => {
    onProgress({ step: `provision ${dc}` });
    await provisionDomain(machines.host(dc), dc, objects);
    if (dc === 'corp-dc1' || dc === 'fabrikam-dc1') await addServiceAccounts(machines.host(dc), dc);
  };
  const fillManaged = async (): Promise<void> => {
    await cache.fill(`managed-dc1-${hash}`, databasesOf(machines.host('managed-dc1')), async () =>
      provision('managed-dc1'),
    );
  };
  const fillCorp = async (): Promise<void> => {
    const { container } = hostOf('corp-dc1');
    await cache.fill(`corp-dc1-${population}`, databasesOf(container), async () => {
      await provision('corp-dc1', users + (groups ?? 0));
      if (users > 0) await addUsers(container, { users: makeUsers(users), groups }, onProgress);
    });
  };
  const fillForest = async (): Promise<void> => {
    const parents: [ControllerHost, ...ControllerHost[]] = [
      hostOf('corp-dc1'),
      ...(secondDc ? [hostOf(SECOND_DC)] : []),
    ];
    const hosts = [...parents, ...(childDomain ? [hostOf(CHILD_DC)] : [])];
    if (hosts.length === 1) return fillCorp();
    const entry = `${hosts.map(({ container }) => container.name).join('-')}-${population}`;
    await cache.fill(entry, databasesOf(...hosts.map(({ container }) => container)), async () => {
      await fillCorp();
      parents[0].controller.writeConfiguration();
      if (secondDc) {
        onProgress({ step: `join ${SECOND_DC}` });
        await joinController(parents[0], hostOf(SECOND_DC));
      }
      if (childDomain) {
        onProgress({ step: `make the domain of ${CHILD_DC}` });
        await makeChildDomain(parents, hostOf(CHILD_DC));
        await addBranch(machines.host(CHILD_DC), CHILD_DC);
        await addMembersAcrossDomains(machines.host('corp-dc1'), machines.host(CHILD_DC), anyAccount(plan));
      }
    });
  };
  const fillSecondForest = async (): Promise<void> => {
    const container = machines.host(SECOND_FOREST_DC);
    await cache.fill(`${SECOND_FOREST_DC}-${hash}`, databasesOf(container), async () => {
      await provision(SECOND_FOREST_DC);
      await addBranch(container, SECOND_FOREST_DC);
    });
  };
  onProgress({ step: 'fill domains' });
  await Promise.all([fillForest(), fillManaged(), ...(secondForest ? [fillSecondForest()] : [])]);
  // Not in the cache, for it has the SID of an account of the other forest in it.
  if (secondForest) {
    await addForeignMember(machines.host(SECOND_FOREST_DC), machines.host('corp-dc1'), anyAccount(plan));
  }
  for (const controller of machines.domainControllers.values()) controller.writeConfiguration();
}

/** An account of corp.contoso.test that is in groups of other domains: its first user, and without users an account of the lab. */
function anyAccount({ users }: LabPlan): string {
  return (
    makeUsers(Math.min(users, 1))[0]?.dn ?? `CN=${ACCOUNT_WITHOUT_RIGHTS.name},CN=Users,${DOMAINS['corp-dc1'].baseDn}`
  );
}

/** The folders in which domain controllers keep their databases, by the names of their hosts. */
function databasesOf(...containers: readonly Container[]): Record<string, string> {
  return Object.fromEntries(containers.map(({ name, folder }) => [name, join(folder, 'var/lib/samba')]));
}
