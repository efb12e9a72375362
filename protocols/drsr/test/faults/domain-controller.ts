import { createHash } from 'node:crypto';
import { crc32, Rc4, wrapHashByRid } from '@ad-protocols/crypto';
import { DrsClient, type DrsClientOptions } from '@ad-protocols/drsr';
import { NtlmMechanism } from '@ad-protocols/ntlm';
import { PASSWORD, RpcServer } from '@ad-protocols/testing';
import { parseGuid, type Guid, type Sid } from '@ad-protocols/wire';
import { encodeBindReply } from '../../src/bind.ts';
import type { WireEntry } from '../../src/entry-list.ts';
import { clientExtensionFlags } from '../../src/extensions.ts';
import { encodeGetChangesReply } from '../../src/get-changes-reply-encoder.ts';
import { decodeGetChangesRequest, type GetChangesRequest } from '../../src/get-changes-request.ts';
import { PrefixTable } from '../../src/prefix-table.ts';
import type { GetChangesHead, GetChangesReply } from '../../src/reply-message.ts';

/** Invocation ids of two domain controllers, and the naming context of both. */
export const here = parseGuid('b5fea475-33a1-4880-8312-de1b2d20f197');
export const elsewhere = parseGuid('c20bc312-4d35-4cc0-9903-b1073368af4a');
export const namingContext = { guid: parseGuid('0d5c0745-4731-4a5d-96ed-c0af6acfec62') };

const UNICODE_PWD = 0x0009_005a;

/** The hash of the user with this RID: any 16 bytes will do, different for each. */
export function hashOf(rid: number): Uint8Array {
  return Uint8Array.from(createHash('md5').update(`user ${rid}`).digest());
}

export function guidOf(rid: number): Guid {
  return parseGuid(`00000000-0000-4000-8000-${rid.toString(16).padStart(12, '0')}`);
}

/** [MS-DRSR] EncryptValuesIfNecessary (4.1.10.5.18) */
function encrypt(sessionKey: Uint8Array, value: Uint8Array): Uint8Array {
  const salt = createHash('md5').update(value).digest();
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(value));
  const key = createHash('md5').update(sessionKey).update(salt).digest();
  return Uint8Array.from(Buffer.concat([salt, new Rc4(key).apply(Buffer.concat([checksum, value]))]));
}

/** A user whose hash is encrypted with this key. */
export function user(rid: number, sessionKey: Uint8Array): WireEntry {
  const sid = `S-1-5-21-1-2-3-${rid}` as Sid;
  const metadata = { version: 1, changedAt: new Date(0), originatingDsa: here, originatingUsn: BigInt(rid) };
  return {
    name: { guid: guidOf(rid), sid, dn: `CN=user ${rid},DC=corp` },
    attributes: [{ type: UNICODE_PWD, values: [encrypt(sessionKey, wrapHashByRid(hashOf(rid), rid))] }],
    metadata: [metadata],
    flags: 1,
    isNamingContextRoot: false,
  };
}

/** A page with these users; the last one of a cycle unless `more`. */
export function page(
  entries: readonly WireEntry[],
  usn: bigint,
  head: Partial<GetChangesHead> = {},
  reply: Partial<GetChangesReply> = {},
): GetChangesReply {
  const zero = { objectUpdate: 0n, reserved: 0n, propertyUpdate: 0n };
  return {
    version: 6,
    head: {
      sourceDsa: here,
      sourceInvocationId: here,
      usnVector: { objectUpdate: usn, reserved: 0n, propertyUpdate: usn },
      extendedResult: 0,
      moreData: false,
      objectCount: entries.length,
      objectsEstimate: 0,
      ...head,
    },
    name: { guid: namingContext.guid, dn: 'DC=corp' },
    usnVectorFrom: zero,
    upToDateVector: head.moreData === true ? undefined : [{ dsa: here, usn }],
    prefixTable: PrefixTable.wellKnown(),
    entries,
    objectBytes: 100,
    linkValues: [],
    linkValuesEstimate: 0,
    error: 0,
    ...reply,
  };
}

/** What a domain controller is asked for in one call, and what it knows then. */
export interface Asked {
  readonly request: GetChangesRequest;
  /** Which call it is, from 0 on. */
  readonly index: number;
  /** Of the connection, at this moment. */
  readonly sessionKey: Uint8Array;
}

/** A reply, its bytes, or the status of a fault. */
export type Answer = GetChangesReply | Uint8Array | number;

/** Runs a domain controller that answers as told, with a client that is connected to it. */
export async function withDomainController(
  answer: (asked: Asked) => Answer,
  use: (client: DrsClient, requests: readonly GetChangesRequest[]) => Promise<void>,
  options: Partial<DrsClientOptions> = {},
): Promise<void> {
  const requests: GetChangesRequest[] = [];
  const bindReply = encodeBindReply({
    handle: new Uint8Array(20).fill(7),
    extensions: { flags: clientExtensionFlags, replicationEpoch: 0 },
    status: 0,
  });
  await using server = await RpcServer.start({
    onCall: ({ callId, opnum, stub, session }) => {
      if (opnum === 0) return session.respond(callId, bindReply);
      if (opnum !== 3) return session.respond(callId, new Uint8Array(24));
      const request = decodeGetChangesRequest(stub);
      requests.push(request);
      const sessionKey = Uint8Array.from(session.sessionKey ?? []);
      const result = answer({ request, index: requests.length - 1, sessionKey });
      if (typeof result === 'number') return [session.fault(callId, result)];
      return session.respond(callId, result instanceof Uint8Array ? result : encodeGetChangesReply(result));
    },
    features: 3,
  });
  const security = new NtlmMechanism({ domain: 'CORP', user: 'sync', password: PASSWORD });
  const client = await DrsClient.open({ host: '127.0.0.1', port: server.port, security, ...options });
  try {
    await use(client, requests);
  } finally {
    await client.close();
  }
}
