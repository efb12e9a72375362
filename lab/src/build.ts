import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FolderCache, hashContentSources } from './cache.ts';
import { CertificationAuthority } from './certificates.ts';
import type { IssuedCertificate } from './certificates.ts';
import { addUsers } from './content/population.ts';
import { addServiceAccounts, provisionDomain } from './content/provision.ts';
import { makeUsers } from './content/users.ts';
import { CA_FILE, writeHostFiles } from './host-files.ts';
import { cacheRoot } from './lab-folder.ts';
import type { LabFolder } from './lab-folder.ts';
import { Machines } from './machines.ts';
import { DOMAIN_CONTROLLER_NAMES } from './names.ts';
import type { DomainControllerName, HostName } from './names.ts';
import { layNetworks } from './network.ts';
import type { OnProgress } from './progress.ts';
import { INITIAL_SNAPSHOT, SnapshotStore } from './snapshot.ts';

/** Hosts that serve TLS, each with its certificate and key in {@link TLS_FOLDER}. */
const TLS_HOSTS: readonly HostName[] = ['corp-dc1', 'cloud', 'managed-dc1'];

/** Where a host keeps its certificate (`cert.pem`) and private key (`key.pem`, 0600). */
export const TLS_FOLDER = '/etc/causeway/tls';

/** Makes everything of a lab in its empty folder and returns when both domain controllers answer. */
export async function buildLab(folder: LabFolder, users: number, onProgress: OnProgress): Promise<Machines> {
  const machines = new Machines(folder.path);
  onProgress({ step: 'start hosts and networks' });
  folder.create();
  mkdirSync(machines.lanSwitch.folder, { recursive: true });
  const authority = new CertificationAuthority(join(folder.path, 'ca'), folder.environment);
  await Promise.all([
    authority.create(),
    machines.lanSwitch.start(),
    ...[...machines.hosts].map(async ([name, container]) => {
      writeHostFiles(container.folder, name);
      await container.start();
    }),
  ]);
  await Promise.all([layNetworks(machines.lanSwitch, machines.hosts), placeCertificates(machines, authority)]);
  await fillDomains({ folder, machines, users, onProgress });
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
    TLS_HOSTS.map(async (host) => {
      writeCertificate(machines.host(host).folder, await authority.issue({ host }));
    }),
  );
}

/** Both domains as they are before their controllers first serve: from the cache, or provisioned side by side. */
async function fillDomains(lab: {
  folder: LabFolder;
  machines: Machines;
  users: number;
  onProgress: OnProgress;
}): Promise<void> {
  const cache = new FolderCache(cacheRoot(), lab.folder.environment);
  const hash = await hashContentSources();
  const fillDomain = async (dc: DomainControllerName): Promise<void> => {
    const container = lab.machines.host(dc);
    const controller = lab.machines.domainController(dc);
    const database = join(container.folder, 'var/lib/samba');
    const fillEmpty = async (): Promise<void> => {
      await cache.fill(`${dc}-${hash}`, database, async () => {
        lab.onProgress({ step: `provision ${dc}` });
        await provisionDomain(container, dc);
        if (dc === 'corp-dc1') await addServiceAccounts(container);
      });
      controller.writeConfiguration();
    };
    if (dc === 'managed-dc1' || lab.users === 0) return fillEmpty();
    await cache.fill(`${dc}-${hash}-users-${lab.users}`, database, async () => {
      await fillEmpty();
      await addUsers(container, makeUsers(lab.users), lab.onProgress);
    });
    return controller.writeConfiguration();
  };
  lab.onProgress({ step: 'fill domains' });
  await Promise.all(DOMAIN_CONTROLLER_NAMES.map(fillDomain));
}
