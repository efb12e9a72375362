import type { DirectoryClient } from '@causeway/contract';
import type { EventWriter } from '@causeway/event-log';
import type { Clock, Logger } from '@causeway/model';
import type { AgentState } from '../agent/agent-state.ts';
import type { PasswordScope } from './password-scope.ts';

/** The directory, as far as passwords need it. */
export type PasswordDirectory = Pick<
  DirectoryClient,
  'url' | 'readTenant' | 'readSource' | 'readSettings' | 'sendCredentials' | 'findMissingCredentials'
>;

/** What has just reached the directory, for measurements. Times are milliseconds since 1970. */
export interface DeliveredPasswords {
  readonly connector: string;
  /** The oldest change among them, at its source. */
  readonly changedAt: number;
  readonly deliveredAt: number;
  readonly count: number;
}

/** What all of password hash sync is made of. */
export interface PasswordPorts {
  readonly directory: PasswordDirectory;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly events: EventWriter;
  readonly agent: AgentState;
  readonly scope: PasswordScope;
  readonly onDelivered: (delivered: DeliveredPasswords) => void;
}
