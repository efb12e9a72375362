import type { DomainControllerName } from '../names.ts';
import { deriveText } from './seeded.ts';

/** An account with its password, as a program is given it. */
export interface LabAccount {
  readonly name: string;
  readonly password: string;
}

/** Reads password hashes: has the two replication rights that DCSync takes, and no others. */
export const SYNC_ACCOUNT: LabAccount = { name: 'svc-causeway', password: deriveText('svc-causeway', 24) };

/** An account like the other without the two rights. */
export const ACCOUNT_WITHOUT_RIGHTS: LabAccount = { name: 'svc-norights', password: deriveText('svc-norights', 24) };

/** The administrator of each domain. */
export const ADMINISTRATORS: Readonly<Record<DomainControllerName, LabAccount>> = {
  'corp-dc1': { name: 'Administrator', password: deriveText('administrator of corp-dc1', 24) },
  'managed-dc1': { name: 'Administrator', password: deriveText('administrator of managed-dc1', 24) },
};
