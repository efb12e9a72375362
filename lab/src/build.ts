import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FolderCache, hashContentSources } from './cache.ts';
import { CertificationAuthority } from './certificates.ts';
import type { IssuedCertificate } from './certificates.ts';
import { addUsers } from './content/population.ts';
import type { Container } from './container.ts';
import { joinController } from './content/join.ts';
import type { ControllerHost } from './content/join.ts';
import { addServiceAccounts, provisionDomain } from './content/provision.ts';
import { makeUsers } from './content/users.ts';
import { CA_FILE, writeHostFiles } from './host-files.ts';
import { cacheRoot } from './lab-folder.ts';
import type { LabFolder, LabRecord } from './lab-folder.ts';
import { Machines } from './machines.ts';
import { SECOND_DC } from './names.ts';
import type { DomainControllerName, HostName } from './names.ts';
import { layNetworks } from './network.ts';
import type { OnProgress } from './progress.ts';
import { INITIAL_SNAPSHOT, SnapshotStore } from './snapshot.ts';

/** Hosts that serve TLS, each with its certificate and key in {@link TLS_FOLDER}. */
const TLS_HOSTS: readonly HostName[] = ['corp-dc1', 'corp-dc2', 'cloud', 'managed-dc1'];

/** Where a host keeps its certificate (`cert.pem`) and private key (`key.pem`, 0600). */
export const TLS_FOLDER = '/etc/causeway/tls';

/** What a lab is to have. */
export type LabPlan = Pick<LabRecord, 'users' | 'secondDc'>;

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
  await Promise.all([...machines.domainControllers.values()].map(async (dc) => dc.start()));
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
    TLS_HOSTS.filter((host) => machines.hosts.has(host)).map(async (host) => {
      writeCertificate(machines.host(host).folder, await authority.issue({ host }));
    }),
  );
}

/** Both domains as they are before their controllers first serve: from the cache, or provisioned side by side. */
async function fillDomains(lab: {
  folder: LabFolder;
  machines: Machines;
  plan: LabPlan;
  onProgress: OnProgress;
}): Promise<void> {
  const { machines, onProgress } = lab;
  const { users, secondDc } = lab.plan;
  const cache = new FolderCache(cacheRoot(), lab.folder.environment);
  const hash = await hashContentSources();
  const hostOf = (dc: DomainControllerName): ControllerHost => ({
    container: machines.host(dc),
    controller: machines.domainController(dc),
  });
  const fillEmpty = async (dc: DomainControllerName): Promise<void> => {
    const { container, controller } = hostOf(dc);
    await cache.fill(`${dc}-${hash}`, databasesOf(container), async () => {
      onProgress({ step: `provision ${dc}` });
      await provisionDomain(container, dc);
      if (dc === 'corp-dc1') await addServiceAccounts(container);
    });
    controller.writeConfiguration();
  };
  const fillCorp = async (): Promise<void> => {
    if (users === 0) return fillEmpty('corp-dc1');
    const { container, controller } = hostOf('corp-dc1');
    await cache.fill(`corp-dc1-${hash}-users-${users}`, databasesOf(container), async () => {
      await fillEmpty('corp-dc1');
      await addUsers(container, makeUsers(users), onProgress);
    });
    return controller.writeConfiguration();
  };
  const fillCorpPair = async (): Promise<void> => {
    const [first, second] = [hostOf('corp-dc1'), hostOf(SECOND_DC)];
    await cache.fill(`corp-pair-${hash}-users-${users}`, databasesOf(first.container, second.container), async () => {
      await fillCorp();
      onProgress({ step: `join ${SECOND_DC}` });
      await joinController(first, second);
    });
    for (const { controller } of [first, second]) controller.writeConfiguration();
  };
  onProgress({ step: 'fill domains' });
  await Promise.all([secondDc ? fillCorpPair() : fillCorp(), fillEmpty('managed-dc1')]);
}

/** The folders in which domain controllers keep their databases, by the names of their hosts. */
function databasesOf(...containers: readonly Container[]): Record<string, string> {
  return Object.fromEntries(containers.map(({ name, folder }) => [name, join(folder, 'var/lib/samba')]));
}
