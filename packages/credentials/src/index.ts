export { decodeCredential, encodeCredential, wipeCredential, wipeKerberosKeys, type Credential } from './credential.ts';
export type { KerberosKeys } from './kerberos-keys.ts';
export {
  decodeSupplementalCredentials,
  encodeSupplementalCredentials,
  type SupplementalCredentials,
} from './supplemental-credentials.ts';
