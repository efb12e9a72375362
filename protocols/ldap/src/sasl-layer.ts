import { Reader, Writer } from '@ad-protocols/wire';
import type { SecurityContext } from '@ad-protocols/gss';
import { LdapError } from './errors.ts';
import { SEND_BYTES_MIN } from './sealed-stream.ts';

const CONFIDENTIALITY = 4;
/** The field has three bytes. */
const SIZE_MAX = 0xff_ffff;

/**
 * The second half of a SASL GSSAPI sign-in: the server offers layers of protection, this side takes confidentiality.
 *
 * Layout of both messages, each inside a token of the security context: bits of the layers (1), 4 for confidentiality ‖
 * largest token that the sender takes, in bytes (3, big-endian). The client's authorization identity stays empty.
 *
 * @param receiveBytesMax largest token that this side takes, in bytes.
 * @throws {LdapError} ERR_LDAP_MECHANISM when the server does not offer confidentiality, or takes no token of a usable size.
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 * @see RFC 4752 §3.1, §3.3
 */
export function chooseSecurityLayer(
  context: Pick<SecurityContext, 'wrap' | 'unwrap'>,
  offer: Uint8Array,
  { server, receiveBytesMax }: { server: string; receiveBytesMax: number },
): { readonly answer: Uint8Array; readonly sendBytesMax: number } {
  const reader = new Reader(context.unwrap(offer), 'SASL security layers');
  const word = reader.u32be();
  if (reader.remaining > 0) throw reader.malformed('more than four bytes');
  const sendBytesMax = word & SIZE_MAX;
  if (((word >>> 24) & CONFIDENTIALITY) === 0 || sendBytesMax < SEND_BYTES_MIN) {
    throw new LdapError({
      code: 'ERR_LDAP_MECHANISM',
      message: `${server} does not offer to seal the connection`,
      nextStep: 'Allow sealing in the policy of the domain controller, or sign in over TLS.',
    });
  }
  const choice = new Writer(4).u32be(((CONFIDENTIALITY << 24) | Math.min(receiveBytesMax, SIZE_MAX)) >>> 0).finish();
  return { answer: context.wrap(choice), sendBytesMax };
}
