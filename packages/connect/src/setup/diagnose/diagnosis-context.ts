import type { Administration, AgentStatus } from '@causeway/control';
import type { EventReader } from '@causeway/event-log';
import { createSetupContext, type SetupContext, type SetupOptions } from '../setup-context.ts';

/** The operations of a running agent that the diagnosis asks. */
export type DiagnosedAgent = Pick<
  Administration,
  'readStatus' | 'readPasswordSync' | 'listPasswordSyncStates' | 'readCsObject' | 'readMvObject' | 'readPasswordLog'
>;

/** What a diagnosis is made of. */
export interface DiagnosisOptions extends Omit<SetupOptions, 'addsDomains'> {
  readonly agent: DiagnosedAgent;
  /** The agent's event log, also while the agent does not run; undefined where there is none yet. */
  readonly events: Pick<EventReader, 'latest'> | undefined;
}

/** What the checks of a diagnosis look at. */
export interface DiagnosisContext extends SetupContext {
  readonly agent: DiagnosedAgent;
  readonly events: DiagnosisOptions['events'];
  /** The status of the agent, asked once. @throws {CausewayError} ERR_CONTROL_UNREACHABLE and others */
  agentStatus(): Promise<AgentStatus>;
  /** What the agent answers; undefined while it does not run. @throws whatever else the agent answers */
  ofAgent<Answer>(ask: (agent: DiagnosedAgent) => Promise<Answer>): Promise<Answer | undefined>;
}

/** The context of one diagnosis. */
export function createDiagnosisContext(options: DiagnosisOptions): DiagnosisContext {
  const { agent, events } = options;
  let status: Promise<AgentStatus> | undefined;
  const agentStatus = async (): Promise<AgentStatus> => (status ??= agent.readStatus({}));
  return {
    ...createSetupContext({ ...options, addsDomains: false }),
    agent,
    events,
    agentStatus,
    async ofAgent(ask) {
      const runs = await agentStatus().then(
        () => true,
        () => false,
      );
      return runs ? ask(agent) : undefined;
    },
  };
}
