import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { mechanismOids, SecurityError, type Initiator, type InitiatorStep, type Mechanism } from '@ad-protocols/gss';
import { copySecret, unixMsToFiletime } from '@ad-protocols/wire';
import { encodeNegotiateMessage } from './negotiate-message.ts';
import { answerChallenge } from './ntlm-client.ts';
import { NtlmContext } from './ntlm-context.ts';
import type { NtlmCredentials } from './ntlmv2-response.ts';

/** Longest NetBIOS name, which is what a workstation's name is expected to be. */
const WORKSTATION_CHARACTERS_MAX = 15;

/** An account that signs in over NTLMv2 with its password. */
export class NtlmMechanism implements Mechanism {
  readonly oid = mechanismOids.ntlm;
  readonly name = 'NTLM';
  readonly account: string;
  readonly #credentials: NtlmCredentials;

  constructor(credentials: NtlmCredentials) {
    const { domain, user } = credentials;
    this.#credentials = credentials;
    this.account = domain === '' ? user : `${domain}\\${user}`;
  }

  initiate(): Initiator {
    return new NtlmInitiator(this.#credentials);
  }
}

/**
 * Two steps: the first message without input, the third in answer to the challenge. The server never answers the third: that it
 * refuses the sign-in shows when the context is used.
 *
 * @see [MS-NLMP] NTLM Connection-Oriented (1.3.1.1)
 */
class NtlmInitiator implements Initiator {
  readonly #credentials: NtlmCredentials;
  #negotiate: Uint8Array | undefined;

  constructor(credentials: NtlmCredentials) {
    this.#credentials = credentials;
  }

  /** @throws {NtlmError} ERR_NTLM_TOO_WEAK {SecurityError} ERR_GSS_TOKEN */
  async step(input?: Uint8Array): Promise<InitiatorStep> {
    if (this.#negotiate === undefined && input === undefined) {
      this.#negotiate = encodeNegotiateMessage();
      return { token: this.#negotiate };
    }
    if (this.#negotiate === undefined || input === undefined) {
      throw new SecurityError({
        code: 'ERR_GSS_TOKEN',
        message: 'the server gave no challenge',
        nextStep: 'Check that the host is a domain controller and that its policy allows NTLM.',
      });
    }
    const exportedSessionKey = copySecret(randomBytes(16));
    const token = answerChallenge({ negotiate: this.#negotiate, challenge: input }, this.#credentials, {
      workstation: (hostname().split('.')[0] ?? '').slice(0, WORKSTATION_CHARACTERS_MAX).toUpperCase(),
      now: unixMsToFiletime(Date.now()),
      clientChallenge: randomBytes(8),
      exportedSessionKey,
    });
    return { token, context: new NtlmContext(exportedSessionKey) };
  }
}
