import { createHash } from 'node:crypto';

/**
 * The identifier of a forest's connector: a GUID made of tenant and name, so that it is the same on every agent and after any
 * database was deleted. Layout: the first 16 bytes of SHA-256, with version 8 and variant of RFC 9562.
 */
export function connectorIdentifier(tenant: string, name: string): string {
  const bytes = createHash('sha256').update(`causeway connector\n${tenant}\n${name}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
