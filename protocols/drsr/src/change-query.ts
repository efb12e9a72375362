import { nilGuid, type Guid } from '@ad-protocols/wire';
import { attributeDefinition, type Attribute, type AttributeDefinition } from './attributes.ts';
import { extendedOperations } from './extended-operation.ts';
import { moreReplicationOptions, replicationOptions, type GetChangesRequest } from './get-changes-request.ts';
import { PrefixTable } from './prefix-table.ts';
import type { CyclePosition, NamingContext } from './replication-cycle.ts';
import { startOfReplication } from './usn-vector.ts';

/** A request without what the binding knows. */
export type ChangeQuery = Omit<GetChangesRequest, 'handle' | 'version' | 'destinationDsa'>;

/** How much a page may hold, and in which order and form. */
export interface PageOptions {
  readonly maxObjects: number;
  readonly maxBytes: number;
  readonly ancestorsFirst?: boolean;
  readonly linkTargets?: boolean;
  readonly compression?: boolean;
}

const OBJECT_BYTES_MAX = 8 * 1024 * 1024;

/**
 * Samba starts every page with the root of the naming context until it comes to the root's own place in the order of changes. A page of
 * one object would hold nothing else, and the cycle would stand still.
 */
const PAGE_OBJECTS_MIN = 2;

/** The attributes to ask for, and the table that their numbers are of. */
function selection(
  attributes: readonly AttributeDefinition[],
): Pick<GetChangesRequest, 'attributeTypes' | 'prefixTable'> {
  const prefixTable = PrefixTable.holding(attributes.map(({ oid }) => oid));
  const attributeTypes = attributes.map(({ name, oid }) => {
    const type = prefixTable.attributeType(oid);
    if (type === undefined) throw new TypeError(`no prefix for ${name}`);
    return type;
  });
  return { attributeTypes, prefixTable };
}

function optionsOf(position: CyclePosition, page: PageOptions): number {
  const { writableReplica, getAncestors, getSize, useCompression } = replicationOptions;
  const optional = [
    position.atStart ? getSize : 0,
    page.ancestorsFirst === true ? getAncestors : 0,
    page.compression === true ? useCompression : 0,
  ];
  return optional.reduce((all, option) => all | option, writableReplica);
}

/**
 * The question for the next page of a cycle. The size is only asked for once; all other options stay the same in a cycle.
 *
 * @see [MS-DRSR] ReplicateNCRequestMsg (4.1.10.4.1)
 */
export function pageQuery(
  namingContext: NamingContext,
  attributes: readonly Attribute[],
  position: CyclePosition,
  page: PageOptions,
): ChangeQuery {
  return {
    ...selection(attributes.map(attributeDefinition)),
    sourceInvocationId: position.sourceInvocationId,
    usnVector: position.usnVector,
    upToDateVector: position.upToDateVector,
    name: { guid: namingContext.guid, dn: namingContext.dn ?? '' },
    options: optionsOf(position, page),
    moreOptions: page.linkTargets === true ? moreReplicationOptions.getTargets : 0,
    maxObjects: Math.max(page.maxObjects, PAGE_OBJECTS_MIN),
    maxBytes: page.maxBytes,
    extendedOperation: extendedOperations.none,
  };
}

/**
 * The question for one object with all its attributes. An object that has none of them is not sent, so one that every object has is
 * asked for along with them.
 *
 * @see [MS-DRSR] ReplSingleObjRequestMsg (4.1.10.4.2), GetChangesInScope (4.1.10.5.5)
 */
export function objectQuery(guid: Guid, attributes: readonly Attribute[]): ChangeQuery {
  const definitions = [...attributes, 'objectClass' as const].map(attributeDefinition);
  return {
    ...selection([...new Map(definitions.map((definition) => [definition.name, definition])).values()]),
    sourceInvocationId: nilGuid,
    usnVector: startOfReplication,
    upToDateVector: [],
    name: { guid, dn: '' },
    options: replicationOptions.writableReplica,
    maxObjects: 1,
    maxBytes: OBJECT_BYTES_MAX,
    extendedOperation: extendedOperations.replicateObject,
  };
}

/**
 * The question for one object with its secrets, as a read-only domain controller asks it: without DRS_WRIT_REP.
 *
 * @see [MS-DRSR] ReplSingleObjRequestMsg (4.1.10.4.2), fWithSecrets
 */
export function secretsQuery(guid: Guid, attributes: readonly Attribute[]): ChangeQuery {
  return { ...objectQuery(guid, attributes), options: 0, extendedOperation: extendedOperations.replicateSecrets };
}
