export { decodeCredential, encodeCredential, wipeCredential, type Credential } from './credential.ts';
