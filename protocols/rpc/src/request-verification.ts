import { encodeVerificationTrailer, type VerificationTrailer } from './pdu/verification-trailer.ts';
import { transferSyntaxIdentifiers } from '@ad-protocols/ndr';
import type { PresentationContext } from './presentation.ts';

/**
 * Decides what the verification trailers of one connection say: that this client supports header signing, in the first
 * request; interface and transfer syntax, in the first request of each presentation context; the header, in all requests unless
 * header signing protects it.
 *
 * So an attacker who takes features out of bind and bind_ack, which nothing protects, is found out.
 *
 * @see [MS-RPCE] Verification Trailer (2.2.2.13), and its notes 41 to 43 for what Windows sends when
 */
export class RequestVerification {
  readonly #headerSigning: boolean;
  readonly #verified = new Set<number>();

  /** `headerSigning`: what client and server have agreed on. */
  constructor(headerSigning: boolean) {
    this.#headerSigning = headerSigning;
  }

  /** The trailer of the next request; undefined when it needs none. */
  next(request: { callId: number; opnum: number; context: PresentationContext }): Uint8Array | undefined {
    const { callId, opnum, context } = request;
    const trailer: VerificationTrailer = {
      ...(this.#verified.size === 0 ? { supportsHeaderSigning: true } : {}),
      ...(this.#verified.has(context.id)
        ? {}
        : {
            presentationContext: {
              interface: context.interface,
              transferSyntax: transferSyntaxIdentifiers[context.transferSyntax],
            },
          }),
      ...(this.#headerSigning ? {} : { header: { callId, contextId: context.id, opnum } }),
    };
    this.#verified.add(context.id);
    return Object.keys(trailer).length === 0 ? undefined : encodeVerificationTrailer(trailer);
  }
}
