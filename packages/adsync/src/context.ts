import type { AgentOperations } from '@causeway/control';
import type { Clock } from '@causeway/model';
import type { Cmdlet } from '@causeway/powershell';

/** What the cmdlets work with. */
export interface ADSyncContext {
  /** The running agent. */
  readonly agent: AgentOperations;
  /** Time of a connector's last heartbeat, event 654: milliseconds since 1970; undefined when there is none. */
  readonly lastHeartbeat: (connector: string) => number | undefined;
  readonly clock: Clock;
  /** Resolves after so many milliseconds; rejects when the signal is raised. */
  readonly pause: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** A cmdlet over a running agent. */
export type CmdletOf = (context: ADSyncContext) => Cmdlet;
