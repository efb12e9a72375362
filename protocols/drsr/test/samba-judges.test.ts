import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { dstimeToUnixMs, parseGuid, type Guid } from '@ad-protocols/wire';
import * as fc from 'fast-check';
import { attributeNames, drsAttributes } from '../src/attributes.ts';
import { encodeBindRequest } from '../src/bind.ts';
import { objectQuery, pageQuery, type ChangeQuery } from '../src/change-query.ts';
import { decodeGetChangesReply, type GetChangesReply } from '../src/get-changes-reply.ts';
import { encodeGetChangesRequest } from '../src/get-changes-request.ts';
import { PrefixTable } from '../src/prefix-table.ts';

/** Samba's codec in a program of its own: one question a line, one answer a line. */
class SambaCodec {
  readonly #process = spawn('/usr/bin/python3', [join(import.meta.dirname, 'samba-drsuapi.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  readonly #answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();

  async ask(question: object): Promise<unknown> {
    this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#answers.next();
    assert.notEqual(done, true, 'the program that asks Samba ended; its message is above');
    return JSON.parse(String(value));
  }

  async close(): Promise<void> {
    this.#process.stdin.end();
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
  }
}

const guid: fc.Arbitrary<Guid> = fc.uuid().map(parseGuid);
const usn = fc.bigInt(0n, (1n << 64n) - 1n);
const position = fc.record({
  sourceInvocationId: guid,
  usnVector: fc.record({ objectUpdate: usn, reserved: usn, propertyUpdate: usn }),
  upToDateVector: fc.array(fc.record({ dsa: guid, usn }), { maxLength: 4 }),
  atStart: fc.boolean(),
});
const attributes = fc.subarray([...attributeNames], { minLength: 1 });
const limit = fc.nat(0x7fff_ffff);
// Samba keeps names in UTF-8, which has no lone surrogates, and ends them at the first NUL.
const dn = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
const query: fc.Arbitrary<ChangeQuery> = fc.oneof(
  fc
    .record({ guid, dn, attributes, position, maxObjects: limit, maxBytes: limit })
    .map(({ guid, dn, attributes, position, ...limits }) => pageQuery({ guid, dn }, attributes, position, limits)),
  fc.tuple(guid, attributes).map(([guid, attributes]) => objectQuery(guid, attributes)),
);

/** What Samba should say about a request. */
function expectedRequest(query: ChangeQuery, version: 8 | 10, destination: Guid): object {
  const { objectUpdate, reserved, propertyUpdate } = query.usnVector;
  return {
    version,
    destination,
    source: query.sourceInvocationId,
    guid: query.name.guid,
    dn: query.name.dn,
    usn: [objectUpdate, reserved, propertyUpdate].map(String),
    vector: query.upToDateVector.map(({ dsa, usn }) => [dsa, String(usn)]),
    options: query.options,
    maxObjects: query.maxObjects,
    maxBytes: query.maxBytes,
    operation: query.extendedOperation,
    attributes: [...query.attributeTypes].sort((left, right) => left - right),
    prefixes: [
      [0, '5504'],
      [2, '2a864886f7140102'],
      [9, '2a864886f7140104'],
      [0, `ff${'00'.repeat(20)}`],
    ],
  };
}

interface MadeReply {
  readonly stub: string;
  readonly entries: readonly { readonly sid: string; readonly metadata: readonly [number, number, string, string][] }[];
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** What Samba said it put into a reply, as we read it; `sid` S-0-0 stands for none. */
function asSambaSays({ head, upToDateVector, entries }: GetChangesReply): object {
  const { objectUpdate, reserved, propertyUpdate } = head.usnVector;
  return {
    dsa: head.sourceDsa,
    invocationId: head.sourceInvocationId,
    usn: [objectUpdate, reserved, propertyUpdate].map(String),
    vector: upToDateVector?.map(({ dsa, usn }) => [dsa, String(usn)]) ?? null,
    extendedResult: head.extendedResult,
    more: head.moreData,
    estimate: head.objectsEstimate,
    entries: entries.map(({ name, attributes, metadata }) => ({
      guid: name.guid,
      sid: name.sid ?? 'S-0-0',
      dn: name.dn,
      attributes: attributes.map(({ type, values }) => [type, values.map(hexOf)]),
      metadata: metadata.map((stamp) => [
        stamp.version,
        stamp.changedAt.getTime(),
        stamp.originatingDsa,
        String(stamp.originatingUsn),
      ]),
    })),
  };
}

describe("Samba's own codec", () => {
  let samba: SambaCodec;
  let folder: string;
  before(() => {
    samba = new SambaCodec();
    folder = mkdtempSync(join(tmpdir(), 'causeway-drsr-'));
  });
  after(async () => {
    await samba.close();
    rmSync(folder, { recursive: true });
  });

  it('reads every request as it was meant, field by field', async () => {
    await fc.assert(
      fc.asyncProperty(
        query,
        fc.constantFrom(8 as const, 10 as const),
        guid,
        async (query, version, destinationDsa) => {
          const handle = new Uint8Array(20).fill(7);
          const stub = encodeGetChangesRequest({ ...query, version, handle, destinationDsa });
          assert.deepEqual(await samba.ask({ decode: hexOf(stub) }), expectedRequest(query, version, destinationDsa));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('makes replies that we read as they were meant, field by field', async () => {
    for (let seed = 0; seed < 400; seed += 1) {
      const { stub, ...made } = (await samba.ask({ make: seed })) as MadeReply;
      const expected = {
        ...made,
        entries: made.entries.map((entry) => ({
          ...entry,
          metadata: entry.metadata.map(([version, time, ...rest]) => [version, dstimeToUnixMs(BigInt(time)), ...rest]),
        })),
      };
      assert.deepEqual(asSambaSays(decodeGetChangesReply(Buffer.from(stub, 'hex'))), expected, `seed ${seed}`);
    }
  });

  it('numbers the attributes as we do', () => {
    const table = PrefixTable.wellKnown();
    const handle = new Uint8Array(20);
    const nil = parseGuid('00000000-0000-0000-0000-000000000000');
    const stub = encodeGetChangesRequest({
      ...objectQuery(nil, attributeNames),
      version: 10,
      handle,
      destinationDsa: nil,
    });
    const dump = ndrdump(folder, ['drsuapi_DsGetNCChanges', 'in'], stub);
    for (const name of attributeNames) {
      const number = table.attributeType(drsAttributes[name].oid)?.toString(16).toUpperCase();
      // Some have no name in Samba's list; names in C have no hyphens.
      const labels = ['UNKNOWN_ENUM_VALUE', `DRSUAPI_ATTID_${name.replaceAll('-', '_')}`];
      assert.ok(
        labels.some((label) => dump.toLowerCase().includes(`${label} (0x${number})`.toLowerCase())),
        name,
      );
    }
  });

  it('understands the bind', () => {
    const dump = ndrdump(
      folder,
      ['drsuapi_DsBind', 'in'],
      encodeBindRequest({ flags: 0x0080_8000, replicationEpoch: 9 }),
    );
    assert.match(dump, /1: DRSUAPI_SUPPORTED_EXTENSION_STRONG_ENCRYPTION\n/);
    assert.match(dump, /1: DRSUAPI_SUPPORTED_EXTENSION_NONDOMAIN_NCS\n/);
    assert.match(dump, /0: DRSUAPI_SUPPORTED_EXTENSION_XPRESS_COMPRESS\n/);
    assert.match(dump, /repl_epoch +: 0x00000009/);
    assert.match(dump, /dump OK/);
  });
});

/** What Samba's ndrdump prints about a stub; it fails unless all of it is read. */
function ndrdump(folder: string, call: readonly string[], stub: Uint8Array): string {
  const file = join(folder, 'stub');
  writeFileSync(file, stub);
  const { stdout, status, stderr } = spawnSync('ndrdump', ['drsuapi', ...call, file], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout;
}
