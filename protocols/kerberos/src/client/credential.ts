import { copySecret } from '@ad-protocols/wire';
import type { KerberosKey } from '../crypto/encryption-type.ts';
import { aesEncryptionTypeOf, encryptionTypeOf } from '../crypto/supported-types.ts';
import { findKey, type KeytabEntry } from '../keytab/keytab.ts';
import type { EtypeInfoEntry } from '../messages/pre-authentication.ts';
import type { ClientName } from './client-name.ts';
import { replyError } from './kdc-answer.ts';

/** What an account proves itself with. Keys stay the caller's. */
export type ClientCredential =
  | { readonly password: string }
  /** Of `decodeKeytab`. */
  | { readonly keytab: readonly KeytabEntry[] }
  | { readonly key: KerberosKey };

/** The encryption types, of those offered, in which a credential has a key. */
export function usableEnctypes(credential: ClientCredential, client: ClientName, offered: readonly number[]): number[] {
  if ('password' in credential) return [...offered];
  if ('key' in credential) return offered.filter((enctype) => enctype === credential.key.enctype);
  return offered.filter((enctype) => findKey(credential.keytab, client, enctype) !== undefined);
}

/**
 * The long-term key of an account, in fresh memory that the caller wipes; undefined when the credential has none of this
 * type. `info` is what the KDC says about it; without a salt the default one holds: the realm and the name joined.
 *
 * @throws {KerberosError} ERR_KRB5_REPLY for fewer iterations than the type's default, ERR_KRB5_KEY for absurdly many.
 * @see RFC 4120 §4, §5.2.7.5
 */
export function longTermKey(
  credential: ClientCredential,
  client: ClientName,
  info: EtypeInfoEntry,
): KerberosKey | undefined {
  const { enctype } = info;
  if ('password' in credential) {
    checkIterations(info);
    const salt = info.salt ?? client.realm + client.principal.components.join('');
    const source = { password: credential.password, salt, parameters: info.parameters };
    return { enctype, value: encryptionTypeOf(enctype).stringToKey(source) };
  }
  const key = 'key' in credential ? credential.key : findKey(credential.keytab, client, enctype);
  return key?.enctype === enctype ? { enctype, value: copySecret(key.value) } : undefined;
}

/**
 * Nothing protects what a KDC says about a key, and the proof that follows from it goes out before the KDC has proved anything.
 * Whoever asks for less work than everybody else wants to guess the password from that proof.
 */
function checkIterations({ enctype, parameters }: EtypeInfoEntry): void {
  const least = aesEncryptionTypeOf(enctype)?.defaultIterations;
  if (least === undefined || parameters?.length !== 4) return;
  const iterations = new DataView(parameters.buffer, parameters.byteOffset).getUint32(0);
  // 0 stands for 2^32.
  if (iterations !== 0 && iterations < least)
    throw replyError(`it asks for ${iterations} iterations for the key of the password, ${least} at least are right`);
}
