import { runProfiles, type Run } from '@causeway/control';
import type { CmdletCall } from '@causeway/powershell';
import type { ADSyncContext, CmdletOf } from '../context.ts';
import { argumentInvalid } from '../errors.ts';
import { runNumberOf, runObject, stepObject } from '../objects/run.ts';
import {
  accepted,
  connectorIdentifier,
  connectorName,
  listConnectors,
  namedConnector,
  requiredConnector,
  secondsOf,
} from './parameters.ts';

/** Runs that are given at a time, at most. */
const runsMax = 10_000;

const invokeRunProfile: CmdletOf = (context) => ({
  name: 'Invoke-ADSyncRunProfile',
  synopsis: 'Runs a profile of a connector to its end and gives the result.',
  parameters: [
    connectorName,
    connectorIdentifier,
    {
      name: 'RunProfileName',
      type: { words: runProfiles },
      mandatory: true,
      position: 1,
      help: 'Name of the profile.',
    },
    { name: 'Resume', type: 'switch', help: 'Goes on with a stopped run, which every run does.' },
  ],
  changes: (values) => `${values.text('RunProfileName') ?? ''} of ${values.text('ConnectorName') ?? 'a connector'}`,
  async run(call) {
    const connector = await requiredConnector(context, call);
    const runProfile = runProfiles.find((name) => name === call.arguments.text('RunProfileName'));
    if (runProfile === undefined) throw argumentInvalid('No run profile is named', 'Give -RunProfileName.');
    const run = await context.agent.runProfile({ connector: connector.name, runProfile }, { signal: call.signal });
    return runObject(run, [connector]);
  },
});

const stopRunProfile: CmdletOf = (context) => ({
  name: 'Stop-ADSyncRunProfile',
  synopsis: 'Ends the run under way, of one connector where it is named.',
  parameters: [connectorName, connectorIdentifier],
  changes: () => 'the run under way',
  async run(call) {
    const { signal } = call;
    const named = await namedConnector(context, call, { name: 'ConnectorName', identifier: 'ConnectorIdentifier' });
    const { activity } = await context.agent.readActivity({}, { signal });
    const isMeant = activity !== null && (named === undefined || activity.connector === named.name);
    const stopped = isMeant && (await context.agent.stopRun({}, { signal })).stopped;
    if (!stopped) call.warn(`No run${named === undefined ? '' : ` of ${named.name}`} is under way.`);
    return undefined;
  },
});

const getRunProfileResult: CmdletOf = (context) => ({
  name: 'Get-ADSyncRunProfileResult',
  synopsis: 'Gives the run history, newest first.',
  parameters: [
    { name: 'RunHistoryId', type: 'guid', help: 'One run.' },
    { name: 'RunNumber', type: 'int', help: 'One run, by its number.' },
    { name: 'ConnectorId', type: 'guid', help: 'Runs of one connector, by its identifier.' },
    { name: 'ConnectorName', type: 'string', help: 'Runs of one connector; the case of its name counts.' },
    { name: 'NumberRequested', type: 'int', help: 'So many runs; 100 unless named.' },
    { name: 'RunStepDetails', type: 'switch', help: 'Steps are always there, in RunStepResults.' },
  ],
  async run(call) {
    const { arguments: values } = call;
    const named = await namedConnector(context, call, { name: 'ConnectorName', identifier: 'ConnectorId' });
    const id = values.number('RunNumber') ?? runOfGuid(values.text('RunHistoryId'));
    const runs = await listRuns(context, call, { id, connector: named?.name });
    const connectors = await listConnectors(context, call);
    return runs.map((run) => runObject(run, connectors));
  },
});

const getRunStepResult: CmdletOf = (context) => ({
  name: 'Get-ADSyncRunStepResult',
  synopsis: 'Gives the steps of runs, with their counts and errors.',
  parameters: [
    { name: 'RunHistoryId', type: 'guid', help: 'The steps of one run.' },
    { name: 'StepHistoryId', type: 'guid', help: 'One step.' },
    { name: 'NumberRequested', type: 'int', help: 'So many steps; 100 unless named.' },
  ],
  async run(call) {
    const { arguments: values } = call;
    const id = runOfGuid(values.text('RunHistoryId') ?? values.text('StepHistoryId'));
    return (await listRuns(context, call, { id })).map(stepObject);
  },
});

const startPurgeRunHistory: CmdletOf = (context) => ({
  name: 'Start-ADSyncPurgeRunHistory',
  synopsis: 'Removes old runs from the history.',
  parameters: [
    { name: 'PurgeRunHistoryInterval', type: 'timespan', position: 0, help: 'Runs older than this are removed.' },
    { name: 'Offline', type: 'switch', help: 'Removes all runs.' },
    accepted('Force', 'switch'),
  ],
  changes: () => 'the run history',
  async run(call) {
    const { arguments: values, signal } = call;
    const seconds = secondsOf(values, 'PurgeRunHistoryInterval') ?? (values.flag('Offline') ? 0 : undefined);
    if (seconds === undefined) {
      throw argumentInvalid(
        'Nothing says which runs are old',
        'Give -PurgeRunHistoryInterval, for example 7.00:00:00, or -Offline for all.',
      );
    }
    const { purged } = await context.agent.purgeRuns({ olderThanSeconds: seconds }, { signal });
    call.verbose(`${purged} runs removed.`);
    return undefined;
  },
});

/** Running a profile of one connector, and the history of runs. */
export const runCmdlets: readonly CmdletOf[] = [
  invokeRunProfile,
  stopRunProfile,
  getRunProfileResult,
  getRunStepResult,
  startPurgeRunHistory,
];

/** The runs that a call asks for. */
async function listRuns(
  { agent }: ADSyncContext,
  { arguments: values, signal }: CmdletCall,
  filter: { readonly id: number | undefined; readonly connector?: string | undefined },
): Promise<readonly Run[]> {
  const count = values.number('NumberRequested');
  if (count !== undefined && (count < 1 || count > runsMax)) {
    throw argumentInvalid('-NumberRequested is out of range', `Give a number from 1 to ${runsMax}.`);
  }
  const { runs } = await agent.listRuns(
    {
      ...(filter.id !== undefined && { id: filter.id }),
      ...(filter.connector !== undefined && { connector: filter.connector }),
      ...(count !== undefined && { count }),
    },
    { signal },
  );
  return runs;
}

/** The number of the run whose GUID is given; of one that Causeway never makes, 0, which no run has. */
function runOfGuid(text: string | undefined): number | undefined {
  return text === undefined ? undefined : (runNumberOf(text) ?? 0);
}
