import type { KeyObject } from 'node:crypto';
import { systemClock, type Clock } from '@causeway/model';
import { SignJWT } from 'jose';

/** How long a token is good for, in seconds. */
export const tokenLifetimeSeconds = 300;
/** A token is used for this long, so that it does not expire on its way. */
const reuseMs = 240_000;

/**
 * Signs an agent's requests: a JSON Web Token (EdDSA) that names the agent and the tenant and is good for five minutes.
 *
 * @see RFC 7519; RFC 8037 §3.1
 */
export class AgentSigner {
  readonly agentId: string;
  readonly tenant: string;
  readonly #privateKey: KeyObject;
  readonly #clock: Clock;
  #token: { text: string; signedAtMs: number } | undefined;

  constructor(options: { agentId: string; tenant: string; privateKey: KeyObject; clock?: Clock }) {
    this.agentId = options.agentId;
    this.tenant = options.tenant;
    this.#privateKey = options.privateKey;
    this.#clock = options.clock ?? systemClock;
  }

  /** The value of the `Authorization` header. */
  async authorization(): Promise<string> {
    const nowMs = this.#clock.now();
    const ageMs = this.#token === undefined ? Infinity : nowMs - this.#token.signedAtMs;
    // A clock that was set back makes the token look as if it were from the future.
    if (this.#token === undefined || ageMs < 0 || ageMs >= reuseMs) {
      this.#token = { text: await this.#sign(nowMs), signedAtMs: nowMs };
    }
    return `Bearer ${this.#token.text}`;
  }

  async #sign(nowMs: number): Promise<string> {
    const issuedAt = Math.floor(nowMs / 1_000);
    return new SignJWT()
      .setProtectedHeader({ alg: 'EdDSA' })
      .setIssuer(this.agentId)
      .setAudience(this.tenant)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + tokenLifetimeSeconds)
      .sign(this.#privateKey);
  }
}
