import type { Activity, Connector, Run } from '@causeway/control';
import type { PsObject, PsValue } from '@causeway/powershell';
import { guidOf, record, timeOf } from './values.ts';

/** What a run came to. A run of Causeway has one step. */
export function runObject(run: Run, connectors: readonly Connector[]): PsObject {
  const connector = connectors.find(({ name }) => name === run.connector);
  return record('RunProfileResult', [
    ['RunHistoryId', guidOf(runHistoryIdOf(run.id))],
    ['ConnectorId', connector === undefined ? null : guidOf(connector.identifier)],
    ['ConnectorName', run.connector],
    ['RunProfileName', run.runProfile],
    ['RunNumber', run.id],
    ['Result', run.result],
    ['StartDate', timeOf(run.startedAt)],
    ['EndDate', timeOf(run.endedAt)],
    ['IsRunComplete', run.endedAt !== null],
    ['CurrentStepNumber', 1],
    ['TotalSteps', 1],
    ['RunStepResults', [stepObject(run)]],
  ]);
}

/** The step of a run, with a property for each of its counts. */
export function stepObject(run: Run): PsObject {
  const counts = Object.entries(run.counts).map(([name, count]): readonly [string, PsValue] => [
    `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
    count,
  ]);
  return record(
    'RunStepResult',
    [
      ['RunHistoryId', guidOf(runHistoryIdOf(run.id))],
      ['StepHistoryId', guidOf(runHistoryIdOf(run.id))],
      ['StepNumber', 1],
      ['StepResult', run.result],
      ['StartDate', timeOf(run.startedAt)],
      ['EndDate', timeOf(run.endedAt)],
      ...counts,
      [
        'Errors',
        run.errors.map(({ dn, code, message }) =>
          record(
            'RunStepError',
            [
              ['DN', dn],
              ['ErrorType', code],
              ['Message', message],
            ],
            { text: code },
          ),
        ),
      ],
    ],
    { text: run.result },
  );
}

export function runStatusObject({ connector }: Activity): PsObject {
  return record(
    'ConnectorRunStatus',
    [
      ['RunState', 'Busy'],
      ['ConnectorName', connector],
    ],
    { display: { as: 'table', properties: ['RunState', 'ConnectorName'] } },
  );
}

/** The number of a run as the GUID that scripts pass around. */
export function runHistoryIdOf(id: number): string {
  return `00000000-0000-0000-0000-${id.toString(16).padStart(12, '0')}`;
}

/** The number of the run with this GUID; undefined when it can be none. */
export function runNumberOf(runHistoryId: string): number | undefined {
  const [, digits] = /^0{8}-0{4}-0{4}-0{4}-([0-9a-f]{12})$/.exec(runHistoryId) ?? [];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}
