import { createSession, type Outcome } from '@causeway/powershell';
import { adsyncModules, adsyncTypes, createADSyncCmdlets } from '@causeway/adsync';
import { createTestAgent, type TestAgent } from './agent.ts';

export interface Ran extends Outcome {
  readonly out: string;
  readonly err: string;
}

export interface Shell extends TestAgent {
  /** Runs a script. */
  readonly run: (script: string) => Promise<Ran>;
  /** How often something was waited for. */
  readonly pauses: number[];
}

/** A session with the cmdlets over an agent in memory. */
export function createShell({ lastHeartbeat }: { lastHeartbeat?: number } = {}): Shell {
  const testAgent = createTestAgent();
  const pauses: number[] = [];
  const clock = { now: () => Date.parse('2026-03-01T09:00:00.000Z') };
  let [out, err] = ['', ''];
  const session = createSession({
    cmdlets: createADSyncCmdlets({
      agent: testAgent.agent,
      lastHeartbeat: () => lastHeartbeat,
      clock,
      async pause(milliseconds) {
        pauses.push(milliseconds);
        testAgent.state.scheduler = { ...testAgent.state.scheduler, syncCycleInProgress: false };
      },
    }),
    types: adsyncTypes,
    modules: adsyncModules,
    out: { write: (text) => void (out += text) },
    error: { write: (text) => void (err += text) },
    width: 120,
    clock,
    newGuid: () => '00000000-0000-4000-8000-000000000000',
    sleep: async () => undefined,
  });
  return {
    ...testAgent,
    pauses,
    async run(script) {
      [out, err] = ['', ''];
      const outcome = await session.run(script);
      return { ...outcome, out, err };
    },
  };
}
