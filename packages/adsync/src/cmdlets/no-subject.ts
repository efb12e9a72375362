import type { CmdletOf } from '../context.ts';
import { noSubject } from '../errors.ts';

interface Missing {
  readonly names: readonly string[];
  /** Why there is nothing that the cmdlet could be about. */
  readonly reason: string;
  readonly nextStep: string;
  readonly parameters: readonly string[];
}

const missing: readonly Missing[] = [
  {
    names: ['Get-ADSyncAADPasswordResetConfiguration', 'Set-ADSyncAADPasswordResetConfiguration'],
    reason: 'passwords go one way, and nothing is written back to Active Directory',
    nextStep: 'Let users change their passwords on-premises.',
    parameters: ['Connector', 'Enable'],
  },
  {
    names: ['Add-ADSyncAADServiceAccount', 'Remove-ADSyncAADServiceAccount'],
    reason: 'an agent signs in to the tenant with a key of its own, and there is no service account',
    nextStep: 'To replace the key, see docs/operate.md.',
    parameters: ['AADCredential', 'Name'],
  },
  {
    names: ['Add-ADSyncADDSConnectorAccount'],
    reason: 'the account of a forest is made and its password changed by whoever administers the forest',
    nextStep: "Change the account's password in Active Directory, and give the agent the new one.",
    parameters: ['Name', 'Identifier', 'EACredential'],
  },
  {
    names: ['Set-ADSyncAutoUpgrade'],
    reason: 'it is upgraded by whoever installed it, and never by itself',
    nextStep: 'Upgrade with the tools that it was installed with.',
    parameters: ['AutoUpgradeState', 'SuspensionReason'],
  },
  {
    names: [
      'Set-ADSyncRestrictedPermissions',
      'Set-ADSyncBasicReadPermissions',
      'Set-ADSyncPasswordHashSyncPermissions',
      'Set-ADSyncMsDsConsistencyGuidPermissions',
    ],
    reason: 'the agent has no right to change permissions in Active Directory',
    nextStep:
      'causeway connect init prints the commands that grant the rights; run them as an administrator of the forest.',
    parameters: [
      'ObjectDN',
      'Credential',
      'ADConnectorAccountName',
      'ADConnectorAccountDomain',
      'ADConnectorAccountDN',
    ],
  },
];

/** Cmdlets of Microsoft's modules that are known by name and say why they do nothing here. */
export const noSubjectCmdlets: readonly CmdletOf[] = missing.flatMap(({ names, reason, nextStep, parameters }) =>
  names.map((name): CmdletOf => () => ({
    name,
    synopsis: `Not in Causeway: ${reason}.`,
    parameters: parameters.map((parameter, position) => ({ name: parameter, type: 'object' as const, position })),
    run: () => Promise.reject(noSubject(name, reason, nextStep)),
  })),
);
