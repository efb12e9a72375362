import { createHash } from 'node:crypto';
import { Writer } from '@ad-protocols/wire';

/**
 * The hash under which both Kerberos and NTLM carry channel bindings, 16 bytes: MD5 of gss_channel_bindings_struct without addresses.
 *
 * Layout of what is hashed: four zeros for types and lengths of the addresses (4 each) ‖ length of the application data (4) ‖
 * application data, numbers little-endian.
 *
 * @param applicationData As {@link SecurityTarget.channelBindings} has it.
 * @see RFC 4121 §4.1.1.2; [MS-NLMP] AV_PAIR (2.2.2.1), MsvAvChannelBindings; RFC 2744 §3.11
 */
export function hashChannelBindings(applicationData: Uint8Array): Uint8Array {
  const bindings = new Writer().fill(16).u32(applicationData.length).bytes(applicationData).finish();
  return new Uint8Array(createHash('md5').update(bindings).digest());
}
