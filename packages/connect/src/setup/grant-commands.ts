import { replicationRights, type Sid } from '@ad-protocols/wire';

/** The domain and the account that the rights are for. */
export interface Grant {
  /** Distinguished name of the domain. */
  readonly baseDn: string;
  /** `CORP\svc-causeway`, or `svc-causeway@corp.contoso.com`. */
  readonly account: string;
  /** SID of the account; undefined while nobody could look it up. */
  readonly sid: Sid | undefined;
}

/** Commands that give the account the two replication rights on one domain and nothing else; running them again does no harm. */
export interface GrantCommands {
  /** In a command prompt of a domain administrator on Windows. */
  readonly windows: readonly string[];
  /** As root on a Samba domain controller. */
  readonly samba: readonly string[];
}

/** The exact commands for one domain. */
export function grantCommands({ baseDn, account, sid }: Grant): GrantCommands {
  const who = sid ?? `SID-of-${account.replace(/^.*\\|@.*$/g, '')}`;
  const rights = [replicationRights.getChanges, replicationRights.getChangesAll];
  return {
    windows: ['Replicating Directory Changes', 'Replicating Directory Changes All'].map(
      (right) => `dsacls "${baseDn}" /G "${account}:CA;${right}"`,
    ),
    samba: rights.map((right) => `samba-tool dsacl set --objectdn='${baseDn}' --sddl='(OA;;CR;${right};;${who})'`),
  };
}

/** The commands as the next step of a check. */
export function formatGrant(grant: Grant): string {
  const { windows, samba } = grantCommands(grant);
  return [
    'run as an administrator of the domain, on Windows:',
    ...windows.map((line) => `  ${line}`),
    'or on a Samba domain controller:',
    ...samba.map((line) => `  ${line}`),
  ].join('\n');
}
