import type { Arguments } from '@causeway/powershell';
import type { CmdletOf } from '../context.ts';
import { noSubject } from '../errors.ts';
import { parameterCollection, textParameter } from '../objects/configuration-parameter.ts';
import { record } from '../objects/values.ts';
import { thresholdObject } from '../objects/scheduler.ts';
import { accepted, truthOf } from './parameters.ts';

/** Features that the tenant of Causeway has. */
const features = [
  'PasswordHashSync',
  'ForcePasswordChangeOnLogOn',
  'EnforceCloudPasswordPolicyForPasswordSyncedUsers',
  'EnableSoftMatchOnUpn',
  'BlockSoftMatch',
  'BlockCloudObjectTakeoverThroughHardMatch',
] as const;

/** Features by which a tenant writes back to Active Directory. Causeway never does. */
const writeBack = ['UserWriteback', 'DeviceWriteback', 'UnifiedGroupWriteback', 'GroupWritebackV2'] as const;

const getAADCompanyFeature: CmdletOf = (context) => ({
  name: 'Get-ADSyncAADCompanyFeature',
  synopsis: 'Shows the features of the tenant.',
  parameters: [accepted('ConnectorName', 'string')],
  async run({ signal }) {
    const answer = await context.agent.readCompanyFeatures({}, { signal });
    return record('CompanyFeature', [
      ...Object.entries(answer.features),
      ...writeBack.filter((name) => !(name in answer.features)).map((name) => [name, false] as const),
    ]);
  },
});

const setAADCompanyFeature: CmdletOf = (context) => ({
  name: 'Set-ADSyncAADCompanyFeature',
  synopsis: 'Turns features of the tenant on or off.',
  parameters: [
    accepted('ConnectorName', 'string'),
    ...features.map((name) => ({ name, type: 'bool' as const, help: `Whether ${name} is on.` })),
    ...writeBack.map((name) => ({ name, type: 'bool' as const, help: 'Causeway never writes back: $false only.' })),
  ],
  changes: (values) => `features of the tenant: ${Object.keys(givenFeatures(values)).join(', ')}`,
  async run({ arguments: values, signal }) {
    for (const name of writeBack) {
      if (truthOf(values, name) === true) {
        throw noSubject(
          `-${name}`,
          'nothing is written back to Active Directory',
          'Leave it out. Nothing has been changed.',
        );
      }
    }
    await context.agent.writeCompanyFeatures({ features: givenFeatures(values) }, { signal });
    return undefined;
  },
});

const getExportDeletionThreshold: CmdletOf = (context) => ({
  name: 'Get-ADSyncExportDeletionThreshold',
  synopsis: 'Shows how many deletions one export may do.',
  parameters: [accepted('AADUserName', 'string')],
  run: async ({ signal }) => thresholdObject(await context.agent.readDeletionThreshold({}, { signal })),
});

const enableExportDeletionThreshold: CmdletOf = (context) => ({
  name: 'Enable-ADSyncExportDeletionThreshold',
  synopsis: 'Stops an export that would delete more objects than this.',
  parameters: [
    {
      name: 'DeletionThreshold',
      type: 'int',
      mandatory: true,
      position: 0,
      help: 'The most deletions of one export.',
    },
    accepted('AADUserName', 'string'),
  ],
  changes: (values) => `the deletion threshold: ${values.number('DeletionThreshold') ?? 0}`,
  async run({ arguments: values, signal }) {
    const value = values.number('DeletionThreshold') ?? 0;
    return thresholdObject(await context.agent.writeDeletionThreshold({ enabled: true, value }, { signal }));
  },
});

const disableExportDeletionThreshold: CmdletOf = (context) => ({
  name: 'Disable-ADSyncExportDeletionThreshold',
  synopsis: 'Lets every export delete as many objects as it finds, until it is enabled again.',
  parameters: [accepted('AADUserName', 'string')],
  changes: () => 'the deletion threshold',
  async run({ signal }) {
    const { value } = await context.agent.readDeletionThreshold({}, { signal });
    return thresholdObject(await context.agent.writeDeletionThreshold({ enabled: false, value }, { signal }));
  },
});

const getAutoUpgrade: CmdletOf = () => ({
  name: 'Get-ADSyncAutoUpgrade',
  synopsis: 'Tells that this installation is not upgraded by itself.',
  parameters: [{ name: 'Detail', type: 'switch', help: 'Gives the reason as well.' }],
  async run({ arguments: values }) {
    if (!values.flag('Detail')) return 'Disabled';
    return record('AutoUpgradeConfigurationState', [
      ['AutoUpgradeState', 'Disabled'],
      ['SuspensionReason', 'Causeway is upgraded by whoever installed it.'],
    ]);
  },
});

const getGlobalSettings: CmdletOf = (context) => ({
  name: 'Get-ADSyncGlobalSettings',
  synopsis: 'Gives the settings of synchronization as a whole, in Parameters.',
  parameters: [],
  async run({ signal }) {
    const { parameters } = await context.agent.readGlobalSettings({}, { signal });
    return record('GlobalSettings', [
      [
        'Parameters',
        parameterCollection(parameters.map(({ name, value }) => textParameter(name, value, 'SynchronizationGlobal'))),
      ],
    ]);
  },
});

/** Settings that live in the tenant. */
export const tenantCmdlets: readonly CmdletOf[] = [
  getAADCompanyFeature,
  setAADCompanyFeature,
  getExportDeletionThreshold,
  enableExportDeletionThreshold,
  disableExportDeletionThreshold,
  getAutoUpgrade,
  getGlobalSettings,
];

function givenFeatures(values: Arguments): Record<string, boolean> {
  const given: Record<string, boolean> = {};
  for (const name of features) {
    const value = truthOf(values, name);
    if (value !== undefined) given[name] = value;
  }
  return given;
}
