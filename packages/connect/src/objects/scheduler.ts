import { z } from 'zod';
import type { Scheduler, SchedulerChange } from '@causeway/control';
import type { AgentState } from '../agent/agent-state.ts';

/** Seconds between two cycles that nothing else has begun, and the least that may be chosen. */
export const ALLOWED_INTERVAL_S = 1_800;
/** Seconds that runs are kept. */
const PURGE_INTERVAL_S = 7 * 86_400;

const settingsSchema = z.object({
  customizedSyncCycleInterval: z.number().nullable().default(null),
  nextSyncCyclePolicyType: z.enum(['Delta', 'Initial', 'Unspecified']).default('Delta'),
  purgeRunHistoryInterval: z.number().default(PURGE_INTERVAL_S),
  syncCycleEnabled: z.boolean().default(true),
  maintenanceEnabled: z.boolean().default(true),
  schedulerSuspended: z.boolean().default(false),
});
export type SchedulerSettings = z.output<typeof settingsSchema>;

const SETTING = 'scheduler';

/** The scheduler's settings as they were made last. */
export function readSchedulerSettings(state: AgentState): SchedulerSettings {
  return state.readSetting(SETTING, settingsSchema) ?? settingsSchema.parse({});
}

/** Changes some of the scheduler's settings, durably. */
export function changeScheduler(state: AgentState, change: SchedulerChange): SchedulerSettings {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const settings = settingsSchema.parse({ ...readSchedulerSettings(state), ...given });
  state.writeSetting(SETTING, settings);
  return settings;
}

/** The interval that holds, in seconds: a chosen one, unless it is below what is allowed. */
export function effectiveInterval({ customizedSyncCycleInterval: chosen }: SchedulerSettings): number {
  return chosen !== null && chosen >= ALLOWED_INTERVAL_S ? chosen : ALLOWED_INTERVAL_S;
}

/** Whether cycles begin by themselves. */
export function runsByItself({ syncCycleEnabled, schedulerSuspended }: SchedulerSettings): boolean {
  return syncCycleEnabled && !schedulerSuspended;
}

/** The scheduler, in the words of `Get-ADSyncScheduler`. */
export function describeScheduler(
  settings: SchedulerSettings,
  facts: {
    readonly lastCycleAt: number | undefined;
    readonly now: number;
    readonly staging: boolean;
    readonly inProgress: boolean;
  },
): Scheduler {
  const interval = effectiveInterval(settings);
  const next = (facts.lastCycleAt ?? facts.now) + interval * 1_000;
  return {
    allowedSyncCycleInterval: ALLOWED_INTERVAL_S,
    currentlyEffectiveSyncCycleInterval: interval,
    customizedSyncCycleInterval: settings.customizedSyncCycleInterval,
    nextSyncCyclePolicyType: settings.nextSyncCyclePolicyType,
    nextSyncCycleStartTimeInUTC: runsByItself(settings) ? new Date(next).toISOString() : null,
    purgeRunHistoryInterval: settings.purgeRunHistoryInterval,
    syncCycleEnabled: settings.syncCycleEnabled,
    maintenanceEnabled: settings.maintenanceEnabled,
    stagingModeEnabled: facts.staging,
    schedulerSuspended: settings.schedulerSuspended,
    syncCycleInProgress: facts.inProgress,
  };
}
