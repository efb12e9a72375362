import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { NdrReader, NdrWriter, openPickle, type TransferSyntax } from '@ad-protocols/ndr';
import * as fc from 'fast-check';
import {
  clientGuid,
  decodeBindReply,
  decodeBindRequest,
  encodeBindReply,
  encodeBindRequest,
  type BindRequest,
} from '../../src/bind.ts';
import { decodeCrackNamesReply, encodeCrackNamesReply } from '../../src/crack-names/crack-names-reply.ts';
import { decodeCrackNamesRequest, encodeCrackNamesRequest } from '../../src/crack-names/crack-names-request.ts';
import {
  decodeDomainControllerInfoReply,
  encodeDomainControllerInfoReply,
} from '../../src/domain-controller-info/domain-controller-info-reply.ts';
import {
  decodeDomainControllerInfoRequest,
  encodeDomainControllerInfoRequest,
} from '../../src/domain-controller-info/domain-controller-info-request.ts';
import { readDsName, writeDsName } from '../../src/dsname.ts';
import { encodeGetChangesReply, pickleGetChangesReply } from '../../src/get-changes-reply-encoder.ts';
import { decodeGetChangesReply, type GetChangesReply } from '../../src/get-changes-reply.ts';
import { decodeGetChangesRequest, encodeGetChangesRequest } from '../../src/get-changes-request.ts';
import { readMetadataVector, writeMetadataVector } from '../../src/property-metadata.ts';
import { readMessageBody, readMessageHead, type ReplyVersion } from '../../src/reply-message.ts';
import * as random from './arbitraries.ts';
import {
  describeBindReply,
  describeBindRequest,
  describeControllersReply,
  describeControllersRequest,
  describeMetadata,
  describeName,
  describeNamesReply,
  describeNamesRequest,
  describeReply,
  describeRequest,
} from './descriptions.ts';
import { SambaCodec } from './samba-codec.ts';

/** How many structures are made, in all directions and transfer syntaxes together. */
const STRUCTURES = Number(process.env['NDR_STRUCTURES'] ?? 20_000);
/** The same numbers every time, so that a failure can be had again. */
const SEED = 20_240_701;

const both: readonly TransferSyntax[] = ['ndr', 'ndr64'];

/** A structure under test: how a random one is made, written, read and told. Its name is the judge's. */
interface Structure<T> {
  readonly name: string;
  readonly syntaxes: readonly TransferSyntax[];
  readonly decode: (bytes: Uint8Array, syntax: TransferSyntax) => T;
  readonly describe: (value: T) => unknown;
  /** Left out where only the server writes it. */
  readonly ours?: { readonly made: fc.Arbitrary<T>; readonly encode: (value: T, syntax: TransferSyntax) => Uint8Array };
  /** Whether NDR 2.0 leaves no choice, so that our bytes are Samba's. */
  readonly isCanonical: boolean;
}

/** Something compared, whatever it is. */
type Comparison = (samba: SambaCodec) => { readonly title: string; readonly run: (runs: number) => Promise<void> }[];
let compared = 0;

function comparison<T>(structure: Structure<T>): Comparison {
  const { name, ours } = structure;
  const samesAs = (said: unknown, value: T, hint: string): void => {
    assert.deepEqual(structure.describe(value), said, hint);
    compared += 1;
  };
  const weWrite = async (samba: SambaCodec, syntax: TransferSyntax, numRuns: number): Promise<void> => {
    if (ours === undefined) return;
    const property = fc.asyncProperty(ours.made, async (value) => {
      samesAs(await samba.read(name, syntax, ours.encode(value, syntax)), value, name);
    });
    await fc.assert(property, { numRuns, seed: SEED });
  };
  const sambaWrites = async (samba: SambaCodec, syntax: TransferSyntax, runs: number): Promise<void> => {
    for (let seed = 0; seed < runs; seed += 1) {
      const { stub, said } = await samba.make(name, syntax, seed);
      const value = structure.decode(stub, syntax);
      samesAs(said, value, `seed ${seed}`);
      if (ours !== undefined && structure.isCanonical && syntax === 'ndr') {
        assert.deepEqual(ours.encode(value, syntax), stub, `seed ${seed}`);
      }
    }
  };
  return (samba) =>
    structure.syntaxes.flatMap((syntax) => [
      ...(ours === undefined
        ? []
        : [{ title: `reads our ${name} in ${syntax}`, run: (runs: number) => weWrite(samba, syntax, runs) }]),
      { title: `writes a ${name} in ${syntax} that we read`, run: (runs) => sambaWrites(samba, syntax, runs) },
    ]);
}

function readPickledReply(bytes: Uint8Array, version: ReplyVersion): GetChangesReply {
  const reader = openPickle(bytes, 'test');
  return readMessageBody(reader, readMessageHead(reader, version));
}

function written(write: (writer: NdrWriter) => void): Uint8Array {
  const writer = new NdrWriter();
  write(writer);
  return writer.finish();
}

/** One more structure is one more entry here and in `samba-codec.py`. */
const comparisons: readonly Comparison[] = [
  comparison<BindRequest>({
    name: 'bind request',
    syntaxes: both,
    decode: decodeBindRequest,
    describe: describeBindRequest,
    ours: {
      made: random.extensions.map((extensions) => ({ client: clientGuid, extensions })),
      encode: ({ extensions = { flags: 0, replicationEpoch: 0 } }, syntax) => encodeBindRequest(extensions, syntax),
    },
    isCanonical: false, // its client and the length of its extensions are ours
  }),
  comparison({
    name: 'bind reply',
    syntaxes: both,
    decode: decodeBindReply,
    describe: describeBindReply,
    ours: { made: random.bindReply, encode: encodeBindReply },
    isCanonical: false, // extensions come in five lengths
  }),
  comparison({
    name: 'changes request',
    syntaxes: both,
    decode: decodeGetChangesRequest,
    describe: describeRequest,
    ours: { made: fc.oneof(random.request(8), random.request(10)), encode: encodeGetChangesRequest },
    isCanonical: false, // Samba has other numbers for its pointers
  }),
  ...([1, 6] as const).map((version) =>
    comparison({
      name: `changes reply ${version}`,
      syntaxes: both,
      decode: decodeGetChangesReply,
      describe: describeReply,
      ours: { made: random.reply(version), encode: encodeGetChangesReply },
      isCanonical: true,
    }),
  ),
  ...([1, 6] as const).map((version) =>
    comparison({
      name: `pickled changes reply ${version}`,
      syntaxes: ['ndr'],
      decode: (bytes) => readPickledReply(bytes, version),
      describe: describeReply,
      ours: { made: random.reply(version), encode: pickleGetChangesReply },
      isCanonical: true,
    }),
  ),
  comparison({
    name: 'compressed changes reply',
    syntaxes: both,
    decode: decodeGetChangesReply,
    describe: describeReply,
    isCanonical: false,
  }),
  comparison({
    name: 'names request',
    syntaxes: both,
    decode: decodeCrackNamesRequest,
    describe: describeNamesRequest,
    ours: { made: random.namesRequest, encode: encodeCrackNamesRequest },
    isCanonical: false, // its code page and locale are zero in ours
  }),
  comparison({
    name: 'names reply',
    syntaxes: both,
    decode: decodeCrackNamesReply,
    describe: describeNamesReply,
    ours: { made: random.namesReply, encode: encodeCrackNamesReply },
    isCanonical: true,
  }),
  comparison({
    name: 'controllers request',
    syntaxes: both,
    decode: decodeDomainControllerInfoRequest,
    describe: describeControllersRequest,
    ours: { made: random.controllersRequest, encode: encodeDomainControllerInfoRequest },
    isCanonical: true,
  }),
  comparison({
    name: 'controllers reply',
    syntaxes: both,
    decode: decodeDomainControllerInfoReply,
    describe: describeControllersReply,
    ours: { made: random.controllersReply, encode: encodeDomainControllerInfoReply },
    isCanonical: true,
  }),
  comparison({
    name: 'name',
    syntaxes: ['ndr'],
    decode: (bytes) => readDsName(new NdrReader(bytes, 'test')),
    describe: describeName,
    ours: { made: random.name, encode: (name) => written((writer) => writeDsName(writer, name)) },
    isCanonical: true,
  }),
  comparison({
    name: 'metadata',
    syntaxes: ['ndr'],
    decode: (bytes) => readMetadataVector(new NdrReader(bytes, 'test')),
    describe: describeMetadata,
    ours: { made: random.metadata, encode: (vector) => written((writer) => writeMetadataVector(writer, vector)) },
    isCanonical: true,
  }),
];

describe('Samba, another implementation,', () => {
  const samba = new SambaCodec();
  after(async () => {
    await samba.close();
    console.log(`${compared} random structures compared with Samba's codec, field by field`);
  });

  const tests = comparisons.flatMap((compare) => compare(samba));
  const runs = Math.ceil(STRUCTURES / tests.length);
  for (const { title, run } of tests) it(title, () => run(runs));
});
