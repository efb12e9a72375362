export { backOffMs } from './back-off.ts';
export {
  compareCredentialVersions,
  formatCredentialVersion,
  parseCredentialVersion,
  type CredentialVersion,
} from './credential-version.ts';
export { CausewayError, type Disposition } from './errors.ts';
export type { Group } from './group.ts';
export { memberDigestBytes, toggleMember } from './member-digest.ts';
export { systemClock, type Clock, type Logger } from './ports.ts';
export type { KeyId, SealBinding, SealedCredential } from './sealed-credential.ts';
export { anchorOfObjectId, type SourceAnchor } from './source-anchor.ts';
export { outcomeStatuses, type OutcomeStatus, type User } from './user.ts';
