import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TransferSyntax } from '@ad-protocols/ndr';
import { nilGuid } from '@ad-protocols/wire';
import * as fc from 'fast-check';
import { attributeNames, drsAttributes } from '../../src/attributes.ts';
import { encodeBindRequest } from '../../src/bind.ts';
import { compressionAlgorithms } from '../../src/compression/decompress.ts';
import {
  encodeCompressedGetChangesReply,
  encodeGetChangesReply,
  pickleGetChangesReply,
} from '../../src/get-changes-reply-encoder.ts';
import type { GetChangesReply } from '../../src/get-changes-reply.ts';
import { encodeGetChangesRequest } from '../../src/get-changes-request.ts';
import { PrefixTable } from '../../src/prefix-table.ts';
import { startOfReplication } from '../../src/usn-vector.ts';
import { compressMszip } from '../compression/compressors.ts';
import * as random from './arbitraries.ts';

/** A run of the program takes some 20 ms. */
const RUNS = 60;
const SEED = 20_240_702;

/** Attributes without a name in Samba's list. */
const unlisted = new Set<string>(['lockoutTime']);

/** A reply in a compressed message, as a server sends it. */
function compressed(reply: GetChangesReply, syntax: TransferSyntax): Uint8Array {
  const pickle = pickleGetChangesReply(reply);
  const { mszip: algorithm } = compressionAlgorithms;
  const bytes = compressMszip(pickle);
  return encodeCompressedGetChangesReply(
    { version: reply.version, algorithm, uncompressedSize: pickle.length, bytes },
    syntax,
  );
}

describe("Samba's ndrdump", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'drsr-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** What the program prints about a stub; it must read all of it. */
  function ndrdump(call: readonly string[], stub: Uint8Array, syntax: TransferSyntax = 'ndr'): string {
    const file = join(folder, 'stub');
    writeFileSync(file, stub);
    const wide = syntax === 'ndr64' ? ['--ndr64'] : [];
    const { stdout, status, stderr } = spawnSync('ndrdump', ['drsuapi', ...call, file, ...wide], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /dump OK/);
    return stdout;
  }

  function accepts<T>(
    direction: 'in' | 'out',
    made: fc.Arbitrary<T>,
    encode: (value: T) => [Uint8Array, TransferSyntax],
  ): void {
    const property = fc.property(made, (value) => {
      const [stub, syntax] = encode(value);
      ndrdump(['drsuapi_DsGetNCChanges', direction], stub, syntax);
    });
    fc.assert(property, { numRuns: RUNS, seed: SEED });
  }

  for (const syntax of ['ndr', 'ndr64'] as const) {
    it(`reads all of every request in ${syntax}`, () =>
      accepts('in', fc.oneof(random.request(8), random.request(10)), (request) => [
        encodeGetChangesRequest(request, syntax),
        syntax,
      ]));

    it(`reads all of every reply in ${syntax}`, () =>
      accepts('out', fc.oneof(random.reply(1), random.reply(6)), (reply) => [
        encodeGetChangesReply(reply, syntax),
        syntax,
      ]));

    it(`reads all of every compressed reply in ${syntax}`, () =>
      accepts('out', fc.oneof(random.reply(1), random.reply(6)), (reply) => [compressed(reply, syntax), syntax]));
  }

  it('numbers the attributes as we do', () => {
    const prefixTable = PrefixTable.wellKnown();
    const numbers = new Map(
      attributeNames.map((name) => [name, prefixTable.attributeType(drsAttributes[name].oid) ?? 0]),
    );
    const stub = encodeGetChangesRequest({
      version: 10,
      handle: new Uint8Array(20),
      destinationDsa: nilGuid,
      sourceInvocationId: nilGuid,
      name: { dn: '' },
      usnVector: startOfReplication,
      upToDateVector: [],
      options: 0,
      maxObjects: 1,
      maxBytes: 1,
      extendedOperation: 0,
      attributeTypes: [...numbers.values()],
      prefixTable,
    });
    const dump = ndrdump(['drsuapi_DsGetNCChanges', 'in'], stub).toLowerCase();
    for (const [name, number] of numbers) {
      const label = unlisted.has(name)
        ? 'unknown_enum_value'
        : `drsuapi_attid_${name.replaceAll('-', '_').toLowerCase()}`;
      assert.ok(dump.includes(`${label} (0x${number.toString(16)})`), name);
    }
  });

  it('understands the extensions of a bind', () => {
    const stub = encodeBindRequest({ flags: 0x0080_8000, replicationEpoch: 9 });
    const dump = ndrdump(['drsuapi_DsBind', 'in'], stub);
    assert.match(dump, /1: DRSUAPI_SUPPORTED_EXTENSION_STRONG_ENCRYPTION\n/);
    assert.match(dump, /1: DRSUAPI_SUPPORTED_EXTENSION_NONDOMAIN_NCS\n/);
    assert.match(dump, /0: DRSUAPI_SUPPORTED_EXTENSION_XPRESS_COMPRESS\n/);
    assert.match(dump, /repl_epoch +: 0x00000009/);
  });
});
