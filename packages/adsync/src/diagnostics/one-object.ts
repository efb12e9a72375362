import type { CsObject, MvObject, PasswordLogEntry } from '@causeway/control';
import { failed, passed, type Check } from './check.ts';

/** What is known of one object of Active Directory. */
export interface ObjectFacts {
  readonly connector: string;
  readonly dn: string;
  /** Null when the connector space has no such object. */
  readonly object: CsObject | null;
  readonly metaverse: MvObject | null;
  /** The joined object in the tenant's connector space; null when there is none. */
  readonly inTenant: CsObject | null;
  /** Newest first. */
  readonly passwordLog: readonly PasswordLogEntry[];
}

/** Why one user's password does not arrive: stage by stage, up to the first that is not reached. */
export function diagnoseObject(facts: ObjectFacts): Check[] {
  const { connector, dn, object, metaverse, inTenant, passwordLog } = facts;
  if (object === null) {
    return [
      failed(
        'Connector space',
        `${dn} is not in the connector space of ${connector} (SourceConnectorNotPresent).`,
        'Check the name and the filters; then import: causeway sync run',
      ),
    ];
  }
  const found = passed('Connector space', `${object.objectType}, anchor ${object.anchorValue}.`);
  if (metaverse === null) {
    return [
      found,
      failed(
        'Metaverse',
        `It is joined to nothing (NoTargetConnection)${object.error === null ? '' : `: ${object.error}`}.`,
        'See which rules apply to it: causeway sync object',
      ),
    ];
  }
  const joined = passed('Metaverse', `${metaverse.objectType} ${metaverse.objectId}.`);
  if (inTenant === null || inTenant.pendingExport?.operation === 'add') {
    return [
      found,
      joined,
      failed(
        'Tenant connector space',
        'It has not been exported to the tenant yet (TargetNotExportedToDirectory).',
        'Export: causeway sync run; in staging mode nothing is exported',
      ),
    ];
  }
  const exported = inTenant.hasExportError
    ? failed(
        'Tenant connector space',
        `Its export failed: ${inTenant.error ?? 'see the run history'}.`,
        'causeway sync history',
      )
    : passed('Tenant connector space', 'It has been exported to the tenant.');
  return [found, joined, exported, diagnoseLog(passwordLog)];
}

const nextSteps: Readonly<Record<PasswordLogEntry['status'], string | null>> = {
  Success: null,
  FilteredByTarget:
    'The user must change the password at the next logon: let the user do so, or turn on ForcePasswordChangeOnLogOn.',
  NoTargetConnection: 'Synchronize: causeway sync run',
  SourceConnectorNotPresent: 'Import: causeway sync run',
  TargetNotExportedToDirectory: 'Export: causeway sync run',
  Error: 'See event 657 and 664 of this time: causeway events',
  Unknown: 'It is sent again by itself; see event 652: causeway events',
  MissingAttribute: 'Set the password anew: the domain controller holds no Kerberos keys for it.',
  RetryRequestedByTarget: null,
};

function diagnoseLog([last]: readonly PasswordLogEntry[]): Check {
  if (last === undefined) {
    return failed(
      'Password',
      'There is no history of the last seven days: no change was seen, or the hash could not be read.',
      'Send it now: causeway sync passwords --user',
    );
  }
  const nextStep = nextSteps[last.status];
  const detail = `${last.status} at ${last.at}${last.detail === null ? '' : `: ${last.detail}`}`;
  return nextStep === null ? passed('Password', detail) : failed('Password', detail, nextStep);
}
