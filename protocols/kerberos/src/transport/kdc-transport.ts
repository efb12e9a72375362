import { applicationTag } from '@ad-protocols/asn1';
import { KerberosError } from '../errors.ts';
import { decodeKrbError } from '../messages/krb-error.ts';
import { exchangeDatagram } from './datagram.ts';
import { formatKdcAddress, type KdcAddress } from './kdc-address.ts';
import type { KdcLocator } from './kdc-locator.ts';
import { exchangeStream } from './stream.ts';

/** How requests travel. */
export interface KdcTransportOptions {
  readonly locator: KdcLocator;
  /** `udp` (the default): datagrams first, and TCP for what does not fit one. `tcp`: TCP alone. */
  readonly protocol?: 'udp' | 'tcp' | undefined;
  /** Milliseconds to wait for one KDC over one protocol; 3000 by default. */
  readonly timeoutMs?: number | undefined;
}

/** Bytes of a request that is sent as a datagram at most, so that it fits one packet of Ethernet; as MIT has it. */
const DATAGRAM_BYTES_MAX = 1465;

/** Numbers of KRB-ERROR that ask for another way. @see RFC 4120 §7.5.9 */
const SERVICE_UNAVAILABLE = 29;
const RESPONSE_TOO_BIG = 52;

/** Sends requests to the KDCs of a realm: to the one that answered last, and when it is silent to the others in turn. */
export class KdcTransport {
  readonly #locator: KdcLocator;
  readonly #protocol: 'udp' | 'tcp';
  readonly #timeoutMs: number;
  /** By realm, the KDC that answered last. */
  readonly #preferred = new Map<string, string>();

  constructor({ locator, protocol = 'udp', timeoutMs = 3000 }: KdcTransportOptions) {
    this.#locator = locator;
    this.#protocol = protocol;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * The answer of a KDC, which may be a KRB-ERROR.
   *
   * @throws {KerberosError} ERR_KRB5_KDC_UNREACHABLE, ERR_KRB5_REALM_UNKNOWN
   * @throws the reason of `signal`.
   */
  async send(realm: string, request: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    const problems: string[] = [];
    let unavailable: Uint8Array | undefined;
    for (const kdc of this.#inOrder(realm, await this.#locator.locate(realm, signal))) {
      for (const protocol of this.#protocolsFor(request)) {
        try {
          const answer = await this.#exchange(protocol, kdc, request, signal);
          const error = errorNumber(answer);
          if (error === RESPONSE_TOO_BIG && protocol === 'udp') continue;
          if (error === SERVICE_UNAVAILABLE) {
            unavailable = answer;
            break;
          }
          this.#preferred.set(realm, formatKdcAddress(kdc));
          return answer;
        } catch (error) {
          signal?.throwIfAborted();
          problems.push(`${formatKdcAddress(kdc)} over ${protocol}: ${problemOf(error)}`);
        }
      }
    }
    if (unavailable !== undefined) return unavailable;
    throw new KerberosError({
      code: 'ERR_KRB5_KDC_UNREACHABLE',
      message: `no KDC of ${realm} answers: ${problems.join('; ')}`,
      nextStep: 'Check that the domain controllers run and that the firewall passes UDP and TCP port 88 to them.',
    });
  }

  #inOrder(realm: string, kdcs: readonly KdcAddress[]): readonly KdcAddress[] {
    const preferred = kdcs.find((kdc) => formatKdcAddress(kdc) === this.#preferred.get(realm));
    return preferred === undefined ? kdcs : [preferred, ...kdcs.filter((kdc) => kdc !== preferred)];
  }

  #protocolsFor(request: Uint8Array): readonly ('udp' | 'tcp')[] {
    return this.#protocol === 'tcp' || request.length > DATAGRAM_BYTES_MAX ? ['tcp'] : ['udp', 'tcp'];
  }

  async #exchange(
    protocol: 'udp' | 'tcp',
    kdc: KdcAddress,
    request: Uint8Array,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    const both = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    return await (protocol === 'udp' ? exchangeDatagram : exchangeStream)(kdc, request, both);
  }
}

/** The number of a KRB-ERROR; undefined for any other answer, which its reader judges. */
function errorNumber(answer: Uint8Array): number | undefined {
  if (answer[0] !== applicationTag(30)) return undefined;
  try {
    return decodeKrbError(answer).errorCode;
  } catch {
    return undefined;
  }
}

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const aborted = error.name === 'AbortError' || error.name === 'TimeoutError';
  return aborted ? 'no answer in time' : 'code' in error ? String(error.code) : error.message;
}
