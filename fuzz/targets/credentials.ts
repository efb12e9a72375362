import {
  decodeManagedPassword,
  decodePasswordHistory,
  decodeStoredKerberosKeys,
  decodeSupplementalCredentials,
  encodeSupplementalCredentials,
} from '@ad-protocols/credentials';
import { decodeSid, encodeSid, type Sid } from '@ad-protocols/wire';
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
  'windows-sid': { refusals: ['ERR_WIRE_'], decode: decodeSid, seeds: [encodeSid('S-1-5-21-1-2-3-500' as Sid)] },
} as const satisfies Record<string, FuzzTarget>;
