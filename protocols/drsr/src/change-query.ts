import { nilGuid, type Guid } from '@ad-protocols/wire';
import { drsAttributes, type AttributeName } from './attributes.ts';
import { extendedOperations, replicationOptions, type GetChangesRequest } from './get-changes-request.ts';
import { PrefixTable } from './prefix-table.ts';
import type { CyclePosition, NamingContext } from './replication-cycle.ts';
import { startOfReplication } from './usn-vector.ts';

/** A request without what the binding knows. */
export type ChangeQuery = Omit<GetChangesRequest, 'handle' | 'version' | 'destinationDsa'>;

/** How much a page may hold. */
export interface PageLimits {
  readonly maxObjects: number;
  readonly maxBytes: number;
}

const OBJECT_BYTES_MAX = 8 * 1024 * 1024;

/**
 * Samba starts every page with the root of the naming context until it comes to the root's own place in the order of changes. A page of
 * one object would hold nothing else, and the cycle would stand still.
 */
const PAGE_OBJECTS_MIN = 2;

/** The attributes to ask for, and the table that their numbers are of. */
function selection(attributes: readonly AttributeName[]): Pick<GetChangesRequest, 'attributeTypes' | 'prefixTable'> {
  const prefixTable = PrefixTable.wellKnown();
  const attributeTypes = attributes.map((name) => {
    const type = prefixTable.attributeType(drsAttributes[name].oid);
    if (type === undefined) throw new TypeError(`no well-known prefix for ${name}`);
    return type;
  });
  return { attributeTypes, prefixTable };
}

/**
 * The question for the next page of a cycle. The size is only asked for once; all other options stay the same in a cycle.
 *
 * @see [MS-DRSR] ReplicateNCRequestMsg (4.1.10.4.1)
 */
export function pageQuery(
  namingContext: NamingContext,
  attributes: readonly AttributeName[],
  position: CyclePosition,
  limits: PageLimits,
): ChangeQuery {
  return {
    ...selection(attributes),
    sourceInvocationId: position.sourceInvocationId,
    usnVector: position.usnVector,
    upToDateVector: position.upToDateVector,
    name: { guid: namingContext.guid, dn: namingContext.dn ?? '' },
    options: replicationOptions.writableReplica | (position.atStart ? replicationOptions.getSize : 0),
    maxObjects: Math.max(limits.maxObjects, PAGE_OBJECTS_MIN),
    maxBytes: limits.maxBytes,
    extendedOperation: extendedOperations.none,
  };
}

/** The question for one object with all its attributes. @see [MS-DRSR] ReplSingleObjRequestMsg (4.1.10.4.2) */
export function objectQuery(guid: Guid, attributes: readonly AttributeName[]): ChangeQuery {
  return {
    ...selection(attributes),
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
