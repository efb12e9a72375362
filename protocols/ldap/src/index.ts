export { bindSasl, bindSimple } from './bind.ts';
export { ChangeNotifications, type ChangeWatchOptions } from './change-notifications.ts';
export { connectPlain, connectSecure, type LdapAddress, type TlsOptions } from './connect-stream.ts';
export {
  controlOids,
  controlValue,
  decodeDirSync,
  decodePagedResults,
  dirSyncControl,
  extendedDnControl,
  notificationControl,
  pagedResultsControl,
  securityDescriptorFlagsControl,
  showDeletedControl,
  type DirSyncAnswer,
  type DirSyncFlags,
  type DirSyncRequest,
  type SecurityDescriptorParts,
} from './controls.ts';
export { bytesOf, integerOf, textOf, type LdapEntry } from './entry.ts';
export { LdapBindError, LdapError, LdapResultError, type BindRefusal, type LdapErrorCode } from './errors.ts';
export {
  LdapClient,
  openLdapStream,
  type DirSyncOptions,
  type DirSyncPage,
  type LdapOpenOptions,
  type LdapRequestOptions,
  type SaslProtection,
  type TlsProtection,
} from './ldap-client.ts';
export { MessageStream } from './message-stream.ts';
export { encodeSearchRequest, MESSAGE_ID_MAX, type Control, type LdapSearch } from './requests.ts';
export { decodeResponse, type LdapResponse, type LdapResult } from './responses.ts';
export { SealedStream, type SealedStreamLimits } from './sealed-stream.ts';
export {
  encodeAddRequest,
  encodeDeleteRequest,
  encodeModifyDnRequest,
  encodeModifyRequest,
  type LdapAddition,
  type LdapAttribute,
  type LdapChange,
  type LdapModification,
  type LdapRenaming,
} from './write-requests.ts';
/** For searches whose values come from outside: they take values as they are, without the escapes of RFC 4515. */
export { AndFilter, EqualityFilter, NotFilter, OrFilter, PresenceFilter, type Filter } from 'ldapts';
