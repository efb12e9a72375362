import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pickle, type TransferSyntax } from '@ad-protocols/ndr';
import { assertEveryTruncationRefused, hex } from '@ad-protocols/testing';
import { MalformedError, parseGuid, TruncatedError, type Sid } from '@ad-protocols/wire';
import * as fc from 'fast-check';
import { decodeBindReply, decodeBindRequest, encodeBindReply, encodeBindRequest } from '../src/bind.ts';
import { compressionAlgorithms } from '../src/compression/decompress.ts';
import { DrsError } from '../src/errors.ts';
import {
  encodeCompressedGetChangesReply,
  encodeGetChangesReply,
  pickleGetChangesReply,
} from '../src/get-changes-reply-encoder.ts';
import { decodeGetChangesReply, openGetChangesReply, type GetChangesReply } from '../src/get-changes-reply.ts';
import {
  decodeGetChangesRequest,
  encodeGetChangesRequest,
  type GetChangesRequest,
} from '../src/get-changes-request.ts';
import { PrefixTable } from '../src/prefix-table.ts';
import { compressMszip, compressWin2k3 } from './compression/compressors.ts';
import * as random from './differential/arbitraries.ts';
import { describeReply, describeRequest } from './differential/descriptions.ts';

const syntaxes = ['ndr', 'ndr64'] as const;
const dsa = parseGuid('b5fea475-33a1-4880-8312-de1b2d20f197');
const stamp = { version: 1, changedAt: new Date('2024-07-01'), originatingDsa: dsa, originatingUsn: 7n };
const mark = { objectUpdate: 1n, reserved: 0n, propertyUpdate: 1n };
const name = { guid: dsa, sid: 'S-1-5-32-544' as Sid, dn: 'CN=G' };

/** A reply with one of everything. */
const reply: GetChangesReply = {
  version: 9,
  head: {
    sourceDsa: dsa,
    sourceInvocationId: dsa,
    usnVector: mark,
    extendedResult: 0,
    moreData: true,
    objectCount: 1,
    objectsEstimate: 3,
  },
  name,
  usnVectorFrom: mark,
  upToDateVector: [{ dsa, usn: 9n }],
  prefixTable: PrefixTable.wellKnown(),
  entries: [
    {
      name,
      attributes: [{ type: 3, values: [hex('6162')] }],
      metadata: [stamp],
      flags: 1,
      isNamingContextRoot: true,
      parent: dsa,
    },
  ],
  objectBytes: 99,
  linkValues: [
    {
      object: name,
      type: 31,
      value: hex('616263'),
      isPresent: true,
      createdAt: new Date('2024-06-01'),
      metadata: stamp,
      expiresAt: new Date('2030-01-01'),
    },
  ],
  linkValuesEstimate: 4,
  error: 0,
};

const request: GetChangesRequest = {
  version: 11,
  handle: new Uint8Array(20).fill(7),
  destinationDsa: dsa,
  sourceInvocationId: dsa,
  name,
  usnVector: mark,
  upToDateVector: [{ dsa, usn: 9n }],
  options: 0x10,
  maxObjects: 10,
  maxBytes: 1000,
  extendedOperation: 0,
  extendedInfo: 0n,
  attributeTypes: [3, 31],
  addedAttributeTypes: [31],
  prefixTable: PrefixTable.wellKnown(),
  moreOptions: 1,
  correlationId: dsa,
};

const codes = ['ERR_WIRE_TRUNCATED', 'ERR_WIRE_MALFORMED', 'ERR_DRSR_REPLY_VERSION'];

function isNamed(error: unknown): boolean {
  return error instanceof TruncatedError || error instanceof MalformedError || error instanceof DrsError;
}

/** `bytes` with 4 of them replaced. */
function altered(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy.writeUInt32LE(value, at);
  return new Uint8Array(copy);
}

function compressed(inner: GetChangesReply, algorithm: 'mszip' | 'win2k3', syntax: TransferSyntax): Uint8Array {
  const plain = pickleGetChangesReply(inner);
  const bytes = algorithm === 'mszip' ? compressMszip(plain) : compressWin2k3(plain);
  return encodeCompressedGetChangesReply(
    { version: inner.version, algorithm: compressionAlgorithms[algorithm], uncompressedSize: plain.length, bytes },
    syntax,
  );
}

describe('requests and replies in both transfer syntaxes', () => {
  for (const syntax of syntaxes) {
    it(`come back as they were: ${syntax}`, () => {
      const requests = fc.oneof(random.request(8), random.request(10), random.request(11));
      fc.assert(
        fc.property(requests, (value) => {
          const back = decodeGetChangesRequest(encodeGetChangesRequest(value, syntax), syntax);
          assert.deepEqual(describeRequest(back), describeRequest(value));
          assert.equal(back.correlationId, value.correlationId);
        }),
      );
      fc.assert(
        fc.property(fc.oneof(random.reply(1), random.reply(6), random.reply(9)), (value) => {
          const back = decodeGetChangesReply(encodeGetChangesReply(value, syntax), syntax);
          assert.deepEqual(describeReply(back), describeReply(value));
          assert.deepEqual(
            back.linkValues.map(({ expiresAt }) => expiresAt),
            value.linkValues.map(({ expiresAt }) => expiresAt),
          );
        }),
      );
    });

    it(`cut short at any offset are named: ${syntax}`, () => {
      const bind = encodeBindRequest({ flags: 1, replicationEpoch: 2 }, syntax);
      assertEveryTruncationRefused(bind, (cut) => decodeBindRequest(cut, syntax), codes);
      const answer = { handle: new Uint8Array(20), extensions: { flags: 1, replicationEpoch: 2 }, status: 0 };
      assertEveryTruncationRefused(encodeBindReply(answer, syntax), (cut) => decodeBindReply(cut, syntax), codes);
      const asked = encodeGetChangesRequest(request, syntax);
      assertEveryTruncationRefused(asked, (cut) => decodeGetChangesRequest(cut, syntax), codes);
      for (const version of [1, 6, 9] as const) {
        const stub = encodeGetChangesReply({ ...reply, version }, syntax);
        for (let length = 0; length < stub.length; length += 1) {
          assert.throws(() => decodeGetChangesReply(stub.slice(0, length), syntax), isNamed, `at ${length}`);
        }
      }
    });

    it(`with any four bytes altered are read or named: ${syntax}`, () => {
      const stub = encodeGetChangesReply(reply, syntax);
      const asked = encodeGetChangesRequest(request, syntax);
      for (const value of [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) {
        for (const [bytes, decode] of [
          [stub, decodeGetChangesReply],
          [asked, decodeGetChangesRequest],
        ] as const) {
          for (let at = 0; at + 4 <= bytes.length; at += 4) {
            try {
              decode(altered(bytes, at, value), syntax);
            } catch (error) {
              assert.ok(isNamed(error), `${value} at ${at}: ${String(error)}`);
            }
          }
        }
      }
    });
  }

  it('are not taken for one another', () => {
    for (const [written, read] of [
      ['ndr', 'ndr64'],
      ['ndr64', 'ndr'],
    ] as const) {
      assert.throws(() => decodeGetChangesReply(encodeGetChangesReply(reply, written), read), isNamed);
      assert.throws(() => decodeGetChangesRequest(encodeGetChangesRequest(request, written), read), isNamed);
      assert.throws(
        () => decodeBindRequest(encodeBindRequest({ flags: 0, replicationEpoch: 0 }, written), read),
        isNamed,
      );
    }
  });
});

describe('a reply of IDL_DRSGetNCChanges that is compressed', () => {
  for (const syntax of syntaxes) {
    for (const algorithm of ['mszip', 'win2k3'] as const) {
      it(`gives what was compressed: ${algorithm} in ${syntax}`, () => {
        for (const version of [6, 9] as const) {
          const open = openGetChangesReply(compressed({ ...reply, version }, algorithm, syntax), syntax);
          assert.deepEqual(open.head.usnVector, reply.head.usnVector);
          assert.deepEqual(describeReply(open.complete()), describeReply({ ...reply, version }));
        }
      });
    }

    it(`of version 2 holds one of version 1: ${syntax}`, () => {
      const old = { ...reply, version: 1, linkValues: [] } as const;
      const back = decodeGetChangesReply(compressed(old, 'mszip', syntax), syntax);
      assert.equal(back.version, 1);
      assert.deepEqual(describeReply(back), describeReply(old));
    });
  }

  it('cut short at any offset is named', () => {
    const stub = compressed(reply, 'mszip', 'ndr');
    for (let length = 0; length < stub.length; length += 1) {
      assert.throws(() => decodeGetChangesReply(stub.slice(0, length)), isNamed, `at ${length}`);
    }
  });

  // Offsets in NDR 2.0: version 0 and 4, inner version 8, algorithm 12, uncompressed size 16, compressed size 20, count 28.
  for (const [what, at, value] of [
    ['an inner version that cannot be compressed', 8, 7],
    ['an algorithm that nobody knows', 12, 9],
    ['another uncompressed size', 16, 5],
    ['an absurd uncompressed size', 16, 0xffff_ffff],
    ['another compressed size', 20, 5],
    ['an absurd compressed size', 28, 0xffff_ffff],
  ] as const) {
    it(`with ${what} is refused`, () => {
      assert.throws(() => decodeGetChangesReply(altered(compressed(reply, 'mszip', 'ndr'), at, value)), MalformedError);
    });
  }

  it('with more in its pickle than the message is refused', () => {
    const plain = pickle((writer) => writer.bytes(new Uint8Array(400)));
    const packed = { version: 6, algorithm: 0, uncompressedSize: plain.length, bytes: plain } as const;
    assert.throws(() => decodeGetChangesReply(encodeCompressedGetChangesReply(packed)), MalformedError);
  });
});

describe('a count of a message', () => {
  it('of link values that is not the array’s is refused in both transfer syntaxes', () => {
    // cNumValues: in NDR 2.0 at 8 + 128, in NDR64 at 16 + 148.
    for (const [syntax, at] of [
      ['ndr', 136],
      ['ndr64', 164],
    ] as const) {
      const stub = encodeGetChangesReply(reply, syntax);
      assert.equal(Buffer.from(stub).readUInt32LE(at), 1);
      for (const count of [0, 2, 1_048_577, 0xffff_ffff]) {
        assert.throws(() => decodeGetChangesReply(altered(stub, at, count), syntax), MalformedError, `${count}`);
      }
    }
  });

  it('of a name’s characters with an upper half is refused', () => {
    const stub = encodeGetChangesReply(reply, 'ndr64');
    // The name is the first referent: its count stands after the message of 168 bytes.
    assert.deepEqual(stub.subarray(184, 192), hex('05 00 00 00 00 00 00 00'));
    assert.throws(() => decodeGetChangesReply(altered(stub, 188, 1), 'ndr64'), MalformedError);
  });
});
