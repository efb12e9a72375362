import type { DeletionThreshold, Scheduler } from '@causeway/control';
import type { PsObject } from '@causeway/powershell';
import { record, spanOf, timeOf } from './values.ts';

/** The scheduler, its properties in the order that Microsoft's documentation prints them. */
export function schedulerObject(scheduler: Scheduler): PsObject {
  const { customizedSyncCycleInterval } = scheduler;
  return record('SchedulerSettings', [
    ['AllowedSyncCycleInterval', spanOf(scheduler.allowedSyncCycleInterval)],
    ['CurrentlyEffectiveSyncCycleInterval', spanOf(scheduler.currentlyEffectiveSyncCycleInterval)],
    ['CustomizedSyncCycleInterval', customizedSyncCycleInterval === null ? null : spanOf(customizedSyncCycleInterval)],
    ['NextSyncCyclePolicyType', scheduler.nextSyncCyclePolicyType],
    ['NextSyncCycleStartTimeInUTC', timeOf(scheduler.nextSyncCycleStartTimeInUTC)],
    ['PurgeRunHistoryInterval', spanOf(scheduler.purgeRunHistoryInterval)],
    ['SyncCycleEnabled', scheduler.syncCycleEnabled],
    ['MaintenanceEnabled', scheduler.maintenanceEnabled],
    ['StagingModeEnabled', scheduler.stagingModeEnabled],
    ['SchedulerSuspended', scheduler.schedulerSuspended],
    ['SyncCycleInProgress', scheduler.syncCycleInProgress],
  ]);
}

/** What became of starting or stopping a cycle. */
export function outcomeObject(result: string): PsObject {
  return record('SchedulerOperationStatus', [['Result', result]], { display: { as: 'table', properties: ['Result'] } });
}

export function overrideObject(
  connector: string,
  override: { readonly fullImportRequired: boolean; readonly fullSyncRequired: boolean },
): PsObject {
  return record('SchedulerConnectorOverride', [
    ['ConnectorName', connector],
    ['FullImportRequired', override.fullImportRequired],
    ['FullSyncRequired', override.fullSyncRequired],
  ]);
}

export function thresholdObject({ enabled, value }: DeletionThreshold): PsObject {
  return record('ExportDeletionThreshold', [
    ['DeletionPrevention', enabled ? 'EnabledForCount' : 'Disabled'],
    ['ThresholdCount', value],
    ['ThresholdPercentage', 0],
  ]);
}
