export type { KerberosKeys } from './kerberos-keys.ts';
export {
  decodeSupplementalCredentials,
  encodeSupplementalCredentials,
  type SupplementalCredentials,
} from './supplemental-credentials.ts';
