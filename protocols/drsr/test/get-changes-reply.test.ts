import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NdrReader, NdrWriter } from '@ad-protocols/ndr';
import { MalformedError, parseGuid, TruncatedError } from '@ad-protocols/wire';
import * as fc from 'fast-check';
import { writeDsName } from '../src/dsname.ts';
import { readEntryList } from '../src/entry-list.ts';
import { DrsError, DrsStatusError } from '../src/errors.ts';
import { decodeGetChangesReply, openGetChangesReply } from '../src/get-changes-reply.ts';
import { fixture } from './fixture.ts';

const replies = ['first-page', 'last-page', 'empty-delta', 'denied', 'single-object', 'link-values'];

function isNamed(error: unknown): boolean {
  return error instanceof TruncatedError || error instanceof MalformedError || error instanceof DrsError;
}

/** A list of objects that have nothing but a name, each pointing to the next. */
function list(length: number): Uint8Array {
  const writer = new NdrWriter();
  for (let index = 0; index < length; index += 1) {
    writer
      .pointer(index + 1 < length)
      .pointer(true)
      .u32(0)
      .u32(0)
      .pointer(false);
    writer.u32(0).pointer(false).pointer(false);
  }
  const guid = parseGuid('e3514235-4b06-11d1-ab04-00c04fc2dcd2');
  for (let index = length - 1; index >= 0; index -= 1) writeDsName(writer, { guid, dn: `CN=${index}` });
  return writer.finish();
}

describe('a reply of IDL_DRSGetNCChanges', () => {
  it('gives the first objects of a domain in the order of the list, with their names and metadata', () => {
    const { head, entries, upToDateVector } = decodeGetChangesReply(fixture('first-page'));
    assert.equal(head.moreData, true);
    assert.equal(head.objectCount, 8);
    assert.ok(head.objectsEstimate > 12_000);
    assert.equal(upToDateVector, undefined);
    assert.equal(entries[0]?.name.dn, 'DC=drsr,DC=test');
    assert.equal(entries[0]?.name.guid, '0d5c0745-4731-4a5d-96ed-c0af6acfec62');
    for (const entry of entries) assert.equal(entry.attributes.length, entry.metadata.length);
  });

  it('gives the up-to-dateness vector with the last page', () => {
    const { head, entries, upToDateVector } = decodeGetChangesReply(fixture('last-page'));
    assert.equal(head.moreData, false);
    assert.ok(entries.length > 0);
    assert.deepEqual(upToDateVector, [{ dsa: head.sourceInvocationId, usn: head.usnVector.propertyUpdate }]);
  });

  it('is empty when nothing changed', () => {
    const { head, entries } = decodeGetChangesReply(fixture('empty-delta'));
    assert.equal(head.moreData, false);
    assert.deepEqual(entries, []);
  });

  it('says that a single object was replicated', () => {
    const { head, entries } = decodeGetChangesReply(fixture('single-object'));
    assert.equal(head.extendedResult, 1);
    assert.deepEqual(
      entries.map((entry) => entry.name.dn),
      ['CN=Administrators,CN=Builtin,DC=drsr,DC=test'],
    );
  });

  it('gives link values with the object they are of, what they lead to, and their stamp', () => {
    const { entries, linkValues, prefixTable } = decodeGetChangesReply(fixture('link-values'));
    assert.equal(entries.length, 1);
    assert.equal(linkValues.length, 3);
    for (const link of linkValues) {
      assert.equal(link.object.dn, 'CN=Administrators,CN=Builtin,DC=drsr,DC=test');
      assert.equal(link.type, prefixTable.attributeType('2.5.4.31')); // member
      assert.equal(link.isPresent, true);
      assert.ok(link.createdAt <= link.metadata.changedAt);
      assert.ok(link.metadata.originatingUsn > 0n);
      assert.ok(!('expiresAt' in link));
    }
    const targets = linkValues.map(({ value }) => Buffer.from(value.subarray(56)).toString('utf16le'));
    assert.ok(targets.includes('CN=Administrator,CN=Users,DC=drsr,DC=test\0'), targets.join());
  });

  it('names the status of a refused call, its cause and its cure', () => {
    assert.throws(
      () => decodeGetChangesReply(fixture('denied')),
      (error) =>
        error instanceof DrsStatusError &&
        error.status === 8440 &&
        error.statusName === 'ERROR_DS_DRA_BAD_NC' &&
        error.code === 'ERR_DRSR_NAMING_CONTEXT' &&
        error.nextStep.length > 0,
    );
  });

  it('is not taken for success when the error stands inside the message only', () => {
    const stub = fixture('empty-delta');
    // dwDRSError: 8 bytes of versions, then 136 bytes of message up to it.
    stub.set([0x08, 0x21], 144);
    assert.throws(
      () => decodeGetChangesReply(stub),
      (error) => error instanceof DrsStatusError && error.code === 'ERR_DRSR_SOURCE_DISABLED',
    );
  });

  for (const [version, hint] of [
    [0, 'version 0'],
    [3, 'version 3'],
    [10, 'version 10'],
  ] as const) {
    it(`of version ${version} is refused by name, not misread`, () => {
      const stub = fixture('empty-delta');
      stub[0] = version;
      stub[4] = version;
      for (const decode of [openGetChangesReply, decodeGetChangesReply]) {
        assert.throws(
          () => decode(stub),
          (error) =>
            error instanceof DrsError && error.code === 'ERR_DRSR_REPLY_VERSION' && error.message.includes(hint),
        );
      }
    });
  }

  for (const name of replies) {
    it(`cut short at any offset is named: ${name}`, () => {
      const stub = fixture(name);
      for (let length = 0; length < stub.length; length += 1) {
        assert.throws(() => decodeGetChangesReply(stub.subarray(0, length)), isNamed, `at ${length}`);
      }
    });

    it(`with bytes after the status is refused: ${name}`, () => {
      assert.throws(() => decodeGetChangesReply(Buffer.concat([fixture(name), Buffer.alloc(4)])), isNamed);
    });
  }

  it('with any bytes altered is read or named, and never crashes', () => {
    const alteration = fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 1, 4, 0x7f, 0x80, 0xff)), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.constantFrom(...replies), alteration, (name, changes) => {
        const stub = fixture(name);
        for (const [at, value] of changes) stub[at % stub.length] = value;
        try {
          decodeGetChangesReply(stub);
        } catch (error) {
          assert.ok(isNamed(error), String(error));
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('the list of objects', () => {
  it('may be as long as it likes without deepening the stack', () => {
    const entries = readEntryList(new NdrReader(list(60_000), 'test'));
    assert.equal(entries.length, 60_000);
    assert.deepEqual([entries[0]?.name.dn, entries.at(-1)?.name.dn], ['CN=0', 'CN=59999']);
  });

  it('that points on and on ends with the bytes', () => {
    assert.throws(() => readEntryList(new NdrReader(new Uint8Array(1 << 20).fill(1), 'test')), TruncatedError);
  });
});
