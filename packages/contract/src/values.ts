import { z } from 'zod';

/** Entries of a batch, and changes of a page, at most. */
export const batchEntriesMax = 2_000;
/** Bytes of one sealed credential: its fixed parts (69) and at least one byte, at most 4,096. */
export const sealedBytesMin = 70;
export const sealedBytesMax = 4_096;
/** Characters of a cursor, which is opaque to the directory. */
export const cursorLengthMax = 131_072;
/** How long a request for changes may wait for one, in milliseconds. */
export const waitMsMax = 55_000;

/** Bytes, as base64 on the wire. */
function bytesBetween(lengthMin: number, lengthMax: number) {
  return z.codec(
    z
      .base64()
      .max(Math.ceil(lengthMax / 3) * 4)
      .refine(
        (text) => {
          const length = (text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0);
          return length >= lengthMin && length <= lengthMax;
        },
        lengthProblem(lengthMin, lengthMax),
      ),
    z.custom<Uint8Array>((value) => value instanceof Uint8Array),
    {
      decode: (text) => new Uint8Array(Buffer.from(text, 'base64')),
      encode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
    },
  );
}

function lengthProblem(lengthMin: number, lengthMax: number): string {
  return lengthMin === lengthMax
    ? `expected base64 of exactly ${lengthMin} bytes`
    : `expected base64 of ${lengthMin} to ${lengthMax} bytes`;
}

const name = /^[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?$/;
const nameProblem = 'expected lower-case letters, digits, dots, hyphens and underscores';

/** Names a tenant: `contoso`, or a domain name. */
export const tenantIdSchema = z.string().max(253).regex(name, nameProblem);
/** Names a source, as its connector does: `corp.contoso.test`. */
export const sourceIdSchema = z.string().max(253).regex(name, nameProblem);
/** Names an agent of a tenant: `connect-1`. */
export const agentIdSchema = z.string().max(253).regex(name, nameProblem);

/** A source anchor in its one canonical form: base64 of 16 bytes, 24 characters. */
export const anchorSchema = z.string().regex(/^[A-Za-z0-9+/]{21}[AQgw]==$/, 'expected base64 of exactly 16 bytes');

/** A key id: 16 lower-case hexadecimal digits. */
export const keyIdSchema = z.string().regex(/^[0-9a-f]{16}$/, 'expected 16 lower-case hexadecimal digits');

/** The tenant's X25519 public key: 32 bytes. */
export const publicKeySchema = bytesBetween(32, 32);

/** The bytes of a sealed credential. */
export const sealedBytesSchema = bytesBetween(sealedBytesMin, sealedBytesMax);

/** A place in a source's stream of changes; only its connector reads it. */
export const cursorSchema = z.string().min(1).max(cursorLengthMax);

/** A place in the tenant's change feed: 0 is before the first change. */
export const sequenceSchema = z.number().int().min(0);

/** A time: ISO 8601 in UTC. */
export const timeSchema = z.iso.datetime();

export const credentialVersionSchema = z.strictObject({
  version: z.number().int().min(0).max(0xffff_ffff),
  changedAt: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/, 'expected ISO 8601 in UTC with whole seconds')
    .pipe(z.iso.datetime()),
  originatingDsa: z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'expected a lower-case GUID'),
});

const attribute = z.string().max(1_024);

export const userSchema = z.strictObject({
  accountName: z.string().min(1).max(256),
  userPrincipalName: z.string().min(1).max(1_024),
  displayName: attribute.optional(),
  givenName: attribute.optional(),
  surname: attribute.optional(),
  mail: attribute.optional(),
  department: attribute.optional(),
  jobTitle: attribute.optional(),
  accountEnabled: z.boolean(),
});
