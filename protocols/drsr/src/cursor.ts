import type { Guid } from '@ad-protocols/wire';
import type { UpToDateEntry } from './up-to-dateness.ts';
import type { UsnVector } from './usn-vector.ts';

/**
 * How far a reader got. It is a value: keep it once the page it came with is durably kept, and read on from it, even
 * after a restart or from another domain controller of the same domain.
 */
export interface ReplicationCursor {
  /** objectGUID of the naming context it is for. */
  readonly namingContext: Guid;
  /** Names of the attributes that were read; a reader who wants others has to start anew. In alphabetical order. */
  readonly attributes: readonly string[];
  /** Invocation id of the domain controller that `usnVector` came from, and means something to. */
  readonly sourceInvocationId: Guid;
  readonly usnVector: UsnVector;
  /** What is there of every domain controller's changes, for all of them; empty until a first cycle is complete. */
  readonly upToDateVector: readonly UpToDateEntry[];
}

const FORMAT = 'drsr1';
const GUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const NAME = '[A-Za-z][A-Za-z0-9-]*';
const NUMBER = '(?:0|[1-9]\\d{0,19})';
const pattern = new RegExp(
  `^${FORMAT};nc=(${GUID});attributes=(${NAME}(?:,${NAME})*);source=(${GUID});usn=(${NUMBER}),(${NUMBER}),(${NUMBER});` +
    `utd=((?:${GUID}:${NUMBER}(?:,${GUID}:${NUMBER})*)?)$`,
);
const UNSIGNED_64_MAX = 0xffff_ffff_ffff_ffffn;

/**
 * One line of ASCII text for a store:
 * `drsr1;nc=GUID;attributes=NAME,…;source=GUID;usn=N,N,N;utd=GUID:N,…`. It holds nothing secret.
 */
export function formatReplicationCursor(cursor: ReplicationCursor): string {
  const { objectUpdate, reserved, propertyUpdate } = cursor.usnVector;
  const vector = cursor.upToDateVector.map(({ dsa, usn }) => `${dsa}:${usn}`).join(',');
  return [
    FORMAT,
    `nc=${cursor.namingContext}`,
    `attributes=${cursor.attributes.join(',')}`,
    `source=${cursor.sourceInvocationId}`,
    `usn=${objectUpdate},${reserved},${propertyUpdate}`,
    `utd=${vector}`,
  ].join(';');
}

function parseVector(text: string): UpToDateEntry[] {
  if (text === '') return [];
  return text.split(',').map((entry) => ({ dsa: entry.slice(0, 36) as Guid, usn: BigInt(entry.slice(37)) }));
}

/** The cursor that {@link formatReplicationCursor} wrote; undefined for any other text, also for that of another version. */
export function parseReplicationCursor(text: string): ReplicationCursor | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [
    ,
    namingContext = '',
    names = '',
    source = '',
    objectUpdate = '',
    reserved = '',
    propertyUpdate = '',
    vector = '',
  ] = match;
  const attributes = names.split(',');
  const usnVector = {
    objectUpdate: BigInt(objectUpdate),
    reserved: BigInt(reserved),
    propertyUpdate: BigInt(propertyUpdate),
  };
  const upToDateVector = parseVector(vector);
  const numbers = [...Object.values(usnVector), ...upToDateVector.map((entry) => entry.usn)];
  if (numbers.some((number) => number > UNSIGNED_64_MAX)) return undefined;
  return {
    namingContext: namingContext as Guid,
    attributes,
    sourceInvocationId: source as Guid,
    usnVector,
    upToDateVector,
  };
}
