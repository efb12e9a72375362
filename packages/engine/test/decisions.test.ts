import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { differingAttributes, formatAttributes, parseAttributes } from '../src/attributes.ts';
import { isAtOrBelow, moveName, ownNameOf, pathOf } from '../src/distinguished-name.ts';
import { BATCH_OBJECTS, continueFrom, memberEntries, withinGroups } from '../src/export/batches.ts';
import { decideExport } from '../src/export/deletion-threshold.ts';
import { decideTenantImport } from '../src/import/tenant-cursor.ts';
import { anchorOfObjectGuid, guidOfAnchor, identifierIn, metaverseIdentifier } from '../src/object-guid.ts';
import { isInUnits } from '../src/sync/scope.ts';

describe('a distinguished name', () => {
  for (const [dn, path, ownName] of [
    ['CN=Alice,OU=Staff,DC=corp,DC=example', 'dc=example\ndc=corp\nou=staff\ncn=alice', 'Alice'],
    ['CN=Doe\\, John,DC=corp', 'dc=corp\ncn=doe\\, john', 'Doe, John'],
    ['CN=a\\2Cb\\C3\\A4,DC=corp', 'dc=corp\ncn=a\\2cb\\c3\\a4', 'a,bä'],
    ['CN=a\\\\,DC=corp', 'dc=corp\ncn=a\\\\', 'a\\'],
    ['alice@corp.example', 'alice@corp.example', 'alice@corp.example'],
    ['', '', ''],
  ] as const) {
    it(`${JSON.stringify(dn)} has a path and an own name`, () => {
      assert.equal(pathOf(dn), path);
      assert.equal(ownNameOf(dn), ownName);
    });
  }

  it('is below its containers, and not below what only looks like one', () => {
    const unit = pathOf('OU=Staff,DC=corp');
    assert.equal(isAtOrBelow(pathOf('CN=a,ou=STAFF,DC=corp'), unit), true);
    assert.equal(isAtOrBelow(unit, unit), true);
    assert.equal(isAtOrBelow(pathOf('CN=a\\,OU=Staff,DC=corp'), unit), false);
    assert.equal(isAtOrBelow(pathOf('CN=a,OU=Staffing,DC=corp'), unit), false);
  });

  it('moves with its container', () => {
    assert.equal(
      moveName('CN=a\\,b,OU=X,OU=Old,DC=c', 'ou=old,dc=c', 'OU=New,OU=Y,DC=c'),
      'CN=a\\,b,OU=X,OU=New,OU=Y,DC=c',
    );
  });

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        pathOf(text);
        ownNameOf(text);
        moveName(text, text, text);
      }),
    );
  });
});

describe('organizational units in scope', () => {
  const [corp, staff, former, kept] = [
    'DC=c',
    'OU=Staff,DC=c',
    'OU=Former,OU=Staff,DC=c',
    'OU=Kept,OU=Former,OU=Staff,DC=c',
  ].map(pathOf) as [string, string, string, string];
  for (const [include, exclude, path, isIn] of [
    [undefined, [], staff, true],
    [undefined, [staff], former, false],
    [undefined, [staff], corp, true],
    [[], [], staff, false],
    [[staff], [], corp, false],
    [[staff], [former], former, false],
    [[staff, kept], [former], kept, true],
    [[staff], [staff], staff, false],
  ] as const) {
    it(`${JSON.stringify({ include, exclude })} ${isIn ? 'hold' : 'leave out'} ${JSON.stringify(path)}`, () => {
      assert.equal(isInUnits(path, { include, exclude }), isIn);
    });
  }
});

describe('changes of the tenant', () => {
  const complete = { witnessSeen: true, known: 3, total: 3, unconfirmed: 0 };
  for (const [facts, decision] of [
    [{}, 'complete'],
    [{ witnessSeen: false }, 'full'],
    [{ known: 2 }, 'full'],
    [{ known: 4 }, 'full'],
    [{ unconfirmed: 1 }, 'full'],
  ] as const) {
    it(`${JSON.stringify(facts)} are ${decision === 'full' ? 'not ' : ''}enough`, () => {
      assert.equal(decideTenantImport({ ...complete, ...facts }), decision);
    });
  }
});

describe('the deletion threshold', () => {
  for (const [deletes, allowed, enabled, decision] of [
    [500, 0, true, 'go'],
    [501, 0, true, 'stop'],
    [501, 0, false, 'go'],
    [501, 501, true, 'go'],
    [1_001, 501, true, 'go'],
    [1_002, 501, true, 'stop'],
    [0, 0, true, 'go'],
  ] as const) {
    it(`lets ${deletes} deletions, of which ${allowed} are allowed, ${decision}${enabled ? '' : ' when it is off'}`, () => {
      assert.equal(decideExport({ deletes, allowed, threshold: { enabled, value: 500 } }), decision);
    });
  }
});

describe('attributes in a text', () => {
  it('are the same in any order, and come back', () => {
    const one = formatAttributes({ b: ['2', '1'], a: ['x'], none: [] });
    assert.equal(one, formatAttributes({ a: ['x'], b: ['1', '2'] }));
    assert.deepEqual(parseAttributes(one), { a: ['x'], b: ['1', '2'] });
    assert.deepEqual(differingAttributes({ a: ['1', '2'], b: ['1'] }, { a: ['2', '1'], c: ['1'] }), ['b', 'c']);
  });
});

describe('an identifier', () => {
  it('leads back to the object, and differs between spaces', () => {
    fc.assert(
      fc.property(fc.uuid(), (guid) => {
        assert.equal(guidOfAnchor(anchorOfObjectGuid(guid)), guid);
        assert.equal(identifierIn(metaverseIdentifier, identifierIn(metaverseIdentifier, guid)), guid);
        assert.notEqual(identifierIn(metaverseIdentifier, guid), guid);
      }),
    );
  });
});

/** A member that a group is to get, or to lose. */
function row(cs: number, target: number, adding = 1) {
  return { cs, target, adding, group: `g${cs}`, member: `m${target}` };
}

describe('a batch', () => {
  it('has the same cursor for the same content, and another one for other content or another place', () => {
    const entries = memberEntries([row(1, 2), row(1, 3, 0)]);
    assert.deepEqual(entries.members, [{ group: 'g1', add: ['m2'], remove: ['m3'] }]);
    assert.equal(continueFrom('a', entries).to, continueFrom('a', entries).to);
    assert.notEqual(continueFrom('a', entries).to, continueFrom('b', entries).to);
    assert.notEqual(continueFrom('a', entries).to, continueFrom('a', memberEntries([row(1, 2)])).to);
  });

  it('changes the members of no more groups than the tenant takes', () => {
    const rows = Array.from({ length: BATCH_OBJECTS + 5 }, (_, index) => row(index, 1));
    assert.equal(withinGroups(rows).length, BATCH_OBJECTS);
    assert.equal(withinGroups(rows.slice(0, 7)).length, 7);
  });
});
