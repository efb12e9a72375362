import { z } from 'zod';

/** Entries of a batch, and changes of a page, at most. */
export const batchEntriesMax = 2_000;
/** Members, by their anchors, that a batch of objects adds and removes, and that a page of members has, at most. */
export const batchMembersMax = 20_000;
/** Addresses of one object. */
const proxyAddressesMax = 400;
/** Bytes of one sealed credential: its fixed parts are 69. */
export const sealedBytesMin = 70;
export const sealedBytesMax = 4_095;
/** Characters of a cursor, which is opaque to the directory. */
export const cursorLengthMax = 131_072;
/** How long a request for changes may wait for one, in milliseconds. */
export const waitMsMax = 55_000;

/** Bytes, as base64 on the wire. The pattern tells the length too: zod's own base64 check decodes every text once more. */
function bytesOf(pattern: RegExp, problem: string) {
  return z.codec(
    z.string().regex(pattern, problem),
    z.custom<Uint8Array>((value) => value instanceof Uint8Array),
    {
      decode: (text) => new Uint8Array(Buffer.from(text, 'base64')),
      encode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
    },
  );
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

/** An object's id in the tenant: a GUID that never changes while the object lives. */
export const objectIdSchema = z
  .string()
  .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'expected a lower-case GUID');

/** A key id: 16 lower-case hexadecimal digits. */
export const keyIdSchema = z.string().regex(/^[0-9a-f]{16}$/, 'expected 16 lower-case hexadecimal digits');

/** The tenant's X25519 public key: 32 bytes. */
export const publicKeySchema = bytesOf(/^[A-Za-z0-9+/]{43}=$/, 'expected base64 of exactly 32 bytes');

/** The bytes of a sealed credential. */
export const sealedBytesSchema = bytesOf(
  // 24 to 1,365 groups of four characters.
  /^(?:[A-Za-z0-9+/]{4}){23,1364}(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/,
  `expected base64 of ${sealedBytesMin} to ${sealedBytesMax} bytes`,
);

/** A place in a stream of changes; only the engine that sends it reads it. */
export const cursorSchema = z.string().min(1).max(cursorLengthMax);

/** The cursor that a batch starts at (null starts a full synchronization) and the one it leads to. */
export const spanFields = { from: cursorSchema.nullable(), to: cursorSchema };

/**
 * A place in the tenant's change feed: 0 is before the first change, and every change has a greater one than those before
 * it, at most 2^53 - 1. The difference of two says nothing of how many changes lie between them.
 */
export const sequenceSchema = z.int().min(0);

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
const proxyAddresses = z.array(attribute).max(proxyAddressesMax).readonly();
const securityIdentifier = z.string().regex(/^S-1(?:-\d{1,15}){1,16}$/, 'expected a SID, S-1-…');

export const userSchema = z.strictObject({
  accountName: z.string().min(1).max(256),
  userPrincipalName: z.string().min(1).max(1_024),
  displayName: attribute.optional(),
  givenName: attribute.optional(),
  surname: attribute.optional(),
  mail: attribute.optional(),
  mailNickname: attribute.optional(),
  proxyAddresses: proxyAddresses.optional(),
  department: attribute.optional(),
  jobTitle: attribute.optional(),
  companyName: attribute.optional(),
  employeeId: attribute.optional(),
  manager: anchorSchema.optional(),
  physicalDeliveryOfficeName: attribute.optional(),
  streetAddress: attribute.optional(),
  postalCode: attribute.optional(),
  city: attribute.optional(),
  state: attribute.optional(),
  country: attribute.optional(),
  telephoneNumber: attribute.optional(),
  mobile: attribute.optional(),
  facsimileTelephoneNumber: attribute.optional(),
  preferredLanguage: attribute.optional(),
  onPremisesSecurityIdentifier: securityIdentifier.optional(),
  onPremisesDomainName: attribute.optional(),
  accountEnabled: z.boolean(),
});

export const groupSchema = z.strictObject({
  accountName: z.string().min(1).max(256),
  displayName: z.string().min(1).max(1_024),
  description: attribute.optional(),
  mail: attribute.optional(),
  mailNickname: attribute.optional(),
  proxyAddresses: proxyAddresses.optional(),
  securityEnabled: z.boolean(),
  onPremisesSecurityIdentifier: securityIdentifier.optional(),
});
