import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nilGuid, parseGuid } from '@ad-protocols/wire';
import type { AttributeName, ReplicationCursor, UpToDateEntry } from '@ad-protocols/drsr';
import { DrsError } from '../src/errors.ts';
import type { GetChangesHead } from '../src/get-changes-reply.ts';
import { ReplicationCycle } from '../src/replication-cycle.ts';
import { startOfReplication } from '../src/usn-vector.ts';

const namingContext = parseGuid('0d5c0745-4731-4a5d-96ed-c0af6acfec62');
const here = parseGuid('b5fea475-33a1-4880-8312-de1b2d20f197');
const elsewhere = parseGuid('c20bc312-4d35-4cc0-9903-b1073368af4a');
const attributes: AttributeName[] = ['isDeleted', 'unicodePwd'];

const usn = (number: bigint, property = 0n): ReplicationCursor['usnVector'] => ({
  objectUpdate: number,
  reserved: 0n,
  propertyUpdate: property,
});
const head = (changes: Partial<GetChangesHead>): GetChangesHead => ({
  sourceDsa: here,
  sourceInvocationId: here,
  usnVector: usn(10n),
  extendedResult: 0,
  moreData: false,
  objectCount: 1,
  objectsEstimate: 0,
  ...changes,
});
const reply = (
  head: GetChangesHead,
  upToDateVector?: UpToDateEntry[],
): Parameters<ReplicationCycle['cursorAfter']>[0] => ({
  head,
  upToDateVector,
  entries: [
    {
      name: { guid: namingContext, dn: 'DC=corp' },
      attributes: [],
      metadata: [],
      flags: 1,
      isNamingContextRoot: false,
    },
  ],
});
const stuck = (reserved: bigint): GetChangesHead =>
  head({ moreData: true, usnVector: { objectUpdate: 0n, reserved, propertyUpdate: 0n } });
const cursor: ReplicationCursor = {
  namingContext,
  attributes,
  sourceInvocationId: here,
  usnVector: usn(100n, 100n),
  upToDateVector: [{ dsa: here, usn: 100n }],
};
const hasCode = (code: string) => (error: unknown) => error instanceof DrsError && error.code === code;

describe('a replication cycle without a cursor', () => {
  it('starts from zero, goes on from what each reply says, and gets its up-to-dateness vector from the last', () => {
    const cycle = new ReplicationCycle(namingContext, attributes, undefined);
    assert.equal(cycle.start, 'beginning');
    assert.deepEqual(cycle.position, {
      sourceInvocationId: nilGuid,
      usnVector: startOfReplication,
      upToDateVector: [],
      atStart: true,
    });

    const first = head({ moreData: true, objectsEstimate: 2000 });
    assert.equal(cycle.advance(first), true);
    assert.deepEqual(cycle.position, {
      sourceInvocationId: here,
      usnVector: usn(10n),
      upToDateVector: [],
      atStart: false,
    });
    const halfWay = cycle.cursorAfter(reply(first, [{ dsa: here, usn: 999n }]));
    assert.deepEqual(
      halfWay.upToDateVector,
      [],
      'the vector of a cycle that is not complete would hide the rest of it',
    );
    assert.deepEqual(halfWay.usnVector, usn(10n));

    const last = head({ usnVector: usn(20n, 20n) });
    assert.equal(cycle.advance(last), true);
    assert.equal(cycle.objectsEstimate, 2000);
    assert.deepEqual(cycle.cursorAfter(reply(last, [{ dsa: here, usn: 20n }])), {
      namingContext,
      attributes,
      sourceInvocationId: here,
      usnVector: usn(20n, 20n),
      upToDateVector: [{ dsa: here, usn: 20n }],
    });
  });

  it('is told from one that stands still: more promised, nothing sent, nowhere moved', () => {
    const cycle = new ReplicationCycle(namingContext, attributes, undefined);
    cycle.advance(head({ moreData: true }));
    assert.throws(() => cycle.advance(head({ moreData: true, objectCount: 0 })), hasCode('ERR_DRSR_NO_PROGRESS'));
  });

  it('is told from one that gives the same page again and again, as Samba can when one object is all it may send', () => {
    const cycle = new ReplicationCycle(namingContext, attributes, undefined);
    cycle.advance(stuck(1n));
    cycle.cursorAfter(reply(stuck(1n)));
    cycle.advance(stuck(2n));
    assert.throws(() => cycle.cursorAfter(reply(stuck(2n))), hasCode('ERR_DRSR_NO_PROGRESS'));
  });

  it('may have pages without objects that move on', () => {
    const cycle = new ReplicationCycle(namingContext, attributes, undefined);
    cycle.advance(head({ moreData: true }));
    assert.equal(cycle.advance(head({ moreData: true, objectCount: 0, usnVector: usn(11n) })), true);
  });
});

describe('a replication cycle with a cursor', () => {
  it('goes on from exactly what the cursor holds, and keeps its vector when the last reply brings none', () => {
    const cycle = new ReplicationCycle(namingContext, attributes, cursor);
    assert.equal(cycle.start, 'cursor');
    assert.deepEqual(cycle.position, {
      sourceInvocationId: here,
      usnVector: cursor.usnVector,
      upToDateVector: cursor.upToDateVector,
      atStart: true,
    });
    const last = head({ usnVector: usn(101n, 101n) });
    assert.equal(cycle.advance(last), true);
    assert.deepEqual(cycle.cursorAfter(reply(last)).upToDateVector, cursor.upToDateVector);
  });

  it('of another domain controller throws the reply away and asks again with the up-to-dateness vector alone', () => {
    const cycle = new ReplicationCycle(namingContext, attributes, cursor);
    assert.equal(cycle.advance(head({ sourceInvocationId: elsewhere })), false);
    assert.equal(cycle.start, 'up-to-dateness vector');
    assert.deepEqual(cycle.position, {
      sourceInvocationId: nilGuid,
      usnVector: startOfReplication,
      upToDateVector: cursor.upToDateVector,
      atStart: true,
    });
    const next = head({ sourceInvocationId: elsewhere });
    assert.equal(cycle.advance(next), true);
    assert.equal(cycle.cursorAfter(reply(next)).sourceInvocationId, elsewhere);
  });

  it('of another domain controller, left in the middle of a first cycle, starts from the beginning', () => {
    const cycle = new ReplicationCycle(namingContext, attributes, { ...cursor, upToDateVector: [] });
    assert.equal(cycle.advance(head({ sourceInvocationId: elsewhere })), false);
    assert.equal(cycle.start, 'beginning');
  });

  it('of another naming context, or without an attribute that is asked for, is refused', () => {
    assert.throws(() => new ReplicationCycle(elsewhere, attributes, cursor), hasCode('ERR_DRSR_CURSOR'));
    assert.throws(
      () => new ReplicationCycle(namingContext, [...attributes, 'pwdLastSet'], cursor),
      (error) => hasCode('ERR_DRSR_CURSOR')(error) && String(error).includes('pwdLastSet'),
    );
  });

  it('made with more attributes than are asked for now still serves', () => {
    assert.doesNotThrow(() => new ReplicationCycle(namingContext, ['unicodePwd'], cursor));
  });
});
