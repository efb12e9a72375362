import type { ReplicatedObject } from '@ad-protocols/drsr';
import type { Guid } from '@ad-protocols/wire';
import { BATCH_USERS } from './batch.ts';
import type { Job, Jobs } from './jobs.ts';
import type { Carried } from './password-carrier.ts';
import type { LogLine } from './password-log.ts';
import type { WaitingUsers } from './waiting-users.ts';

interface SingleUsersOptions {
  readonly jobs: Jobs;
  readonly waiting: WaitingUsers;
  /** One object as the domain controller in use has it. */
  readonly readObject: (objectGuid: Guid) => Promise<ReplicatedObject | undefined>;
  /** Carries objects that were read whole, beside the stream. */
  readonly carry: (objects: readonly ReplicatedObject[], comparing: boolean) => Promise<Carried>;
  /** Everything that was carried has been delivered. */
  readonly finish: () => Promise<void>;
}

/** Users whose passwords are read one by one, as many at a time as a batch takes, and sent beside the stream. */
export class SingleUsers {
  readonly #options: SingleUsersOptions;

  constructor(options: SingleUsersOptions) {
    this.#options = options;
  }

  /** Sends what waited and need not any more, and what an administrator has asked for. */
  async send(): Promise<void> {
    const { waiting, jobs, finish } = this.#options;
    const users = waiting.look();
    if (users.length > 0) {
      await this.#carry(users, false);
      await finish();
    }
    for (let job = jobs.take(); job; job = jobs.take()) await this.#do(job);
  }

  async #do({ users, comparing, done, failed }: Job): Promise<void> {
    try {
      const lines = await this.#carry(users, comparing);
      await this.#options.finish();
      done(lines);
    } catch (error) {
      failed(error);
      throw error;
    }
  }

  async #carry(users: readonly { readonly objectGuid: Guid }[], comparing: boolean): Promise<LogLine[]> {
    const { waiting, readObject, carry } = this.#options;
    const lines: LogLine[] = [];
    for (let start = 0; start < users.length; start += BATCH_USERS) {
      const objects: ReplicatedObject[] = [];
      const gone: Guid[] = [];
      for (const { objectGuid } of users.slice(start, start + BATCH_USERS)) {
        const object = await readObject(objectGuid);
        if (object === undefined) gone.push(objectGuid);
        else objects.push(object);
      }
      waiting.forget(gone);
      lines.push(...(await carry(objects, comparing)).lines);
    }
    return lines;
  }
}
