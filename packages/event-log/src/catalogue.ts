import type { EventData, EventId } from './event-data.ts';
import {
  about,
  domainFailure,
  lines,
  objects,
  progress,
  requestLine,
  resultLine,
  tenantFailure,
  users,
} from './message-parts.ts';

/** How serious an event is, in the words of the Windows event log, least serious first. */
export const eventLevels = ['Information', 'Warning', 'Error'] as const;

/** One of {@link eventLevels}. */
export type EventLevel = (typeof eventLevels)[number];

/** The source of every event, as administrators' filters name it. */
export const eventSource = 'Directory Synchronization';

/** What the catalogue says of an event. */
export interface EventDefinition<Id extends EventId = EventId> {
  /** Short and stable, for logs and filters. */
  readonly name: string;
  /** The level, or how the data decide it. */
  readonly level: EventLevel | ((data: EventData[Id]) => EventLevel);
  /** The message: plain text; one line, or one more line for each user. */
  readonly message: (data: EventData[Id]) => string;
}

/**
 * Every event of Causeway. Ids, meaning and, where it is documented, levels are those of Azure AD Connect ("Troubleshoot
 * password hash synchronization" and "Password hash synchronization does not work at all" in Microsoft's documentation);
 * the wording is Causeway's own.
 */
export const eventCatalogue: { readonly [Id in EventId]: EventDefinition<Id> } = {
  0: {
    name: 'itemsToRetry',
    level: (data) => (data.users.length === 0 ? 'Error' : 'Information'),
    message: (data) =>
      data.users.length === 0
        ? `Connector ${data.connector}: ${data.reason}`
        : lines(
            `Connector ${data.connector}: ${users(data.users.length)} queued for retry. ${data.reason}`,
            data.users,
          ),
  },
  115: {
    name: 'accessDenied',
    level: 'Information',
    message: (data) => `The tenant denied access to connector ${data.connector}. ${data.reason}`,
  },
  116: {
    name: 'deletionThresholdExceeded',
    level: 'Warning',
    message: (data) =>
      `Export of connector ${data.connector} was stopped: ${data.pendingDeletes} pending deletes are more than the threshold of ${data.threshold}. Nothing was exported.`,
  },
  601: { name: 'managerStarting', level: 'Information', message: () => 'Password hash synchronization is starting.' },
  602: { name: 'managerStopping', level: 'Information', message: () => 'Password hash synchronization is stopping.' },
  603: {
    name: 'unexpectedError',
    level: 'Error',
    message: (data) => `Password hash synchronization met an unexpected error. ${data.reason}`,
  },
  604: {
    name: 'taskError',
    level: 'Error',
    message: (data) => `A task of password hash synchronization failed. ${data.reason}`,
  },
  605: {
    name: 'retryQueueAdded',
    level: 'Information',
    message: (data) => lines(`Connector ${data.connector}: ${users(data.count)} added to the retry queue.`, data.users),
  },
  606: {
    name: 'retryQueueRemoved',
    level: 'Information',
    message: (data) =>
      lines(`Connector ${data.connector}: ${users(data.count)} removed from the retry queue.`, data.users),
  },
  607: {
    name: 'managerCannotStart',
    level: 'Error',
    message: (data) => `Password hash synchronization cannot start. ${data.reason}`,
  },
  609: { name: 'managerStopped', level: 'Information', message: () => 'Password hash synchronization has stopped.' },
  610: {
    name: 'managerCannotStop',
    level: 'Error',
    message: (data) => `Password hash synchronization cannot stop. ${data.reason}`,
  },
  611: { name: 'domainFailed', level: 'Error', message: domainFailure },
  612: {
    name: 'contextNotInitialized',
    level: 'Error',
    message: (data) => `Password hash synchronization could not be initialized. ${data.reason}`,
  },
  613: {
    name: 'pausedForFullSync',
    level: 'Warning',
    message: (data) =>
      `Password hash synchronization of connector ${data.connector} is paused: the full synchronization of its objects is not finished.`,
  },
  614: {
    name: 'alreadyStarted',
    level: 'Warning',
    message: () => 'Password hash synchronization was told to start while it was not stopped.',
  },
  615: {
    name: 'workerFailed',
    level: 'Error',
    message: (data) => `A worker of password hash synchronization failed. ${data.reason}`,
  },
  616: {
    name: 'preferredDomainControllerUnreachable',
    level: 'Warning',
    message: (data) =>
      `Preferred domain controller ${data.domainController} of domain ${data.domain}, connector ${data.connector}, cannot be reached. ${data.reason}`,
  },
  617: {
    name: 'fullSyncForestStarted',
    level: 'Information',
    message: (data) => `Full password hash synchronization started for forest ${data.forest}.`,
  },
  618: {
    name: 'fullSyncDomainStarted',
    level: 'Information',
    message: (data) => `Full password hash synchronization started for domain ${data.domain} of forest ${data.forest}.`,
  },
  619: { name: 'fullSyncProgress', level: 'Information', message: progress },
  620: {
    name: 'notRetried',
    level: 'Warning',
    message: (data) =>
      lines(`Connector ${data.connector}: ${users(data.users.length)} will not be retried.`, data.users),
  },
  621: {
    name: 'fullSyncAttemptFailed',
    level: 'Error',
    message: (data) =>
      `Attempt ${data.attempt} of the full password hash synchronization of domain ${data.domain}, forest ${data.forest}, failed. ${data.reason}`,
  },
  622: {
    name: 'fullSyncDomainCompleted',
    level: 'Information',
    message: (data) =>
      `Full password hash synchronization completed for domain ${data.domain} of forest ${data.forest}: ${users(data.users)} in ${data.seconds} s.`,
  },
  623: {
    name: 'fullSyncForestCompleted',
    level: 'Information',
    message: (data) =>
      `Full password hash synchronization completed for forest ${data.forest}: ${users(data.users)} in ${data.seconds} s.`,
  },
  650: {
    name: 'batchStarted',
    level: 'Information',
    message: (data) =>
      `Credential batch start. Connector: ${data.connector}, Count: ${data.count}, Tracking ID: ${data.trackingId}`,
  },
  651: {
    name: 'batchEnded',
    level: 'Information',
    message: (data) =>
      `Credential batch end. Connector: ${data.connector}, Count: ${data.count}, Tracking ID: ${data.trackingId}`,
  },
  652: { name: 'batchFailed', level: 'Error', message: (data) => tenantFailure('Credential batch', data) },
  653: {
    name: 'pingStarted',
    level: 'Information',
    message: (data) => `Ping start. Connector: ${data.connector}, Connector ID: ${data.connectorId}`,
  },
  654: {
    name: 'pingEnded',
    level: 'Information',
    message: (data) => `Ping end. Connector: ${data.connector}, Connector ID: ${data.connectorId}`,
  },
  655: { name: 'pingFailed', level: 'Error', message: (data) => tenantFailure('Ping', data) },
  656: {
    name: 'passwordChangeRequest',
    level: 'Information',
    message: (data) => lines(`Password Change Request. Connector: ${data.connector}`, data.users.map(requestLine)),
  },
  657: {
    name: 'passwordChangeResult',
    level: 'Information',
    message: (data) => lines(`Password Change Result. Connector: ${data.connector}`, data.users.map(resultLine)),
  },
  658: {
    name: 'managedDomainNotice',
    level: 'Information',
    message: (data) => `Managed domain, connector ${data.connector}: ${data.reason}${about(data.dn)}`,
  },
  659: {
    name: 'passwordPolicyNotice',
    level: 'Information',
    message: (data) => `Password policy, connector ${data.connector}: ${data.reason}${about(data.dn)}`,
  },
  660: {
    name: 'selfHealingStarted',
    level: 'Information',
    message: (data) =>
      `The tenant's password hash synchronization feature is being put right for connector ${data.connector}. ${data.reason}${about(data.dn)}`,
  },
  661: {
    name: 'selfHealingEnded',
    level: 'Information',
    message: (data) =>
      `The tenant's password hash synchronization feature was put right for connector ${data.connector}. ${data.reason}${about(data.dn)}`,
  },
  662: {
    name: 'healthTaskFailed',
    level: 'Error',
    message: (data) =>
      `The health task of connector ${data.connector} failed during a ping. ${data.reason}${about(data.dn)}`,
  },
  663: { name: 'managerAlive', level: 'Information', message: () => 'Password hash synchronization is running.' },
  664: {
    name: 'singleObjectFailed',
    level: 'Error',
    message: (data) =>
      `Password hash synchronization of one object of connector ${data.connector} failed. ${data.reason}${about(data.dn)}`,
  },
  665: {
    name: 'cycleStateNotStored',
    level: 'Error',
    message: (data) =>
      `The state of the cycle of domain ${data.domain}, connector ${data.connector}, could not be stored. ${data.reason}`,
  },
  666: {
    name: 'databaseBusy',
    level: 'Warning',
    message: (data) =>
      `Domain ${data.domain} of connector ${data.connector} is tried again: the database was busy. ${data.reason}`,
  },
  667: {
    name: 'decryptionKeyFailed',
    level: 'Error',
    message: (data) => `The MD5 decryption key could not be made. ${data.reason}`,
  },
  668: {
    name: 'onlyPwdLastSetChanged',
    level: 'Information',
    message: (data) =>
      `Connector ${data.connector}: only pwdLastSet changed in ${objects(data.count)} of the batch. Count: ${data.count}`,
  },
  904: { name: 'cycle', level: 'Information', message: (data) => data.text },
  6323: { name: 'databaseFull', level: 'Error', message: (data) => `The disk has no space left. ${data.reason}` },
  6900: {
    name: 'notificationFailed',
    level: 'Error',
    message: (data) => `A password change notification could not be handled. ${data.reason}`,
  },
};

/** Every id of the catalogue, ascending. */
export const eventIds: readonly EventId[] = Object.keys(eventCatalogue).map((id) => Number(id) as EventId);
