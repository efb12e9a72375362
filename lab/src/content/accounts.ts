import { UPN_SUFFIX } from '../names.ts';
import type { DomainControllerName } from '../names.ts';
import { deriveText } from './seeded.ts';

/** An account with its password, as a program is given it. */
export interface LabAccount {
  readonly name: string;
  readonly password: string;
  /** Where it is another than `name` at the domain's DNS name. */
  readonly userPrincipalName?: string;
}

/** Reads password hashes: has the two replication rights that DCSync takes, no others, and is in no group of its own. */
export const SYNC_ACCOUNT: LabAccount = { name: 'svc-causeway', password: deriveText('svc-causeway', 24) };

/** Has the same two rights; its user principal name has neither its account's name nor the domain's in it. */
export const ENTERPRISE_NAME_ACCOUNT: LabAccount = {
  name: 'svc-enterprise',
  password: deriveText('svc-enterprise', 24),
  userPrincipalName: `hash.reader@${UPN_SUFFIX}`,
};

/** An account like the other without the two rights. */
export const ACCOUNT_WITHOUT_RIGHTS: LabAccount = { name: 'svc-norights', password: deriveText('svc-norights', 24) };

const CORP_ADMINISTRATOR: LabAccount = { name: 'Administrator', password: deriveText('administrator of corp-dc1', 24) };

/** The administrator of the domain of each domain controller. */
export const ADMINISTRATORS: Readonly<Record<DomainControllerName, LabAccount>> = {
  'corp-dc1': CORP_ADMINISTRATOR,
  'corp-dc2': CORP_ADMINISTRATOR,
  'emea-dc1': { name: 'Administrator', password: deriveText('administrator of emea-dc1', 24) },
  'fabrikam-dc1': { name: 'Administrator', password: deriveText('administrator of fabrikam-dc1', 24) },
  'managed-dc1': { name: 'Administrator', password: deriveText('administrator of managed-dc1', 24) },
};
