import { parseGuid, type Guid, type Sid } from '@ad-protocols/wire';
import * as fc from 'fast-check';
import type { WireAttribute } from '../../src/attribute-block.ts';
import type { BindReply } from '../../src/bind.ts';
import type { CrackNamesReply } from '../../src/crack-names/crack-names-reply.ts';
import type { CrackNamesRequest } from '../../src/crack-names/crack-names-request.ts';
import type { DomainControllerInfoReply } from '../../src/domain-controller-info/domain-controller-info-reply.ts';
import type { DomainControllerInfoRequest } from '../../src/domain-controller-info/domain-controller-info-request.ts';
import type { DomainControllerInfo, InfoLevel } from '../../src/domain-controller-info/domain-controller.ts';
import type { DsName } from '../../src/dsname.ts';
import type { WireEntry } from '../../src/entry-list.ts';
import type { Extensions } from '../../src/extensions.ts';
import type { GetChangesReply } from '../../src/get-changes-reply.ts';
import type { GetChangesRequest, RequestVersion } from '../../src/get-changes-request.ts';
import type { LinkValue } from '../../src/link-values.ts';
import { PrefixTable } from '../../src/prefix-table.ts';
import type { AttributeMetadata } from '../../src/property-metadata.ts';
import type { ReplyVersion } from '../../src/reply-message.ts';

/* Random structures. `fc.record` leaves out what is optional in the structures. */

const guid: fc.Arbitrary<Guid> = fc.uuid().map(parseGuid);
const u32 = fc.nat(0xffff_ffff);
/** Numbers that Samba's bindings take for signed. */
const u31 = fc.nat(0x7fff_ffff);
const usn = fc.bigInt(0n, (1n << 64n) - 1n);
const usnVector = fc.record({ objectUpdate: usn, reserved: usn, propertyUpdate: usn });
const upToDateVector = fc.array(fc.record({ dsa: guid, usn }), { maxLength: 4 });
/** Whole seconds between 1970 and 2242. */
const time = fc.nat(2 ** 33).map((seconds) => new Date(seconds * 1000));
const bytes = (minLength: number, maxLength: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength, maxLength });

/** Authorities from 2^32 - 1 on have another form in Samba's text. */
const sid: fc.Arbitrary<Sid> = fc
  .tuple(u31, fc.array(u32, { maxLength: 5 }))
  .map(([authority, parts]) => ['S-1', authority, ...parts].join('-') as Sid);
/** Samba keeps names in UTF-8, which has no lone surrogates, and ends them at the first NUL. */
const dn = fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replaceAll('\0', ''));
export const name: fc.Arbitrary<DsName> = fc
  .record({ guid, sid, dn }, { requiredKeys: ['dn'] })
  .map(({ guid, ...rest }) => ({
    ...rest,
    ...(guid === undefined ? {} : { guid }),
  }));

const prefixTable = fc
  .uniqueArray(fc.tuple(u31, bytes(1, 12)), { minLength: 1, maxLength: 6, selector: ([index]) => index })
  .map((entries) => PrefixTable.of(entries.map(([index, prefix]) => [index, Buffer.from(prefix).toString('hex')])));

const stamp: fc.Arbitrary<AttributeMetadata> = fc.record({
  version: u32,
  changedAt: time,
  originatingDsa: guid,
  originatingUsn: usn,
});
export const metadata: fc.Arbitrary<AttributeMetadata[]> = fc.array(stamp, { maxLength: 6 });

const attribute: fc.Arbitrary<WireAttribute> = fc.record({
  type: u32,
  values: fc.array(bytes(0, 20), { maxLength: 3 }),
});

const entry: fc.Arbitrary<WireEntry> = fc
  .record({
    name,
    pairs: fc.array(fc.tuple(attribute, stamp), { maxLength: 4 }),
    flags: fc.nat(3),
    isNamingContextRoot: fc.boolean(),
    parent: fc.option(guid, { nil: undefined }),
  })
  .map(({ pairs, parent, ...rest }) => ({
    ...rest,
    attributes: pairs.map(([attribute]) => attribute),
    metadata: pairs.map(([, stamp]) => stamp),
    ...(parent === undefined ? {} : { parent }),
  }));

const linkValue: fc.Arbitrary<LinkValue> = fc.record({
  object: name,
  type: u32,
  value: bytes(0, 40),
  isPresent: fc.boolean(),
  createdAt: time,
  metadata: stamp,
});
const expiringLinkValue: fc.Arbitrary<LinkValue> = fc
  .tuple(linkValue, fc.option(time, { nil: undefined }))
  .map(([link, expiresAt]) => (expiresAt === undefined ? link : { ...link, expiresAt }));

const head = fc.record({
  sourceDsa: guid,
  sourceInvocationId: guid,
  usnVector,
  extendedResult: fc.nat(16),
  moreData: fc.boolean(),
  objectsEstimate: u32,
});
const body = fc.record({
  name: fc.option(name, { nil: undefined }),
  usnVectorFrom: usnVector,
  upToDateVector: fc.option(upToDateVector, { nil: undefined }),
  prefixTable,
  entries: fc.array(entry, { maxLength: 4 }),
  objectBytes: u31,
});
const tail = fc.record({ linkValuesEstimate: u32 });
const noTail = { linkValues: [], linkValuesEstimate: 0, error: 0 };

/** A reply, without what only later versions hold. */
export function reply(version: ReplyVersion): fc.Arbitrary<GetChangesReply> {
  const links = fc.array(version === 9 ? expiringLinkValue : linkValue, { maxLength: 3 });
  return fc.tuple(head, body, tail, links).map(([{ objectsEstimate, ...head }, body, tail, linkValues]) => ({
    version,
    head: { ...head, objectCount: body.entries.length, objectsEstimate: version === 1 ? 0 : objectsEstimate },
    ...body,
    ...(version === 1 ? noTail : { ...tail, linkValues, error: 0 }),
  }));
}

const attributeTypes = fc.array(u32, { maxLength: 8 });
const base = fc.record({
  handle: bytes(20, 20),
  destinationDsa: guid,
  sourceInvocationId: guid,
  name,
  usnVector,
  upToDateVector,
  options: u31,
  maxObjects: u32,
  maxBytes: u32,
  extendedOperation: fc.nat(7),
  extendedInfo: usn,
  attributeTypes,
  addedAttributeTypes: attributeTypes,
  prefixTable,
});

/** A request, without what only later versions hold. */
export function request(version: RequestVersion): fc.Arbitrary<GetChangesRequest> {
  return fc.tuple(base, fc.nat(1), guid).map(([base, moreOptions, correlationId]) => ({
    ...base,
    version,
    ...(version === 8 ? {} : { moreOptions }),
    ...(version === 11 ? { correlationId } : {}),
  }));
}

export const extensions: fc.Arbitrary<Extensions> = fc.record({
  flags: u32,
  replicationEpoch: u31,
  site: guid,
  processId: u31,
  extendedFlags: fc.nat(0x7ff),
  configuration: guid,
  extendedCapabilities: fc.nat(0x7ff),
});

export const bindReply: fc.Arbitrary<BindReply> = fc.record({
  handle: bytes(20, 20),
  extensions,
  status: fc.constantFrom(0, 5, 8453),
});

/* Names and domain controllers. Their records are compared as they are, so they get the prototype of a literal. */

const plain = { noNullPrototype: true } as const;
const text = fc.string({ unit: fc.constantFrom('a', 'b', '=', ',', '-', 'ä', 'ß', '€', '漢'), maxLength: 30 });
const maybeText = fc.option(text, { nil: undefined });
const crackedItem = fc.record({ status: u32, domain: text, name: text }, { requiredKeys: ['status'], ...plain });
const level1 = {
  netbiosName: maybeText,
  dnsHostName: maybeText,
  siteName: maybeText,
  computerDn: maybeText,
  serverDn: maybeText,
  isPdc: fc.boolean(),
  isEnabled: fc.boolean(),
};
const level2 = {
  ...level1,
  siteDn: maybeText,
  dsaDn: maybeText,
  isGlobalCatalog: fc.boolean(),
  siteGuid: guid,
  computerGuid: guid,
  serverGuid: guid,
  dsaGuid: guid,
};
const controllers = <Level extends InfoLevel>(
  level: Level,
  items: fc.Arbitrary<DomainControllerInfo[Level]>,
): fc.Arbitrary<DomainControllerInfoReply> =>
  fc.record({ level: fc.constant(level), items: fc.array(items, { maxLength: 4 }), status: u31 }, plain);

export const namesRequest: fc.Arbitrary<CrackNamesRequest> = fc.record(
  {
    handle: bytes(20, 20),
    flags: u31,
    formatOffered: u32,
    formatDesired: u32,
    names: fc.array(text, { minLength: 1, maxLength: 5 }),
  },
  plain,
);
export const namesReply: fc.Arbitrary<CrackNamesReply> = fc.record(
  { items: fc.array(crackedItem, { maxLength: 5 }), status: u31 },
  plain,
);
export const controllersRequest: fc.Arbitrary<DomainControllerInfoRequest> = fc.record(
  { handle: bytes(20, 20), domain: text, level: u31 },
  plain,
);
export const controllersReply: fc.Arbitrary<DomainControllerInfoReply> = fc.oneof(
  controllers(1, fc.record(level1, plain)),
  controllers(2, fc.record(level2, plain)),
  controllers(3, fc.record({ ...level2, isReadOnly: fc.boolean() }, plain)),
);
