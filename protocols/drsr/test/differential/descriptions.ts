import { Buffer } from 'node:buffer';
import { decodeGuid, nilGuid } from '@ad-protocols/wire';
import type { WireAttribute } from '../../src/attribute-block.ts';
import type { BindReply, BindRequest } from '../../src/bind.ts';
import type { CrackNamesReply } from '../../src/crack-names/crack-names-reply.ts';
import type { CrackNamesRequest } from '../../src/crack-names/crack-names-request.ts';
import type { DomainControllerInfoReply } from '../../src/domain-controller-info/domain-controller-info-reply.ts';
import type { DomainControllerInfoRequest } from '../../src/domain-controller-info/domain-controller-info-request.ts';
import type { DomainControllerInfo3 } from '../../src/domain-controller-info/domain-controller.ts';
import type { DsName } from '../../src/dsname.ts';
import type { WireEntry } from '../../src/entry-list.ts';
import type { Extensions } from '../../src/extensions.ts';
import type { GetChangesReply } from '../../src/get-changes-reply.ts';
import type { GetChangesRequest } from '../../src/get-changes-request.ts';
import type { LinkValue } from '../../src/link-values.ts';
import type { AttributeMetadata } from '../../src/property-metadata.ts';
import type { UpToDateEntry } from '../../src/up-to-dateness.ts';
import type { UsnVector } from '../../src/usn-vector.ts';

/*
 * What a structure says in plain words and numbers, the same as `samba-codec.py` says it.
 */

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const secondsOf = (time: Date): number => time.getTime() / 1000 + 11_644_473_600;

/** S-0-0 stands for no SID. */
export const describeName = ({ guid = nilGuid, sid, dn }: DsName): object => ({ guid, sid: sid ?? 'S-0-0', dn });

const describeMark = ({ objectUpdate, reserved, propertyUpdate }: UsnVector): string[] =>
  [objectUpdate, reserved, propertyUpdate].map(String);

const describeVector = (vector: readonly UpToDateEntry[]): unknown[] =>
  vector.map(({ dsa, usn }) => [dsa, String(usn)]);

export const describeMetadata = (metadata: readonly AttributeMetadata[]): unknown[] =>
  metadata.map((stamp) => [
    stamp.version,
    secondsOf(stamp.changedAt),
    stamp.originatingDsa,
    String(stamp.originatingUsn),
  ]);

const describeAttribute = ({ type, values }: WireAttribute): unknown => [type, values.map(hexOf)];

const describeEntry = (entry: WireEntry): object => ({
  name: describeName(entry.name),
  flags: entry.flags,
  isRoot: Number(entry.isNamingContextRoot),
  parent: entry.parent ?? null,
  attributes: entry.attributes.map(describeAttribute),
  metadata: describeMetadata(entry.metadata),
});

const describeLink = (link: LinkValue): object => ({
  object: describeName(link.object),
  type: link.type,
  value: hexOf(link.value),
  isPresent: Number(link.isPresent),
  created: secondsOf(link.createdAt),
  metadata: describeMetadata([link.metadata])[0],
});

export const describeReply = (reply: GetChangesReply): object => ({
  version: reply.version,
  dsa: reply.head.sourceDsa,
  invocationId: reply.head.sourceInvocationId,
  name: reply.name === undefined ? null : describeName(reply.name),
  from: describeMark(reply.usnVectorFrom),
  to: describeMark(reply.head.usnVector),
  vector: reply.upToDateVector === undefined ? null : describeVector(reply.upToDateVector),
  prefixes: reply.prefixTable.entries,
  extendedResult: reply.head.extendedResult,
  bytes: reply.objectBytes,
  entries: reply.entries.map(describeEntry),
  more: reply.head.moreData,
  ...(reply.version === 1
    ? {}
    : {
        estimates: [reply.head.objectsEstimate, reply.linkValuesEstimate],
        links: reply.linkValues.map(describeLink),
        error: reply.error,
      }),
});

const describeHandle = (handle: Uint8Array): unknown => [
  Buffer.from(handle).readUInt32LE(0),
  decodeGuid(handle.subarray(4)),
];

export const describeRequest = (request: GetChangesRequest): object => ({
  version: request.version,
  handle: describeHandle(request.handle),
  destination: request.destinationDsa,
  source: request.sourceInvocationId,
  name: describeName(request.name),
  usn: describeMark(request.usnVector),
  vector: request.upToDateVector.length === 0 ? null : describeVector(request.upToDateVector),
  options: request.options,
  maxObjects: request.maxObjects,
  maxBytes: request.maxBytes,
  operation: [request.extendedOperation, String(request.extendedInfo ?? 0n)],
  attributes: request.attributeTypes.toSorted((left, right) => left - right),
  added: (request.addedAttributeTypes ?? []).toSorted((left, right) => left - right),
  prefixes: request.prefixTable.entries,
  ...(request.version === 8 ? {} : { moreOptions: request.moreOptions ?? 0 }),
});

const describeExtensions = (extensions: Extensions): object => ({
  flags: extensions.flags,
  site: extensions.site ?? nilGuid,
  pid: extensions.processId ?? 0,
  epoch: extensions.replicationEpoch,
  extended: extensions.extendedFlags ?? null,
  configuration: extensions.configuration ?? null,
  capabilities: extensions.extendedCapabilities ?? null,
});

export const describeBindRequest = ({ client, extensions }: BindRequest): object => ({
  client,
  extensions: extensions && describeExtensions(extensions),
});

export const describeBindReply = ({ handle, extensions, status }: BindReply): object => ({
  handle: describeHandle(handle),
  extensions: describeExtensions(extensions),
  status,
});

export const describeNamesRequest = (request: CrackNamesRequest): object => ({
  handle: describeHandle(request.handle),
  flags: request.flags,
  offered: request.formatOffered,
  desired: request.formatDesired,
  names: request.names,
});

export const describeNamesReply = ({ items, status }: CrackNamesReply): object => ({
  items: items.map(({ status, domain, name }) => [status, domain ?? null, name ?? null]),
  status,
});

export const describeControllersRequest = (request: DomainControllerInfoRequest): object => ({
  handle: describeHandle(request.handle),
  domain: request.domain,
  level: request.level,
});

/** What level 1 does not tell is left out, and `null` is a name that is not there. */
function describeController(controller: Partial<DomainControllerInfo3>): unknown {
  const { netbiosName, dnsHostName, siteName, siteDn, computerDn, serverDn, dsaDn } = controller;
  const { isPdc, isEnabled, isGlobalCatalog, isReadOnly } = controller;
  const { siteGuid, computerGuid, serverGuid, dsaGuid } = controller;
  const isLevel1 = siteGuid === undefined;
  const names = isLevel1
    ? [netbiosName, dnsHostName, siteName, computerDn, serverDn]
    : [netbiosName, dnsHostName, siteName, siteDn, computerDn, serverDn, dsaDn];
  const flags = [isPdc, isEnabled, isGlobalCatalog, isReadOnly].filter((flag) => flag !== undefined);
  const guids = isLevel1 ? [] : [siteGuid, computerGuid, serverGuid, dsaGuid];
  return [names.map((name) => name ?? null), flags, guids];
}

export const describeControllersReply = ({ level, items, status }: DomainControllerInfoReply): object => ({
  level,
  items: items.map(describeController),
  status,
});
