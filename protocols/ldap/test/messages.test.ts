import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { assertEveryTruncationRefused, hex } from '@ad-protocols/testing';
import { bytesOf, integerOf, textOf } from '../src/entry.ts';
import {
  encodeAbandon,
  encodeExtendedRequest,
  encodeSaslBind,
  encodeSearchRequest,
  encodeSimpleBind,
  encodeUnbind,
} from '../src/requests.ts';
import { decodeResponse } from '../src/responses.ts';
import {
  encodeAddRequest,
  encodeDeleteRequest,
  encodeModifyDnRequest,
  encodeModifyRequest,
} from '../src/write-requests.ts';

const codes = ['ERR_WIRE_TRUNCATED', 'ERR_WIRE_MALFORMED'];
const isWireError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

suite('requests', () => {
  // The bytes follow from the ASN.1 of RFC 4511 Appendix B by X.690.
  const rows = [
    ['a simple bind', encodeSimpleBind(1, 'cn', hex('7077')), '3010 020101 600b 020103 0402636e 80027077'],
    [
      'a leg of a SASL bind',
      encodeSaslBind(2, 'GSSAPI', hex('6001')),
      '3018 020102 6013 020103 0400 a30c 0406475353415049 04026001',
    ],
    [
      'a SASL bind without credentials',
      encodeSaslBind(2, 'GSSAPI', undefined),
      '3014 020102 600f 020103 0400 a308 0406475353415049',
    ],
    ['an extended request', encodeExtendedRequest(3, '1.3'), '300a 020103 7705 8003312e33'],
    ['giving up a request', encodeAbandon(5, 300), '3007 020105 5002012c'],
    ['ending a connection', encodeUnbind(6), '3005 020106 4200'],
    [
      'an addition with a control',
      encodeAddRequest(3, { dn: 'cn=a', attributes: [{ name: 'sn', values: [hex('62'), hex('00ff')] }] }, [
        { oid: '1.2', critical: true },
      ]),
      '3028 020103 6817 0404636e3d61 300f300d 0402736e 3107 040162 040200ff a00a3008 0403312e32 0101ff',
    ],
    [
      'a modification of each kind',
      encodeModifyRequest(3, {
        dn: 'a',
        changes: [
          { change: 'add', name: 'b', values: [hex('63')] },
          { change: 'delete', name: 'd', values: [] },
          { change: 'replace', name: 'e', values: [hex('66')] },
        ],
      }),
      `3034 020103 662f 040161 302a
        300d 0a0100 3008 040162 3103 040163
        300a 0a0101 3005 040164 3100
        300d 0a0102 3008 040165 3103 040166`,
    ],
    ['a deletion', encodeDeleteRequest(3, 'cn=a'), '3009 020103 4a04 636e3d61'],
    [
      'a new name, the old one deleted',
      encodeModifyDnRequest(3, { dn: 'cn=a', newRdn: 'cn=b' }),
      '3014 020103 6c0f 0404636e3d61 0404636e3d62 0101ff',
    ],
    [
      'a new place, the old name kept',
      encodeModifyDnRequest(3, { dn: 'cn=a', newRdn: 'cn=b', keepsOldRdn: true, newSuperior: 'o' }),
      '3017 020103 6c12 0404636e3d61 0404636e3d62 010100 80016f',
    ],
    [
      'a search with a control',
      encodeSearchRequest(4, { base: '', scope: 'sub', filter: '(cn=*)', attributes: ['dn'] }, [
        { oid: '1.2', critical: true, value: hex('30') },
      ]),
      '302f 020104 631b 0400 0a0102 0a0100 020100 020100 010100 8702636e 3004 0402646e a00d300b 0403312e32 0101ff 040130',
    ],
  ] as const;
  for (const [name, bytes, digits] of rows) test(name, () => assert.deepEqual(bytes, hex(digits)));

  test('a filter that breaks its syntax is named', () => {
    const search = { base: '', scope: 'sub', filter: '(cn=', attributes: [] } as const;
    assert.throws(() => encodeSearchRequest(1, search, []), { code: 'ERR_LDAP_FILTER' });
  });
});

const entry = hex(`3030 020107 642b 0404636e3d61 3023
  300d 04026f42 3107 0402ff00 040161
  3009 0401 6e 3104 04022d37
  3007 0403 6e6f6e 3100`);

suite('answers', () => {
  test('an entry has its values as bytes, by names in lower case', () => {
    const response = decodeResponse(entry);
    assert.ok(response.kind === 'entry');
    assert.equal(response.id, 7);
    assert.equal(response.entry.dn, 'cn=a');
    assert.deepEqual(response.entry.attributes.get('ob'), [hex('ff00'), hex('61')]);
    assert.deepEqual(bytesOf(response.entry, 'OB'), hex('ff00'));
    assert.equal(integerOf(response.entry, 'N'), -7);
    assert.equal(textOf(response.entry, 'non'), undefined);
    assert.equal(textOf(response.entry, 'absent'), undefined);
  });

  test('the end of a search comes with its controls', () => {
    const bytes = hex('301d 020109 6507 0a0120 0400 0400 a00f300d 0403312e32 0101ff 0403c0ffee');
    assert.deepEqual(decodeResponse(bytes), {
      id: 9,
      kind: 'search',
      result: { code: 32, diagnostic: '' },
      controls: [{ oid: '1.2', critical: true, value: hex('c0ffee') }],
    });
  });

  test("the end of a leg comes with the server's token", () => {
    assert.deepEqual(decodeResponse(hex('3010 020101 610b 0a010e 0400 0400 8702aabb')), {
      id: 1,
      kind: 'bind',
      result: { code: 14, diagnostic: '' },
      credentials: hex('aabb'),
      controls: [],
    });
  });

  test('the end of a write has its result, whatever kind of write', () => {
    for (const tag of ['67', '69', '6b', '6d']) {
      assert.deepEqual(decodeResponse(hex(`300e 020102 ${tag}09 0a0135 0400 04026e6f`)), {
        id: 2,
        kind: 'write',
        result: { code: 53, diagnostic: 'no' },
        controls: [],
      });
    }
  });

  test('what is not known has its tag', () => {
    assert.deepEqual(decodeResponse(hex('3005 020101 7900')), { id: 1, kind: 'other', tag: 0x79, controls: [] });
  });

  test('every truncation is refused', () => {
    for (const digits of ['301d 020109 6507 0a0120 0400 0400 a00f300d 0403312e32 0101ff 0403c0ffee']) {
      assertEveryTruncationRefused(hex(digits), decodeResponse, codes);
    }
    assertEveryTruncationRefused(entry, decodeResponse, codes);
  });

  const refused = [
    ['something after the message', '3005 020101 7900 00'],
    ['a message id below zero', '3005 0201ff 7900'],
    ['a message id of five bytes', '3009 02050100000000 7900'],
    ['a message id without content', '3004 0200 7900'],
    ['a result code that is text', '300c 020101 6507 040100 0400 0400'],
    ['values that are no set', '3015 020101 6410 0400 300c 300a 04016e 3005 0403616263'],
    ['a length of five bytes', '3085 0000000005 020101 7900'],
  ] as const;
  for (const [name, digits] of refused) {
    test(`refused: ${name}`, () => {
      assert.throws(() => decodeResponse(hex(digits)), isWireError);
    });
  }

  test('no bytes whatever give another error', () => {
    const torn = fc.tuple(fc.nat(entry.length - 1), fc.integer({ min: 0, max: 255 })).map(([at, value]) => {
      const bytes = entry.slice();
      bytes[at] = value;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), torn), (bytes) => {
        try {
          decodeResponse(bytes);
        } catch (error) {
          assert.ok(isWireError(error), String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
