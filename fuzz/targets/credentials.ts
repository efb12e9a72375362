import {
  decodeManagedPassword,
  decodePasswordHistory,
  decodeStoredKerberosKeys,
  decodeSupplementalCredentials,
  encodeSupplementalCredentials,
} from '@ad-protocols/credentials';
import {
  decodeSecurityDescriptor,
  decodeSid,
  encodeGuid,
  encodeSid,
  grantedControlAccessRights,
  replicationRights,
  Writer,
  type Sid,
} from '@ad-protocols/wire';
import type { FuzzTarget } from '../target.ts';

const supplemental = encodeSupplementalCredentials({
  kerberos: {
    salt: 'CORP.TESTalice',
    iterationCount: 4096,
    aes256: new Uint8Array(32).fill(1),
    aes128: new Uint8Array(16).fill(2),
  },
  desKey: new Uint8Array(8).fill(3),
});

const administrator = 'S-1-5-21-1-2-3-500' as Sid;

/** An owner and a list of one entry, which allows a control access right. */
const securityDescriptor = ((): Uint8Array => {
  const sid = encodeSid(administrator);
  const right = encodeGuid(replicationRights.getChanges);
  const entryBytes = 4 + 4 + 4 + right.length + sid.length;
  const writer = new Writer().u8(1).u8(0).u16(0x8004).u32(20).u32(0).u32(0);
  writer.u32(20 + sid.length).bytes(sid);
  writer
    .u8(4)
    .u8(0)
    .u16(8 + entryBytes)
    .u16(1)
    .u16(0);
  writer.u8(5).u8(0).u16(entryBytes).u32(0x100).u32(1);
  return writer.bytes(right).bytes(sid).finish();
})();

export const targets = {
  'supplemental-credentials': {
    refusals: ['ERR_WIRE_'],
    decode: (input) => {
      decodeSupplementalCredentials(input);
      decodeStoredKerberosKeys(input);
    },
    seeds: [supplemental],
  },
  'managed-password': { refusals: ['ERR_WIRE_'], decode: decodeManagedPassword, seeds: [] },
  'password-history': { refusals: ['ERR_WIRE_'], decode: decodePasswordHistory, seeds: [new Uint8Array(48)] },
  'windows-security-descriptor': {
    refusals: ['ERR_WIRE_'],
    decode: (input) =>
      grantedControlAccessRights(decodeSecurityDescriptor(input), new Set([administrator]), [
        replicationRights.getChanges,
      ]),
    seeds: [securityDescriptor],
  },
  'windows-sid': { refusals: ['ERR_WIRE_'], decode: decodeSid, seeds: [encodeSid(administrator)] },
} as const satisfies Record<string, FuzzTarget>;
