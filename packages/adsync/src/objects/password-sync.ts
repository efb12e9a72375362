import type { PartitionPasswordSyncState, PasswordSyncAnswer, PasswordSyncConfiguration } from '@causeway/control';
import type { PsObject } from '@causeway/powershell';
import { guidOf, record, timeOf } from './values.ts';

export function passwordSyncObject({ sourceConnector, targetConnector, enabled }: PasswordSyncConfiguration): PsObject {
  return record(
    'PasswordHashSyncConfiguration',
    [
      ['SourceConnector', sourceConnector],
      ['TargetConnector', targetConnector],
      ['Enabled', enabled],
    ],
    { display: { as: 'table', properties: ['SourceConnector', 'TargetConnector', 'Enabled'] } },
  );
}

/** Password hash sync of one domain, with how far a full synchronization is while one is under way. */
export function partitionStateObject(state: PartitionPasswordSyncState): PsObject {
  const { full } = state;
  return record('PartitionPasswordSyncState', [
    ['ConnectorId', guidOf(state.connectorId)],
    ['DN', state.dn],
    ['PasswordSyncLastSuccessfulCycleStartTimestamp', timeOf(state.lastSuccessfulCycleStartAt)],
    ['PasswordSyncLastSuccessfulCycleEndTimestamp', timeOf(state.lastSuccessfulCycleEndAt)],
    ['PasswordSyncLastCycleStartTimestamp', timeOf(state.lastCycleStartAt)],
    ['PasswordSyncLastCycleEndTimestamp', timeOf(state.lastCycleEndAt)],
    ['PasswordSyncLastCycleStatus', state.lastCycleStatus],
    ['FullSyncDone', full?.done ?? null],
    ['FullSyncTotal', full?.total ?? null],
    ['FullSyncSecondsLeft', full?.secondsLeft ?? null],
  ]);
}

/** What became of one user's password. */
export function passwordResultObject({ dn, status, detail }: PasswordSyncAnswer['results'][number]): PsObject {
  return record('CsObjectPasswordHashSyncResult', [
    ['DistinguishedName', dn],
    ['Result', status],
    ['Detail', detail],
  ]);
}
