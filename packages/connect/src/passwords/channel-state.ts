import { CausewayError } from '@causeway/model';
import { z } from 'zod';
import type { AgentState } from '../agent/agent-state.ts';

/** One stream of passwords: a domain of a forest. */
export interface ChannelKey {
  readonly connector: string;
  /** DNS name: also the stream's name at the directory. */
  readonly domain: string;
}

const time = z.number();
const cycleSchema = z.object({ startedAt: time, endedAt: time });

const fullRunSchema = z.object({
  /** When it was asked for; times are milliseconds since 1970. */
  requestedAt: time,
  /** When its reading began; null while it waits for the domain controller. */
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  /** Whether everybody's password goes, and not only those that the tenant does not have. */
  sendAll: z.boolean(),
  /** Users that were dealt with, and all of them as far as known. */
  done: z.int(),
  total: z.int().nullable(),
  /** Passwords that were sent. */
  sent: z.int(),
  attempts: z.int(),
  /** How far the domain was read, in the words of the drsr package; null at the beginning. */
  place: z.string().nullable(),
});
/** A full password hash sync of one domain. */
export type FullRun = z.output<typeof fullRunSchema>;

const channelStateSchema = z.object({
  /** Where the directory's cursor may be: a place that is not among them shows another agent, or a directory from a backup. */
  places: z.array(z.string()),
  /** Another agent was the active one until now. */
  standby: z.boolean(),
  full: fullRunSchema.nullable(),
  lastCycle: cycleSchema.extend({ status: z.enum(['Successful', 'Failed']) }).nullable(),
  lastSuccess: cycleSchema.nullable(),
});
/** What a channel remembers beside the directory's cursor. */
export type ChannelState = z.output<typeof channelStateSchema>;

const nothing: ChannelState = {
  places: [],
  standby: false,
  full: null,
  lastCycle: null,
  lastSuccess: null,
};

/** The stored state of one channel; reading is free, every change is on the disk when it returns. */
export interface ChannelStore {
  readonly state: ChannelState;
  /** False until something was stored: a new domain, or the agent's state was deleted. */
  readonly isKnown: boolean;
  change(changes: Partial<ChannelState>): void;
  /** Changes what is told of the last cycle; it reaches the disk with the next {@link ChannelStore.change}. */
  note(changes: Pick<ChannelState, 'lastCycle'> & Partial<Pick<ChannelState, 'lastSuccess'>>): void;
  /** Stores what was only noted; where the disk does not let it, that stays noted. */
  flush(): void;
}

/** The state of a channel, which one channel alone may change. @throws {CausewayError} ERR_CONNECT_AGENT_STATE */
export function openChannelStore(agent: AgentState, { connector, domain }: ChannelKey): ChannelStore {
  const read = agent.database.prepare<[string, string], { state: string }>(
    'SELECT state FROM password_channels WHERE connector = ? AND domain = ?',
  );
  const write = agent.database.prepare(
    'INSERT OR REPLACE INTO password_channels (connector, domain, state) VALUES (?, ?, ?)',
  );
  const row = agent.transaction(() => read.get(connector, domain));
  const stored = row === undefined ? undefined : channelStateSchema.safeParse(JSON.parse(row.state)).data;
  let state = stored ?? nothing;
  let isKnown = stored !== undefined;
  let isNoted = false;
  const store = (next: ChannelState): void => {
    agent.transaction(() => write.run(connector, domain, JSON.stringify(next)));
    state = next;
    isKnown = true;
    isNoted = false;
  };
  return {
    get state() {
      return state;
    },
    get isKnown() {
      return isKnown;
    },
    change: (changes) => store({ ...state, ...changes }),
    note(changes) {
      state = { ...state, ...changes };
      isNoted = true;
    },
    flush() {
      try {
        if (isNoted) store(state);
      } catch (error) {
        if (!(error instanceof CausewayError)) throw error;
      }
    },
  };
}
