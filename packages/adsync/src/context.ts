import type { AgentOperations } from '@causeway/control';
import type { EventReader } from '@causeway/event-log';
import type { Clock } from '@causeway/model';
import type { Cmdlet } from '@causeway/powershell';

/** What the cmdlets work with. */
export interface ADSyncContext {
  /** The running agent. */
  readonly agent: AgentOperations;
  /** Its event log; undefined while there is none. */
  readonly events: () => EventReader | undefined;
  readonly clock: Clock;
  /** Resolves after so many milliseconds; rejects when the signal is raised. */
  readonly pause: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** A cmdlet over a running agent. */
export type CmdletOf = (context: ADSyncContext) => Cmdlet;
