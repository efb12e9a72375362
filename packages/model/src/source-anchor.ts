/**
 * The source anchor: what ties an object at the source to the same object in the tenant and in the managed domain, through
 * renames and moves. Base64 of the 16 wire bytes of `ms-DS-ConsistencyGuid` or `objectGUID`: 24 characters.
 */
export type SourceAnchor = string;

/**
 * The anchor of an object that has no source: base64 of the 16 wire bytes of its object id.
 *
 * @param objectId a GUID, `6ba7b810-9dad-11d1-80b4-00c04fd430c8`; its first three parts are little-endian on the wire
 * ([MS-DTYP] 2.3.4.2).
 */
export function anchorOfObjectId(objectId: string): SourceAnchor {
  const bytes = Buffer.from(objectId.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes.toString('base64');
}
