import type { Cmdlet, TypeSpec } from '@causeway/powershell';
import { connectorCmdlets } from './cmdlets/connectors.ts';
import { diagnosticsCmdlets } from './cmdlets/diagnostics.ts';
import { noSubjectCmdlets } from './cmdlets/no-subject.ts';
import { objectCmdlets } from './cmdlets/objects.ts';
import { passwordCmdlets } from './cmdlets/passwords.ts';
import { runCmdlets } from './cmdlets/runs.ts';
import { schedulerCmdlets } from './cmdlets/scheduler.ts';
import { tenantCmdlets } from './cmdlets/tenant.ts';
import type { ADSyncContext } from './context.ts';
import { newParameter, parameterTypeName } from './objects/configuration-parameter.ts';

export type { ADSyncContext } from './context.ts';

/** What `Import-Module` finds: all cmdlets are there in any case. */
export const adsyncModules: readonly string[] = ['ADSync', 'ADSyncDiagnostics', 'ADSyncConfig'];

/** The types of the module that `New-Object` makes. */
export const adsyncTypes: readonly TypeSpec[] = [{ name: parameterTypeName, create: newParameter }];

/** The cmdlets of Microsoft's ADSync module over a running agent. */
export function createADSyncCmdlets(context: ADSyncContext): Cmdlet[] {
  return [
    connectorCmdlets,
    passwordCmdlets,
    objectCmdlets,
    schedulerCmdlets,
    runCmdlets,
    tenantCmdlets,
    diagnosticsCmdlets,
    noSubjectCmdlets,
  ].flatMap((group) => group.map((cmdlet): Cmdlet => ({ ...cmdlet(context), module: 'ADSync' })));
}
