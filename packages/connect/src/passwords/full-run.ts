import type { AgentState } from '../agent/agent-state.ts';
import type { EventWriter } from '@causeway/event-log';
import type { Clock, Logger } from '@causeway/model';
import type { ChannelStore, FullRun } from './channel-state.ts';

/** Asks for a full password hash sync at the start of a channel, when its value is 1. */
export const forceFullPasswordSync = 'Microsoft.Synchronize.ForceFullPasswordSync';

/** Progress is told at least this often in a long run, by time and by users. */
const PROGRESS_MS = 5_000;
const PROGRESS_USERS = 5_000;

interface ForestOptions {
  /** The forest's connector: its DNS name. */
  readonly forest: string;
  /** The channels of all of its domains, by DNS name. */
  readonly channels: ReadonlyMap<string, ChannelStore>;
  readonly agent: AgentState;
  readonly events: EventWriter;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How many seconds a run will take still, by its speed so far; undefined while nobody knows. */
export function secondsLeft(run: Pick<FullRun, 'startedAt' | 'done' | 'total'>, now: number): number | undefined {
  if (run.startedAt === null || run.total === null || run.done === 0) return undefined;
  const msForEach = Math.max(now - run.startedAt, 0) / run.done;
  return Math.ceil((Math.max(run.total - run.done, 0) * msForEach) / 1000);
}

/**
 * The full password hash sync of a forest: events 617 to 623 in their order, and progress that survives a restart.
 *
 * Each domain runs by itself. The run of the forest begins with the first domain that is asked for and ends when none is left;
 * then the parameter that may have asked for it is removed.
 */
export class ForestRun {
  readonly #options: ForestOptions;

  constructor(options: ForestOptions) {
    this.#options = options;
  }

  /** Whether a domain's run is asked for, or under way. */
  isDue(domain: string): boolean {
    const full = this.#options.channels.get(domain)?.state.full;
    return full !== null && full !== undefined && full.finishedAt === null;
  }

  /** Whether the parameter of this connector asks for a full run. */
  isForced(): boolean {
    const { agent, forest } = this.#options;
    return agent.readParameters(forest).some(({ name, value }) => name === forceFullPasswordSync && value === '1');
  }

  /** Asks for the runs of some domains. One that is under way goes on, unless it is to begin `anew` or to send all. */
  request(domains: Iterable<string>, { sendAll = false, anew = false } = {}): void {
    const { forest, channels, agent, events, clock } = this.#options;
    const isNew = [...channels.values()].every(({ state }) => state.full === null);
    agent.transaction(() => {
      for (const domain of domains) {
        const channel = channels.get(domain);
        if (channel === undefined) continue;
        const present = this.isDue(domain) ? channel.state.full : null;
        if (present !== null && !anew && (present.sendAll || !sendAll)) continue;
        const full = { ...unstarted, requestedAt: clock.now(), sendAll: sendAll || present?.sendAll === true };
        channel.change({ full });
      }
    });
    if (isNew) events.write(617, { forest });
  }

  /** The run of a domain as its channel does it: begins it, or goes on with it. */
  begin(domain: string, total: number): DomainRun {
    const { forest, channels, events, clock } = this.#options;
    const channel = channels.get(domain);
    const present = channel?.state.full;
    if (channel === undefined || !present) throw new RangeError(`no full run of ${domain} was asked for`);
    const isNew = present.startedAt === null;
    channel.change({
      full: {
        ...present,
        startedAt: present.startedAt ?? clock.now(),
        total: Math.max(total, present.done),
        attempts: present.attempts + 1,
      },
    });
    if (isNew) events.write(618, { forest, domain });
    return new DomainRun({ ...this.#options, domain, channel, onFinished: () => this.settle() });
  }

  /** Notes a failed attempt of a run that is under way. */
  noteFailure(domain: string, reason: string): void {
    const { forest, channels, events } = this.#options;
    const full = channels.get(domain)?.state.full;
    if (full?.startedAt && full.finishedAt === null)
      events.write(621, { forest, domain, attempt: full.attempts, reason });
  }

  /** Ends the run of the forest when that of no domain is left; also after a restart between the two. */
  settle(): void {
    const { forest, channels, agent, events, clock } = this.#options;
    const runs = [...channels.values()].flatMap(({ state }) => state.full ?? []);
    if (runs.length === 0 || runs.some(({ finishedAt }) => finishedAt === null)) return;
    const users = runs.reduce((sum, { done }) => sum + done, 0);
    const seconds = secondsSince(Math.min(...runs.map(({ requestedAt }) => requestedAt)), clock.now());
    events.write(623, { forest, users, seconds });
    agent.transaction(() => {
      for (const channel of channels.values()) if (channel.state.full) channel.change({ full: null });
      agent.removeParameter(forest, forceFullPasswordSync);
    });
  }
}

const unstarted = {
  startedAt: null,
  finishedAt: null,
  done: 0,
  total: null,
  sent: 0,
  attempts: 0,
  place: null,
} satisfies Partial<FullRun>;

function secondsSince(startedAt: number, now: number): number {
  return Math.max(0, Math.round((now - startedAt) / 1000));
}

/** The full password hash sync of one domain while it is under way. */
export class DomainRun {
  readonly #options: ForestOptions & { domain: string; channel: ChannelStore; onFinished: () => void };
  #told: { at: number; done: number };

  constructor(options: ForestOptions & { domain: string; channel: ChannelStore; onFinished: () => void }) {
    this.#options = options;
    this.#told = { at: options.clock.now(), done: this.state.done };
  }

  get state(): FullRun {
    const { full } = this.#options.channel.state;
    if (full === null) throw new RangeError('the full run is over');
    return full;
  }

  /** Begins counting again: the domain controller sends everything once more. */
  restart(): void {
    const { channel } = this.#options;
    if (this.state.done > 0 || this.state.place !== null)
      channel.change({ full: { ...this.state, done: 0, sent: 0, place: null } });
  }

  /** Notes how far it is; stored, and told when it is time. `place` says where to go on after a restart. */
  advance({ users, sent, place }: { users: number; sent: number; place?: string }): void {
    const { channel, clock } = this.#options;
    const { state } = this;
    // It was asked for once more: the next one begins at the beginning.
    if (state.startedAt === null) return;
    const done = state.done + users;
    const total = state.total === null ? null : Math.max(state.total, done);
    channel.change({ full: { ...state, done, sent: state.sent + sent, total, place: place ?? state.place } });
    const { at, done: before } = this.#told;
    if (clock.now() - at >= PROGRESS_MS || done - before >= PROGRESS_USERS) this.#tell();
  }

  /** Everything has been delivered. */
  finish(): void {
    const { forest, domain, channel, events, clock, logger, onFinished } = this.#options;
    const { done, sent, startedAt } = this.state;
    channel.change({ full: { ...this.state, total: done, finishedAt: clock.now() } });
    this.#tell();
    const seconds = secondsSince(startedAt ?? clock.now(), clock.now());
    events.write(622, { forest, domain, users: done, seconds });
    const fields = { process: 'password hash sync', connector: forest, domain, users: done, sent, seconds };
    logger.info(fields, `full password hash sync of ${domain}: ${done} users, ${sent} passwords sent`);
    onFinished();
  }

  #tell(): void {
    const { forest, domain, events, clock } = this.#options;
    const now = clock.now();
    const { done, total } = this.state;
    this.#told = { at: now, done };
    events.write(619, {
      forest,
      domain,
      done,
      ...(total === null ? {} : { total }),
      secondsLeft: secondsLeft(this.state, now),
    });
  }
}
