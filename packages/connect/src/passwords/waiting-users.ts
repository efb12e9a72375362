import type { Guid } from '@ad-protocols/wire';
import type { PasswordLog } from './password-log.ts';
import type { PasswordPorts } from './ports.ts';
import { tellQueue } from './queue-events.ts';
import { planQueue } from './queue-plan.ts';
import type { QueuedUser, RetryQueue } from './retry-queue.ts';

/** The queue is looked at this often even when object synchronization says nothing new. */
const LOOK_MS = 60_000;
/** Share of the time that may be spent on looking at dormant users, of whom there may be a great many. */
const DUTY = 0.1;
const DORMANT_PAUSE_MAX_MS = 30_000;

interface WaitingOptions {
  readonly ports: PasswordPorts;
  readonly connector: string;
  readonly queue: RetryQueue;
  readonly log: PasswordLog;
}

/** The users whose passwords wait: finds those that can be sent now, and tells what became of the others. */
export class WaitingUsers {
  readonly #options: WaitingOptions;
  #isDue = true;
  #isDormantDue = true;
  #lookedAt = -Infinity;
  #dormantAgainAt = -Infinity;

  constructor(options: WaitingOptions) {
    this.#options = options;
  }

  /** To be told when object synchronization has changed something. */
  noteChange(): void {
    this.#isDue = true;
    this.#isDormantDue = true;
  }

  /** The users that can be sent now; none when nothing has changed since the last look. */
  look(): readonly QueuedUser[] {
    const { ports, connector, queue, log } = this.#options;
    const now = ports.clock.now();
    if (now - this.#lookedAt >= LOOK_MS) this.noteChange();
    if (!this.#isDue && !this.#isDormantDue) return [];
    const withDormant = this.#isDormantDue && now >= this.#dormantAgainAt;
    const users = queue.users.filter(({ dormant }) => (dormant ? withDormant : this.#isDue));
    this.#isDue = false;
    this.#lookedAt = now;
    const plan = planQueue(users, ({ objectGuid }) => ports.scope.find(connector, objectGuid));
    if (withDormant) {
      this.#isDormantDue = false;
      const took = ports.clock.now() - now;
      this.#dormantAgainAt = ports.clock.now() + Math.min(took * (1 / DUTY - 1), DORMANT_PAUSE_MAX_MS);
    }
    if (plan.put.length > 0)
      ports.agent.transaction(() => {
        queue.put(plan.put);
        log.append(connector, plan.log);
      });
    tellQueue(ports.events, 605, { connector, users: plan.revived });
    tellQueue(ports.events, 620, { connector, users: plan.givenUp });
    return plan.send;
  }

  /** Forgets users that the domain controller no longer has. */
  forget(objectGuids: readonly Guid[]): void {
    const { ports, connector, queue } = this.#options;
    const users = objectGuids.flatMap((guid) => queue.find(guid) ?? []);
    queue.remove(objectGuids);
    tellQueue(ports.events, 620, { connector, users: users.filter(({ dormant }) => !dormant) });
  }
}
