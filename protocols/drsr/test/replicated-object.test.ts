import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { crc32, Rc4, wrapHashByRid } from '@ad-protocols/crypto';
import { attributeValue, attributeValues, ChecksumError } from '@ad-protocols/drsr';
import { encodeSid, MalformedError, parseGuid, TruncatedError, type Sid } from '@ad-protocols/wire';
import type { AttributeName } from '../src/attributes.ts';
import type { WireEntry } from '../src/entry-list.ts';
import { decodeGetChangesReply } from '../src/get-changes-reply.ts';
import { PrefixTable } from '../src/prefix-table.ts';
import { attributesByType, openEntries, openEntry, wipeSecrets } from '../src/replicated-object.ts';
import { fixture, unhex } from './fixture.ts';

const sessionKey = new Uint8Array(16).fill(0x5a);
const sid = 'S-1-5-21-1-2-3-1104' as Sid;
const asked: AttributeName[] = [
  'isDeleted',
  'lockoutTime',
  'objectClass',
  'objectSid',
  'sAMAccountName',
  'unicodePwd',
  'userAccountControl',
];
const prefixTable = PrefixTable.of([[1, '5506'], ...PrefixTable.wellKnown().entries]);
const context = { attributes: attributesByType(asked, prefixTable), prefixTable, sessionKeys: [sessionKey] };
const types = new Map([...context.attributes].map(([type, { name }]) => [name, type]));
const metadata = {
  version: 3,
  changedAt: new Date(0),
  originatingDsa: parseGuid('b5fea475-33a1-4880-8312-de1b2d20f197'),
  originatingUsn: 7n,
};

/** A value as a domain controller encrypts it. @see [MS-DRSR] EncryptValuesIfNecessary (4.1.10.5.11) */
function encrypt(value: Uint8Array): Uint8Array {
  const salt = new Uint8Array(16).fill(9);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(value));
  const key = createHash('md5').update(sessionKey).update(salt).digest();
  return Buffer.concat([salt, new Rc4(key).apply(Buffer.concat([checksum, value]))]);
}

function entry(
  attributes: Partial<Record<AttributeName, Uint8Array[]>>,
  name: Partial<WireEntry['name']> = {},
): WireEntry {
  const list = Object.entries(attributes);
  return {
    name: { guid: parseGuid('0d5c0745-4731-4a5d-96ed-c0af6acfec62'), sid, dn: 'CN=Ada,DC=corp', ...name },
    attributes: list.map(([name, values]) => ({ type: types.get(name as AttributeName) ?? 0xffff, values })),
    metadata: list.map(() => metadata),
    flags: 1,
    isNamingContextRoot: false,
  };
}

describe('an object of a reply', () => {
  const hash = unhex('000102030405060708090a0b0c0d0e0f');

  it('has its secrets decrypted and its hash unwrapped with the RID of its SID', () => {
    const object = openEntry(entry({ unicodePwd: [encrypt(wrapHashByRid(hash, 1104))] }), context);
    assert.deepEqual(attributeValue(object, 'unicodePwd'), hash);
    assert.deepEqual(object.attributes.get('unicodePwd')?.metadata, metadata);
  });

  it('gives the values of plain attributes in their own types', () => {
    const object = openEntry(
      entry({
        objectSid: [encodeSid(sid)],
        sAMAccountName: [unhex('c40064006100')],
        userAccountControl: [unhex('02020000')],
        lockoutTime: [unhex('32cbf20000000001')],
      }),
      context,
    );
    assert.equal(attributeValue(object, 'objectSid'), sid);
    assert.equal(attributeValue(object, 'sAMAccountName'), 'Äda');
    assert.equal(attributeValue(object, 'userAccountControl'), 0x202);
    assert.equal(attributeValue(object, 'lockoutTime'), 0x0100_0000_00f2_cb32n);
    assert.equal(attributeValue(object, 'unicodePwd'), undefined);
  });

  it('has its classes as object identifiers, whose numbers only the reply explains', () => {
    // [MS-DRSR] 5.16.3.8: 2.5.6.5 is 05 00 01 00.
    const object = openEntry(entry({ objectClass: [unhex('05000100'), unhex('06000100')] }), context);
    assert.deepEqual(attributeValues(object, 'objectClass'), ['2.5.6.5', '2.5.6.6']);
    assert.equal(attributeValue(object, 'objectClass'), '2.5.6.5');
  });

  it('is refused with a class of no known prefix, or one that is cut short', () => {
    for (const value of ['05004d00', '050001']) {
      assert.throws(
        () => openEntry(entry({ objectClass: [unhex(value)] }), context),
        (error) => error instanceof MalformedError || error instanceof TruncatedError,
      );
    }
  });

  it('is refused with an attribute twice: which value is the newer one is nowhere said', () => {
    const once = entry({ unicodePwd: [encrypt(new Uint8Array(16))] });
    const twice = {
      ...once,
      attributes: [...once.attributes, ...once.attributes],
      metadata: [...once.metadata, ...once.metadata],
    };
    assert.throws(() => openEntry(twice, context), MalformedError);
  });

  it('keeps an attribute that was cleared, without values, and leaves out what was not asked for', () => {
    const object = openEntry(entry({ lockoutTime: [], pwdLastSet: [unhex('00')] }), context);
    assert.deepEqual(object.attributes.get('lockoutTime'), { values: [], metadata });
    assert.deepEqual([...object.attributes.keys()], ['lockoutTime']);
  });

  it('is a tombstone when isDeleted says so, and again none when that was taken back', () => {
    assert.equal(openEntry(entry({ isDeleted: [unhex('01000000')] }), context).isDeleted, true);
    assert.equal(openEntry(entry({ isDeleted: [unhex('00000000')] }), context).isDeleted, false);
    assert.equal(openEntry(entry({ isDeleted: [] }), context).isDeleted, false);
  });

  it('is a tombstone by its name when isDeleted did not change', () => {
    const dn = String.raw`CN=Ada\0ADEL:0d5c0745-4731-4a5d-96ed-c0af6acfec62,CN=Deleted Objects,DC=corp`;
    assert.equal(openEntry(entry({}, { dn }), context).isDeleted, true);
    assert.equal(openEntry(entry({}, { dn: String.raw`CN=Ada,OU=x\0ADEL:y,DC=corp` }), context).isDeleted, false);
  });

  it('is refused as a whole when the checksum of a secret is wrong', () => {
    const damaged = encrypt(new Uint8Array(16));
    damaged[30] = (damaged[30] ?? 0) ^ 1;
    assert.throws(() => openEntry(entry({ unicodePwd: [damaged] }), context), ChecksumError);
    const right = entry({ unicodePwd: [encrypt(wrapHashByRid(hash, 1104))] });
    assert.throws(() => openEntries([right, entry({ unicodePwd: [damaged] })], context), ChecksumError);
  });

  it('can be wiped: secrets become zeros, and nothing else', () => {
    const objects = openEntries(
      [entry({ unicodePwd: [encrypt(wrapHashByRid(hash, 1104))], lockoutTime: [unhex('0100000000000000')] })],
      context,
    );
    wipeSecrets(objects);
    assert.deepEqual(objects[0]?.attributes.get('unicodePwd')?.values, [new Uint8Array(16)]);
    assert.deepEqual(objects[0]?.attributes.get('lockoutTime')?.values, [unhex('0100000000000000')]);
  });

  it('is refused when it has a wrapped hash and no SID, or no GUID', () => {
    const secret = { unicodePwd: [encrypt(new Uint8Array(16))] };
    const { guid, dn } = entry({}).name;
    assert.throws(() => openEntry({ ...entry(secret), name: { dn, ...(guid && { guid }) } }, context), MalformedError);
    assert.throws(() => openEntry({ ...entry({}), name: { dn } }, context), MalformedError);
  });

  it('does not open without the session key of its connection', () => {
    const reply = decodeGetChangesReply(fixture('last-page'));
    const { prefixTable } = reply;
    const its = { attributes: attributesByType(asked, prefixTable), prefixTable, sessionKeys: [sessionKey] };
    assert.throws(() => reply.entries.map((each) => openEntry(each, its)), ChecksumError);
  });
});
