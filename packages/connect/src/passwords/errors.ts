import { CausewayError } from '@causeway/model';
import type { Gate } from './gate.ts';

/** There is no AD connector, or no tenant connector, of that name. */
export function connectorUnknown(name: string, known: readonly string[]): CausewayError {
  return new CausewayError({
    code: 'ERR_CONNECT_CONNECTOR_UNKNOWN',
    message: `there is no connector with the name ${name}`,
    nextStep: `use one of these, as it is written here: ${known.join(', ')}`,
    disposition: 'halt',
  });
}

/** Password hash sync is off for all connectors. */
export function switchedOff(): CausewayError {
  return new CausewayError({
    code: 'ERR_CONNECT_PASSWORD_SYNC_OFF',
    message: 'password hash sync is off in the configuration of this agent',
    nextStep: 'set passwordHashSync.enabled to true and restart connect',
    disposition: 'halt',
  });
}

const notRunning: Readonly<Record<Exclude<Gate, 'run'>, { what: string; nextStep: string }>> = {
  off: {
    what: 'is switched off',
    nextStep: 'switch it on: Set-ADSyncAADPasswordSyncConfiguration with -Enable $true, or passwordHashSync.enabled',
  },
  staging: {
    what: 'is stopped in staging mode',
    nextStep: 'ask the active agent, or leave staging mode: causeway sync staging off',
  },
  paused: {
    what: 'waits for the first synchronization of objects',
    nextStep: 'wait until a full import, synchronization and export of the connector have been completed',
  },
};

/** Passwords cannot be sent now. */
export function passwordsNotRunning(connector: string, gate: Exclude<Gate, 'run'>): CausewayError {
  const { what, nextStep } = notRunning[gate];
  return new CausewayError({
    code: 'ERR_CONNECT_PASSWORD_SYNC_NOT_RUNNING',
    message: `password hash sync of ${connector} ${what}`,
    nextStep,
    disposition: 'retry',
  });
}
