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
