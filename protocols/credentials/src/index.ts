export { AES128_BYTES, AES256_BYTES, wipeKerberosKeys, type KerberosKeys } from './kerberos-keys.ts';
export {
  decodeSupplementalCredentials,
  encodeSupplementalCredentials,
  type SupplementalCredentials,
} from './supplemental-credentials.ts';
