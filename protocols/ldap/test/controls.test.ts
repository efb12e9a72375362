import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { assertEveryTruncationRefused, hex } from '@ad-protocols/testing';
import {
  controlValue,
  decodeDirSync,
  decodePagedResults,
  dirSyncControl,
  pagedResultsControl,
  securityDescriptorFlagsControl,
} from '../src/controls.ts';

/** What decoders of values may throw. */
const codes = ['ERR_WIRE_TRUNCATED', 'ERR_WIRE_MALFORMED'];

suite('the values of controls', () => {
  // The bytes follow from the ASN.1 of RFC 2696 and [MS-ADTS] 3.1.1.3.4.1 by X.690.
  const rows = [
    ['a first page', pagedResultsControl(500), '3006 020201f4 0400'],
    ['a further page', pagedResultsControl(1, hex('c0ffee')), '3008 020101 0403c0ffee'],
    ['DirSync from the beginning', dirSyncControl({ flags: {}, maxBytes: 0x10_0000 }), '300a 020100 0203100000 0400'],
    [
      'DirSync with all flags; the highest one makes the number negative',
      dirSyncControl({
        flags: { objectSecurity: true, ancestorsFirst: true, publicDataOnly: true, incrementalValues: true },
        maxBytes: 0x10_0000,
        cookie: hex('4d535344'),
      }),
      '3011 020480002801 0203100000 04044d535344',
    ],
    [
      'DirSync with changed values only',
      dirSyncControl({ flags: { incrementalValues: true }, maxBytes: 1, cookie: hex('00') }),
      '300c 020480000000 020101 040100',
    ],
    ['owner and DACL', securityDescriptorFlagsControl({ owner: true, dacl: true }), '3003 020105'],
    ['group and SACL', securityDescriptorFlagsControl({ group: true, sacl: true }), '3003 02010a'],
  ] as const;
  for (const [name, control, digits] of rows) {
    test(name, () => {
      assert.deepEqual(control.value, hex(digits));
      assert.equal(control.critical, true);
    });
  }

  test('the cookie of a page is given; an empty one ends the search', () => {
    assert.deepEqual(decodePagedResults(hex('3008 020100 0403c0ffee')), hex('c0ffee'));
    assert.equal(decodePagedResults(hex('3005 020100 0400')), undefined);
  });

  test('an answer to DirSync tells whether more follows, in whatever number the server says so', () => {
    assert.deepEqual(decodeDirSync(hex('3009 020100 020100 0401aa')), { more: false, cookie: hex('aa') });
    assert.deepEqual(decodeDirSync(hex('3009 020101 020100 0401aa')), { more: true, cookie: hex('aa') });
    assert.deepEqual(decodeDirSync(hex('300c 0204ffffffff 020100 0401aa')), { more: true, cookie: hex('aa') });
  });

  test('a cookie is a copy: the message it came in may be used again', () => {
    const value = hex('3009 020101 020100 0401aa');
    const { cookie } = decodeDirSync(value);
    value.fill(0);
    assert.deepEqual(cookie, hex('aa'));
  });

  test('every truncation is refused', () => {
    assertEveryTruncationRefused(hex('3008 020100 0403c0ffee'), decodePagedResults, codes);
    assertEveryTruncationRefused(hex('3009 020101 020100 0401aa'), decodeDirSync, codes);
  });

  const refused = [
    ['an empty cookie of DirSync, with which all would be read again', decodeDirSync, '3008 020100 020100 0400'],
    ['a cookie that is a number', decodeDirSync, '3009 020101 020100 0201aa'],
    ['a number without content', decodeDirSync, '3008 0200 020100 0401aa'],
    ['something after the value', decodeDirSync, '3009 020101 020100 0401aa 00'],
    ['a set in place of the sequence', decodeDirSync, '3109 020101 020100 0401aa'],
    ['an indefinite length', decodeDirSync, '3080 020101 020100 0401aa 0000'],
    ['a negative size of a page', decodePagedResults, '3005 0201ff 0400'],
    ['a size of more than four bytes', decodePagedResults, '3009 02050100000000 0400'],
  ] as const;
  for (const [name, decode, digits] of refused) {
    test(`refused: ${name}`, () => {
      assert.throws(
        () => decode(hex(digits)),
        (error) => error instanceof Error && 'code' in error && codes.includes(String(error.code)),
      );
    });
  }

  test('an answer without the control is refused', () => {
    assert.throws(() => controlValue([{ oid: '1.2', critical: false }], '1.2'), { code: 'ERR_WIRE_MALFORMED' });
  });
});
