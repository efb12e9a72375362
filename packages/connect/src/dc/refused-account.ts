import { CausewayError, type Clock } from '@causeway/model';
import type { ConnectorConfig } from '../config.ts';
import { passwordFileVersion } from './account-password.ts';

/**
 * Keeps a refused account from being tried again with the same password until a while has passed, so that no lockout policy
 * locks it: the refusal is told again without asking the DC. A password file that was written anew is tried at once.
 */
export class RefusedAccount {
  readonly #account: ConnectorConfig['account'];
  readonly #clock: Clock;
  #refusal: { readonly error: CausewayError; readonly at: number; readonly version: string | undefined } | undefined;

  constructor(account: ConnectorConfig['account'], clock: Clock) {
    this.#account = account;
    this.#clock = clock;
  }

  /** What `open` gives. @throws what it throws, and its last refusal while that counts. */
  async guard<Result>(open: () => Promise<Result>): Promise<Result> {
    // Noted before the attempt: a file that is written while the attempt is made counts as written after it.
    const version = await passwordFileVersion(this.#account.passwordFile);
    const refusal = this.#refusal;
    const counts =
      refusal?.version === version && this.#clock.now() - (refusal?.at ?? 0) < this.#account.refusedRetryMs;
    if (refusal !== undefined && counts) throw refusal.error;
    this.#refusal = undefined;
    try {
      return await open();
    } catch (error) {
      if (error instanceof CausewayError && error.code === 'ERR_CONNECT_ACCOUNT_REFUSED') {
        this.#refusal = { error, at: this.#clock.now(), version };
      }
      throw error;
    }
  }
}

/** The guard of each connector's account, one and the same for everything that reads with it. */
export function refusedAccounts(clock: Clock): (connector: ConnectorConfig) => RefusedAccount {
  const accounts = new Map<string, RefusedAccount>();
  return ({ name, account }) => {
    const guard = accounts.get(name) ?? new RefusedAccount(account, clock);
    accounts.set(name, guard);
    return guard;
  };
}
