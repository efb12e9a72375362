import { Writer } from '@ad-protocols/wire';
import { flagsOffered } from './flags.ts';

/** What every NTLM message begins with: `NTLMSSP` and a zero. */
export const ntlmSignature = Uint8Array.of(0x4e, 0x54, 0x4c, 0x4d, 0x53, 0x53, 0x50, 0x00);

/** Bytes of the message: neither domain nor workstation is named in it. */
const MESSAGE_BYTES = 40;

/**
 * The first message of a sign-in, 40 bytes: what this client can do.
 *
 * Layout: signature (8) ‖ type 1 (4) ‖ flags (4) ‖ domain (8, empty) ‖ workstation (8, empty) ‖ version (8, zero).
 *
 * @see [MS-NLMP] NEGOTIATE_MESSAGE (2.2.1.1)
 */
export function encodeNegotiateMessage(): Uint8Array {
  const writer = new Writer(MESSAGE_BYTES).bytes(ntlmSignature).u32(1).u32(flagsOffered);
  return writer.u32(0).u32(MESSAGE_BYTES).u32(0).u32(MESSAGE_BYTES).fill(8).finish();
}
