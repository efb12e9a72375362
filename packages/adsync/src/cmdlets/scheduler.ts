import { outcomeObject, overrideObject, schedulerObject } from '../objects/scheduler.ts';
import type { ADSyncContext, CmdletOf } from '../context.ts';
import type { CmdletCall } from '@causeway/powershell';
import { accepted, connectorIdentifier, connectorName, requiredConnector, secondsOf, truthOf } from './parameters.ts';

const policyTypes = ['Delta', 'Initial', 'Unspecified'] as const;

/** How often a cycle is looked at that is waited for: milliseconds. */
const pollMs = 1_000;

const getScheduler: CmdletOf = (context) => ({
  name: 'Get-ADSyncScheduler',
  synopsis: 'Shows when cycles run and whether one does.',
  parameters: [],
  run: async ({ signal }) => schedulerObject(await context.agent.readScheduler({}, { signal })),
});

const setScheduler: CmdletOf = (context) => ({
  name: 'Set-ADSyncScheduler',
  synopsis: 'Changes when cycles run.',
  parameters: [
    { name: 'CustomizedSyncCycleInterval', type: 'timespan', help: 'Time between cycles; $null takes it away.' },
    { name: 'SyncCycleEnabled', type: 'bool', help: 'Whether cycles run by themselves.' },
    { name: 'NextSyncCyclePolicyType', type: { words: policyTypes }, help: 'What the next cycle does.' },
    { name: 'PurgeRunHistoryInterval', type: 'timespan', help: 'How long the run history is kept.' },
    { name: 'MaintenanceEnabled', type: 'bool', help: 'Whether maintenance runs with the cycles.' },
    { name: 'SchedulerSuspended', type: 'bool', help: 'Whether everything of the scheduler pauses.' },
    accepted('Force', 'switch'),
  ],
  changes: () => 'the scheduler',
  run: (call) => changeScheduler(context, call),
});

const startSyncCycle: CmdletOf = (context) => ({
  name: 'Start-ADSyncSyncCycle',
  synopsis: 'Begins a cycle now.',
  parameters: [
    { name: 'PolicyType', type: { words: policyTypes }, position: 0, help: 'Delta, or Initial for everything.' },
    { name: 'InteractiveMode', type: 'switch', help: 'Waits for the end of the cycle.' },
  ],
  changes: (values) => `a cycle: ${values.text('PolicyType') ?? 'Unspecified'}`,
  async run({ arguments: values, signal }) {
    const policyType = policyTypes.find((word) => word === values.text('PolicyType')) ?? 'Unspecified';
    await context.agent.startSyncCycle({ policyType }, { signal });
    if (values.flag('InteractiveMode')) await waitForCycle(context, signal);
    return outcomeObject('Success');
  },
});

const stopSyncCycle: CmdletOf = (context) => ({
  name: 'Stop-ADSyncSyncCycle',
  synopsis: 'Ends the cycle under way after the step that runs; the rest comes with the next one.',
  parameters: [],
  changes: () => 'the cycle under way',
  async run(call) {
    const { stopped } = await context.agent.stopSyncCycle({}, { signal: call.signal });
    if (!stopped) call.warn('No cycle is under way.');
    return undefined;
  },
});

const getSchedulerConnectorOverride: CmdletOf = (context) => ({
  name: 'Get-ADSyncSchedulerConnectorOverride',
  synopsis: 'Shows whether the next cycle imports or synchronizes all of a connector.',
  parameters: [connectorName, connectorIdentifier],
  async run(call) {
    const { name } = await requiredConnector(context, call);
    return overrideObject(name, await context.agent.readOverride({ connector: name }, { signal: call.signal }));
  },
});

const setSchedulerConnectorOverride: CmdletOf = (context) => ({
  name: 'Set-ADSyncSchedulerConnectorOverride',
  synopsis: 'Lets the next cycle import or synchronize all of one connector, and only what is new of the others.',
  parameters: [
    connectorName,
    connectorIdentifier,
    { name: 'FullImportRequired', type: 'bool', help: 'Whether everything is imported.' },
    { name: 'FullSyncRequired', type: 'bool', help: 'Whether everything is synchronized.' },
  ],
  changes: (values) => `the next cycle of ${values.text('ConnectorName') ?? 'a connector'}`,
  async run(call) {
    const { name } = await requiredConnector(context, call);
    const fullImportRequired = truthOf(call.arguments, 'FullImportRequired');
    const fullSyncRequired = truthOf(call.arguments, 'FullSyncRequired');
    await context.agent.writeOverride(
      {
        connector: name,
        ...(fullImportRequired !== undefined && { fullImportRequired }),
        ...(fullSyncRequired !== undefined && { fullSyncRequired }),
      },
      { signal: call.signal },
    );
    return undefined;
  },
});

/** When cycles run, and running one now. */
export const schedulerCmdlets: readonly CmdletOf[] = [
  getScheduler,
  setScheduler,
  startSyncCycle,
  stopSyncCycle,
  getSchedulerConnectorOverride,
  setSchedulerConnectorOverride,
];

async function changeScheduler({ agent }: ADSyncContext, call: CmdletCall): Promise<undefined> {
  const { arguments: values, signal } = call;
  const customizedSyncCycleInterval = secondsOf(values, 'CustomizedSyncCycleInterval');
  const purgeRunHistoryInterval = secondsOf(values, 'PurgeRunHistoryInterval') ?? undefined;
  const policyType = policyTypes.find((word) => word === values.text('NextSyncCyclePolicyType'));
  const scheduler = await agent.writeScheduler(
    {
      ...(customizedSyncCycleInterval !== undefined && { customizedSyncCycleInterval }),
      ...(purgeRunHistoryInterval !== undefined && { purgeRunHistoryInterval }),
      ...(policyType !== undefined && { nextSyncCyclePolicyType: policyType }),
      ...truths(call, {
        SyncCycleEnabled: 'syncCycleEnabled',
        MaintenanceEnabled: 'maintenanceEnabled',
        SchedulerSuspended: 'schedulerSuspended',
      }),
    },
    { signal },
  );
  const { customizedSyncCycleInterval: customized, allowedSyncCycleInterval: allowed } = scheduler;
  if (customizedSyncCycleInterval !== undefined && customized !== null && customized < allowed) {
    call.warn(`CustomizedSyncCycleInterval is below the allowed ${allowed} seconds: it is kept and ignored.`);
  }
  return undefined;
}

/** The switches that were given, under the agent's names. */
function truths<Name extends string>(
  { arguments: values }: CmdletCall,
  names: Readonly<Record<string, Name>>,
): Partial<Record<Name, boolean>> {
  const given: Partial<Record<Name, boolean>> = {};
  for (const [parameter, name] of Object.entries(names)) {
    const value = truthOf(values, parameter);
    if (value !== undefined) given[name] = value;
  }
  return given;
}

async function waitForCycle({ agent, pause }: ADSyncContext, signal: AbortSignal | undefined): Promise<void> {
  while ((await agent.readScheduler({}, { signal })).syncCycleInProgress) await pause(pollMs, signal);
}
