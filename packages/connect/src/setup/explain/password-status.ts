import type { passwordLogStatuses } from '@causeway/control';

export type PasswordStatus = (typeof passwordLogStatuses)[number];

/** What a status of the password log means to an administrator; no next step where nothing is wrong. */
export const passwordStatuses: Readonly<
  Record<PasswordStatus, { readonly meaning: string; readonly nextStep?: string }>
> = {
  Success: { meaning: 'the password was sent, and the directory has accepted it' },
  FilteredByTarget: {
    meaning: 'the password is temporary: it must be changed at the next logon, and such passwords are not sent',
    nextStep:
      'let the user change it on-premises, or turn the tenant feature ForcePasswordChangeOnLogOn on to send temporary passwords too',
  },
  NoTargetConnection: {
    meaning: 'the user is in no way connected to an object of the tenant',
    nextStep: 'check the filters and the synchronization rules: causeway sync object DN names what applies',
  },
  SourceConnectorNotPresent: {
    meaning: 'the user is not in the connector space of the forest',
    nextStep: 'check that domain, OU and group of the user are not filtered, and import: causeway sync run',
  },
  TargetNotExportedToDirectory: {
    meaning: 'the user has not been exported to the directory yet, and a password waits until then',
    nextStep: 'none if a cycle is under way; otherwise look at the errors of the last export: causeway sync history',
  },
  Error: {
    meaning: 'the directory returned an error',
    nextStep: 'look at the events 657 and 652 of that time: causeway events; it is tried again by itself',
  },
  Unknown: {
    meaning: 'the batch that the password was in failed, and what became of it is not known',
    nextStep: 'none: it is sent again by itself; if this is said again and again, look at the event 652',
  },
  MissingAttribute: {
    meaning: 'something that the managed domain needs is absent: the account has no AES keys',
    nextStep:
      "change the user's password once: a password that is older than the domain's AES support has no such keys",
  },
  RetryRequestedByTarget: { meaning: 'something was absent before, so the password is sent again' },
};
