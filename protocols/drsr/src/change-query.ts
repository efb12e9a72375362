import { nilGuid, type Guid } from '@ad-protocols/wire';
import { attributeDefinition, type Attribute, type AttributeDefinition } from './attributes.ts';
import {
  extendedOperations,
  moreReplicationOptions,
  replicationOptions,
  type GetChangesRequest,
} from './get-changes-request.ts';
import { encodeOid, PrefixTable, type PrefixEntry } from './prefix-table.ts';
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

/** Index of the first prefix that is not well known; any number will do that the well-known ones do not have. */
const OWN_PREFIX_INDEX = 0x100;

/** What comes before the last number of an OID, whose number in a message has room for 14 bits of it. */
function prefixOf(oid: string): string {
  const binary = Buffer.from(encodeOid(oid));
  return binary.subarray(0, /\.(?:\d{1,2}|1[01]\d|12[0-7])$/.test(oid) ? -1 : -2).toString('hex');
}

/** The well-known prefixes, and those of other attributes that are asked for. */
function prefixTableFor(attributes: readonly AttributeDefinition[]): PrefixTable {
  const wellKnown = PrefixTable.wellKnown();
  const unknown = attributes.filter(({ oid }) => wellKnown.attributeType(oid) === undefined);
  const prefixes = new Set(unknown.map(({ oid }) => prefixOf(oid)));
  const own = [...prefixes].map((prefix, index): PrefixEntry => [OWN_PREFIX_INDEX + index, prefix]);
  // The last entry is the schema signature.
  return PrefixTable.of([...wellKnown.entries.slice(0, -1), ...own, ...wellKnown.entries.slice(-1)]);
}

/** The attributes to ask for, and the table that their numbers are of. */
function selection(
  attributes: readonly AttributeDefinition[],
): Pick<GetChangesRequest, 'attributeTypes' | 'prefixTable'> {
  const prefixTable = prefixTableFor(attributes);
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

/** The question for one object with all its attributes. @see [MS-DRSR] ReplSingleObjRequestMsg (4.1.10.4.2) */
export function objectQuery(guid: Guid, attributes: readonly Attribute[]): ChangeQuery {
  return {
    ...selection(attributes.map(attributeDefinition)),
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
