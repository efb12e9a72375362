import { randomBytes, randomFillSync } from 'node:crypto';
import { hostname } from 'node:os';
import {
  mechanismOids,
  SecurityError,
  type Initiator,
  type InitiatorStep,
  type Mechanism,
  type SecurityTarget,
} from '@ad-protocols/gss';
import { allocateSecret, isWireError, unixMsToFiletime } from '@ad-protocols/wire';
import { encodeNegotiateMessage } from './negotiate-message.ts';
import { answerChallenge } from './ntlm-client.ts';
import { NtlmContext } from './ntlm-context.ts';
import type { NtlmCredentials } from './ntlmv2-response.ts';

/** Longest NetBIOS name, which is what a workstation's name is expected to be. */
const WORKSTATION_CHARACTERS_MAX = 15;

/** What NTLM takes of a target. */
type NtlmTarget = Pick<SecurityTarget, 'service' | 'host' | 'channelBindings'>;

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

  initiate(target: NtlmTarget): Initiator {
    return new NtlmInitiator(this.#credentials, target);
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
  readonly #target: NtlmTarget;
  #negotiate: Uint8Array | undefined;
  #answered = false;

  constructor(credentials: NtlmCredentials, target: NtlmTarget) {
    this.#credentials = credentials;
    this.#target = target;
  }

  /**
   * @throws {NtlmError} ERR_NTLM_TOO_WEAK
   * @throws {SecurityError} ERR_GSS_TOKEN
   */
  async step(input?: Uint8Array): Promise<InitiatorStep> {
    if (this.#negotiate === undefined && input === undefined) {
      this.#negotiate = encodeNegotiateMessage();
      return { token: this.#negotiate };
    }
    const negotiate = this.#negotiate;
    if (negotiate === undefined || input === undefined || this.#answered) throw noChallenge();
    this.#answered = true;
    const exportedSessionKey = randomFillSync(allocateSecret(16));
    try {
      return {
        token: this.#answer(negotiate, input, exportedSessionKey),
        context: new NtlmContext(exportedSessionKey),
      };
    } catch (error) {
      exportedSessionKey.fill(0);
      throw isWireError(error) ? noChallenge(error) : error;
    }
  }

  #answer(negotiate: Uint8Array, challenge: Uint8Array, exportedSessionKey: Uint8Array): Uint8Array {
    const { service, host, channelBindings } = this.#target;
    return answerChallenge({ negotiate, challenge }, this.#credentials, {
      workstation: (hostname().split('.')[0] ?? '').slice(0, WORKSTATION_CHARACTERS_MAX).toUpperCase(),
      targetName: `${service}/${host}`,
      channelBindings,
      now: unixMsToFiletime(Date.now()),
      clientChallenge: randomBytes(8),
      exportedSessionKey,
    });
  }
}

function noChallenge(cause?: unknown): SecurityError {
  return new SecurityError({
    code: 'ERR_GSS_TOKEN',
    message: "the server's answer is not an NTLM challenge",
    nextStep: 'Check that the host is a domain controller and that its policy allows NTLM.',
    cause,
  });
}
