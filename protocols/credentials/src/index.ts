export { accountKindOf, type AccountFacts, type AccountKind } from './account-kind.ts';
export {
  AES128_BYTES,
  AES256_BYTES,
  wipeKerberosKeys,
  wipeKerberosKeySets,
  type KerberosKeys,
  type KerberosKeySets,
  type StoredKerberosKey,
} from './kerberos-keys.ts';
export { decodeManagedPassword, wipeManagedPassword, type ManagedPassword } from './managed-password.ts';
export { decodePasswordHistory } from './password-history.ts';
export {
  decodeStoredKerberosKeys,
  decodeSupplementalCredentials,
  encodeSupplementalCredentials,
  type StoredKerberosKeys,
  type SupplementalCredentials,
} from './supplemental-credentials.ts';
