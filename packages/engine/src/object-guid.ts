import { anchorOfObjectId } from '@causeway/model';

/** The source anchor that an `objectGUID` gives: base64 of its 16 wire bytes. */
export function anchorOfObjectGuid(guid: string): string {
  return anchorOfObjectId(guid);
}

/** The GUID whose wire bytes an anchor holds: the way back from {@link anchorOfObjectGuid}. */
export function guidOfAnchor(anchor: string): string {
  const bytes = Buffer.from(anchor, 'base64');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return formatGuid(bytes);
}

/** Identifier of the metaverse, in the same sense as that of a connector. */
export const metaverseIdentifier = '7a1f3e52-0c64-4d1b-9a1e-3f2b6d0c8e11';

/**
 * The identifier of an object in a space, a connector's or the metaverse: the object's own GUID XOR the space's. So it tells the
 * spaces apart, is the same after the database was rebuilt, and leads back to the object: applied twice it gives what it was.
 */
export function identifierIn(space: string, guid: string): string {
  const mask = Buffer.from(space.replaceAll('-', ''), 'hex');
  const bytes = Buffer.from(guid.replaceAll('-', ''), 'hex');
  return formatGuid(Buffer.from(bytes.map((byte, index) => byte ^ (mask[index] ?? 0))));
}

function formatGuid(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
