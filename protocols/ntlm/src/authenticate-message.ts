import { encodeUtf16, Writer } from '@ad-protocols/wire';
import { ntlmSignature } from './negotiate-message.ts';

/** The client's answer to a challenge, in parts. */
export interface AuthenticateMessage {
  readonly flags: number;
  readonly domain: string;
  readonly user: string;
  readonly workstation: string;
  readonly lmResponse: Uint8Array;
  readonly ntResponse: Uint8Array;
  /** 16 bytes. */
  readonly encryptedSessionKey: Uint8Array;
  /** 8 bytes; zeros when no version was negotiated. */
  readonly version: Uint8Array;
}

/** Where the message integrity code stands. */
export const MIC_OFFSET = 72;
const MIC_BYTES = 16;

/**
 * The third message of a sign-in, with 16 zero bytes for the message integrity code at {@link MIC_OFFSET}.
 *
 * Layout: signature (8) ‖ type 3 (4) ‖ LM response (8) ‖ NT response (8) ‖ domain (8) ‖ user (8) ‖ workstation (8) ‖
 * encrypted session key (8) ‖ flags (4) ‖ version (8) ‖ integrity code (16) ‖ payload. The 8-byte fields are length (2) ‖
 * maximum (2) ‖ offset from the start (4). The payload has the order of the example in the specification.
 *
 * @see [MS-NLMP] AUTHENTICATE_MESSAGE (2.2.1.3)
 */
export function encodeAuthenticateMessage(message: AuthenticateMessage): Uint8Array {
  const payload = new Writer();
  const start = MIC_OFFSET + MIC_BYTES;
  const place = (value: Uint8Array): Field => {
    const field = { length: value.length, offset: start + payload.length };
    payload.bytes(value);
    return field;
  };
  const domain = place(encodeUtf16(message.domain));
  const user = place(encodeUtf16(message.user));
  const workstation = place(encodeUtf16(message.workstation));
  const lmResponse = place(message.lmResponse);
  const ntResponse = place(message.ntResponse);
  const sessionKey = place(message.encryptedSessionKey);

  const writer = new Writer(512).bytes(ntlmSignature).u32(3);
  for (const { length, offset } of [lmResponse, ntResponse, domain, user, workstation, sessionKey]) {
    writer.u16(length).u16(length).u32(offset);
  }
  writer.u32(message.flags).bytes(message.version).fill(MIC_BYTES);
  return writer.bytes(payload.finish()).finish();
}

interface Field {
  readonly length: number;
  readonly offset: number;
}
