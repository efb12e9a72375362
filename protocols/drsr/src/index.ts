export { attributeValue, attributeValues, decodeDsName, type AttributeValue } from './attribute-value.ts';
export {
  attributeNames,
  drsAttributes,
  type Attribute,
  type AttributeDefinition,
  type AttributeName,
  type AttributeSyntax,
} from './attributes.ts';
export type { CrackedName, NamesToCrack } from './crack-names/crack-names.ts';
export { nameFormats, type NameFormat } from './crack-names/name-format.ts';
export type { NameStatus } from './crack-names/name-status.ts';
export { formatReplicationCursor, parseReplicationCursor, type ReplicationCursor } from './cursor.ts';
export type {
  DomainControllerInfo,
  DomainControllerInfo1,
  DomainControllerInfo2,
  DomainControllerInfo3,
  InfoLevel,
} from './domain-controller-info/domain-controller.ts';
export type { DrsClientOptions } from './drs-binding.ts';
export { DrsClient, type ReadOptions, type ReplicationPage, type ReplicationSource } from './drs-client.ts';
export type { DsName } from './dsname.ts';
export { DrsError, DrsStatusError, type DrsErrorCode } from './errors.ts';
export type { AttributeMetadata } from './property-metadata.ts';
export type { ReplicatedAttribute, ReplicatedLink, ReplicatedObject } from './replicated-object.ts';
export type { CycleStart, NamingContext } from './replication-cycle.ts';
export { ChecksumError } from './secrets.ts';
export { describeStatus, type ReplicationStatus } from './status.ts';
export type { UpToDateEntry } from './up-to-dateness.ts';
export type { UsnVector } from './usn-vector.ts';

/* The messages themselves, for those who read or write them without this client: either side of each call. */
export {
  clientGuid,
  decodeBindReply,
  decodeBindRequest,
  drsuapi,
  encodeBindReply,
  encodeBindRequest,
  type BindReply,
  type BindRequest,
} from './bind.ts';
export type { WireAttribute } from './attribute-block.ts';
export type { CompressedReply } from './compressed-reply.ts';
export { compressionAlgorithms, decompress } from './compression/decompress.ts';
export {
  decodeCrackNamesReply,
  encodeCrackNamesReply,
  type CrackedItem,
  type CrackNamesReply,
} from './crack-names/crack-names-reply.ts';
export {
  decodeCrackNamesRequest,
  encodeCrackNamesRequest,
  type CrackNamesRequest,
} from './crack-names/crack-names-request.ts';
export {
  decodeDomainControllerInfoReply,
  encodeDomainControllerInfoReply,
  type DomainControllerInfoReply,
} from './domain-controller-info/domain-controller-info-reply.ts';
export {
  decodeDomainControllerInfoRequest,
  encodeDomainControllerInfoRequest,
  type DomainControllerInfoRequest,
} from './domain-controller-info/domain-controller-info-request.ts';
export type { WireEntry } from './entry-list.ts';
export { extendedOperations } from './extended-operation.ts';
export { clientExtensionFlags, extendedExtensionFlags, extensionFlags, type Extensions } from './extensions.ts';
export {
  encodeCompressedGetChangesReply,
  encodeGetChangesReply,
  pickleGetChangesReply,
} from './get-changes-reply-encoder.ts';
export {
  decodeGetChangesReply,
  openGetChangesReply,
  type GetChangesHead,
  type GetChangesReply,
  type OpenReply,
} from './get-changes-reply.ts';
export {
  decodeGetChangesRequest,
  encodeGetChangesRequest,
  moreReplicationOptions,
  replicationOptions,
  type GetChangesRequest,
  type RequestVersion,
} from './get-changes-request.ts';
export type { LinkValue } from './link-values.ts';
export { methods } from './methods.ts';
export { PrefixTable, type PrefixEntry } from './prefix-table.ts';
export {
  attributesByType,
  openEntries,
  openEntry,
  openLinks,
  wipeSecrets,
  type EntryContext,
} from './replicated-object.ts';
export type { ReplyVersion } from './reply-message.ts';
export { decryptSecret, isSecretAttribute, isWrappedByRid, unwrapHashes } from './secrets.ts';
