import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseGuid, type Guid } from '@ad-protocols/wire';
import type { ReplicationCursor, UpToDateEntry } from '@ad-protocols/drsr';
import { mergeUpToDateVectors } from '../src/fail-over.ts';
import type { GetChangesHead } from '../src/reply-message.ts';
import { ReplicationCycle } from '../src/replication-cycle.ts';

const namingContext = parseGuid('0d5c0745-4731-4a5d-96ed-c0af6acfec62');
const first = parseGuid('b5fea475-33a1-4880-8312-de1b2d20f197');
const second = parseGuid('c20bc312-4d35-4cc0-9903-b1073368af4a');
const third = parseGuid('e4dfc4c0-381c-48c9-a563-cb27db448753');
const attributes = ['isDeleted', 'unicodePwd'];

describe('two up-to-dateness vectors', () => {
  const cases: [why: string, asked: UpToDateEntry[], ended: UpToDateEntry[], merged: UpToDateEntry[]][] = [
    ['with nothing there yet', [], [{ dsa: first, usn: 5n }], [{ dsa: first, usn: 5n }]],
    [
      'of a server that is ahead',
      [{ dsa: first, usn: 5n }],
      [
        { dsa: first, usn: 9n },
        { dsa: second, usn: 3n },
      ],
      [
        { dsa: first, usn: 9n },
        { dsa: second, usn: 3n },
      ],
    ],
    [
      'of a server that is behind: what was there stays there',
      [{ dsa: first, usn: 9n }],
      [
        { dsa: second, usn: 3n },
        { dsa: first, usn: 5n },
      ],
      [
        { dsa: second, usn: 3n },
        { dsa: first, usn: 9n },
      ],
    ],
    [
      'of a server that does not know of another one',
      [{ dsa: third, usn: 7n }],
      [{ dsa: second, usn: 3n }],
      [
        { dsa: second, usn: 3n },
        { dsa: third, usn: 7n },
      ],
    ],
  ];
  for (const [why, asked, ended, merged] of cases) {
    it(`become one ${why}`, () => assert.deepEqual(mergeUpToDateVectors(asked, ended), merged));
  }
});

/** An update as replication sees it: who made it, and where it stands on each domain controller. */
interface Update {
  readonly object: string;
  readonly originating: Guid;
  readonly usn: bigint;
  /** uSNChanged of the object on the first and the second domain controller. */
  readonly changed: { readonly first: bigint; readonly second: bigint };
}

/** What a domain controller sends for a position: its rule, without the wire. [MS-DRSR] GetChangesInScope, FilterAttribute (4.1.10.5) */
function sends(updates: readonly Update[], at: 'first' | 'second', cycle: ReplicationCycle): Update[] {
  const { usnVector, upToDateVector } = cycle.position;
  return updates.filter(({ originating, usn, changed }) => {
    const covered = upToDateVector.find(({ dsa }) => dsa === originating)?.usn ?? 0n;
    return changed[at] > usnVector.objectUpdate && usn > covered;
  });
}

const head = (source: Guid, usn: bigint, moreData: boolean): GetChangesHead => ({
  sourceDsa: source,
  sourceInvocationId: source,
  usnVector: { objectUpdate: usn, reserved: 0n, propertyUpdate: usn },
  extendedResult: 0,
  moreData,
  objectCount: 1,
  objectsEstimate: 0,
});

/** 1,000 objects that were read long ago, and 100 that changed since, made on the first domain controller. */
const updates: readonly Update[] = Array.from({ length: 1100 }, (_, index) => {
  const usn = BigInt(index + 1);
  return { object: `user ${index}`, originating: first, usn, changed: { first: usn, second: usn + 50_000n } };
});
const complete: ReplicationCursor = {
  namingContext,
  attributes,
  sourceInvocationId: first,
  usnVector: { objectUpdate: 1000n, reserved: 0n, propertyUpdate: 1000n },
  upToDateVector: [{ dsa: first, usn: 1000n }],
};
const entry = {
  name: { guid: namingContext, dn: '' },
  attributes: [],
  metadata: [],
  flags: 1,
  isNamingContextRoot: false,
};

describe('a domain controller that stops in the middle of a cycle', () => {
  it('leaves a cursor from which another one sends what changed since the cycle before, and not all', () => {
    const before = new ReplicationCycle(namingContext, attributes, complete);
    assert.equal(sends(updates, 'first', before).length, 100);
    const page = head(first, 1040n, true);
    assert.equal(before.advance(page), true);
    const cursor = before.cursorAfter({ head: page, upToDateVector: undefined, entries: [entry] });
    assert.deepEqual(cursor.upToDateVector, complete.upToDateVector);

    const after = new ReplicationCycle(namingContext, attributes, cursor);
    assert.equal(after.advance(head(second, 51_100n, false)), false, 'its reply to a foreign USN is thrown away');
    assert.equal(after.start, 'up-to-dateness vector');
    assert.equal(sends(updates, 'second', after).length, 100, 'of 1,100');
  });

  it('leaves no claim of its own: an object that changes again would be lost', () => {
    // Its password was set at 1010; then another attribute at 1200, which moves it behind the page that ends at 1040.
    const moved: Update = {
      object: 'moved',
      originating: first,
      usn: 1010n,
      changed: { first: 1200n, second: 60_000n },
    };
    const cycle = new ReplicationCycle(namingContext, attributes, complete);
    const page = head(first, 1040n, true);
    const claimed = { ...complete, upToDateVector: [{ dsa: first, usn: 1040n }], sourceInvocationId: second };
    assert.deepEqual(
      sends(
        [moved],
        'second',
        new ReplicationCycle(namingContext, attributes, {
          ...claimed,
          usnVector: { objectUpdate: 0n, reserved: 0n, propertyUpdate: 0n },
        }),
      ),
      [],
      'what a claim of 1040 would do',
    );
    cycle.advance(page);
    const cursor = cycle.cursorAfter({ head: page, upToDateVector: undefined, entries: [entry] });
    const after = new ReplicationCycle(namingContext, attributes, cursor);
    after.advance(head(second, 51_100n, false));
    assert.deepEqual(sends([moved], 'second', after), [moved]);
  });

  it('in the middle of the very first cycle leaves everything to be read again', () => {
    const cycle = new ReplicationCycle(namingContext, attributes, undefined);
    const page = head(first, 500n, true);
    cycle.advance(page);
    const cursor = cycle.cursorAfter({ head: page, upToDateVector: [{ dsa: first, usn: 1100n }], entries: [entry] });
    const after = new ReplicationCycle(namingContext, attributes, cursor);
    assert.equal(after.advance(head(second, 51_100n, false)), false);
    assert.equal(after.start, 'beginning');
  });

  it('comes back and goes on from the vector, which never gets less', () => {
    const cycle = new ReplicationCycle(namingContext, attributes, { ...complete, sourceInvocationId: second });
    const last = head(second, 51_000n, false);
    assert.equal(cycle.advance(last), true);
    const behind = [
      { dsa: first, usn: 900n },
      { dsa: second, usn: 51_000n },
    ];
    const cursor = cycle.cursorAfter({ head: last, upToDateVector: behind, entries: [] });
    assert.deepEqual(cursor.upToDateVector, [
      { dsa: first, usn: 1000n },
      { dsa: second, usn: 51_000n },
    ]);
  });
});
