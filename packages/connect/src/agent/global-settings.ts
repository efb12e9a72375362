import type { ConnectConfig } from '../config.ts';
import { effectiveInterval, type SchedulerSettings } from '../objects/scheduler.ts';

/** Settings of the agent by the names that Azure AD Connect has for them, as far as they mean something here. */
export function globalSettings(facts: {
  readonly config: ConnectConfig;
  readonly scheduler: SchedulerSettings;
  readonly staging: boolean;
}): { name: string; value: string }[] {
  const { config, scheduler, staging } = facts;
  const values: Record<string, string> = {
    'Microsoft.Synchronize.TimeInterval': formatSpan(effectiveInterval(scheduler)),
    'Microsoft.Synchronize.StagingMode': truth(staging),
    'Microsoft.Synchronize.SynchronizationPolicy': scheduler.nextSyncCyclePolicyType,
    'Microsoft.Synchronize.RunHistoryPurgeInterval': formatSpan(scheduler.purgeRunHistoryInterval),
    'Microsoft.Synchronize.MaintenanceEnabled': truth(scheduler.maintenanceEnabled),
    'Microsoft.Synchronize.SchedulerSuspended': truth(scheduler.schedulerSuspended),
    'Microsoft.SynchronizationOption.AnchorAttribute': 'mS-DS-ConsistencyGuid',
    'Microsoft.SynchronizationOption.UPNAttribute': 'userPrincipalName',
    'Microsoft.SynchronizationOption.JoinCriteria': config.objectSync.match,
    'Microsoft.UserSignIn.SignOnMethod': config.passwordHashSync.enabled ? 'PasswordHashSync' : 'None',
    'Microsoft.OptionalFeature.AutoUpgradeState': 'Disabled',
  };
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

/** Seconds as `d.hh:mm:ss`, without days when there are none. */
function formatSpan(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const parts = [Math.floor((seconds % 86_400) / 3_600), Math.floor((seconds % 3_600) / 60), seconds % 60];
  return `${days > 0 ? `${days}.` : ''}${parts.map((part) => String(part).padStart(2, '0')).join(':')}`;
}

function truth(value: boolean): string {
  return value ? 'True' : 'False';
}
