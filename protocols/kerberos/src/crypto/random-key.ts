import { randomFillSync } from 'node:crypto';
import { allocateSecret } from '@ad-protocols/wire';
import type { KerberosKey } from './encryption-type.ts';
import { encryptionTypeOf } from './supported-types.ts';

/** A fresh key, for one session or one message. The caller wipes it. @throws {KerberosError} ERR_KRB5_ENCTYPE */
export function randomKey(enctype: number): KerberosKey {
  return { enctype, value: randomFillSync(allocateSecret(encryptionTypeOf(enctype).keyBytes)) };
}
