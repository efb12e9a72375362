import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeKeytab, encodeKeytab, type KeytabEntry } from '@ad-protocols/kerberos';
import { assertEveryTruncationRefused, hex } from '@ad-protocols/testing';
import { findKey } from '../../src/keytab/keytab.ts';

const entry = (kvno: number, enctype: number, ...components: string[]): KeytabEntry => ({
  realm: 'EXAMPLE.COM',
  principal: { type: 1, components },
  timestamp: 1_700_000_000_000,
  kvno,
  key: { enctype, value: new Uint8Array(16).fill(kvno & 0xff) },
});

// "Keytab file format" of MIT's documentation, by hand: 1 component, realm R, name a, type 1, time 1, kvno 2, enctype 17.
const body = '0001 0001 52 0001 61 00000001 00000001 02 0011 0002 abcd';

describe('a keytab', () => {
  it('has the layout of its specification', () => {
    const [first, ...others] = decodeKeytab(hex(`0502 00000017 ${body}`));
    assert.deepEqual(others, []);
    assert.deepEqual(first, {
      realm: 'R',
      principal: { type: 1, components: ['a'] },
      timestamp: 1000,
      kvno: 2,
      key: { enctype: 17, value: hex('abcd') },
    });
  });

  it('may have holes, zeros at its end, and versions above 255', () => {
    const bytes = hex(`0502 fffffffc 00000000 0000001b ${body} 00000102 0000001b ${body} 00000000 00000000 ffff`);
    assert.deepEqual(
      decodeKeytab(bytes).map(({ kvno }) => kvno),
      [258, 2],
    );
  });

  it('comes back as it was written', () => {
    const entries = [entry(1, 17, 'alice'), entry(300, 18, 'http', 'www.example.com'), entry(2, 23, 'Jörg')];
    assert.deepEqual(decodeKeytab(encodeKeytab(entries)), entries);
  });

  it('is refused when it is cut short, or of another version', () => {
    const bytes = encodeKeytab([entry(1, 17, 'alice')]);
    // What ends after the version, before any entry, is an empty keytab.
    for (let end = 0; end < bytes.length; end += 1)
      if (end !== 2)
        assert.throws(() => decodeKeytab(bytes.slice(0, end)), { code: 'ERR_WIRE_TRUNCATED' }, String(end));
    assertEveryTruncationRefused(hex('0502'), decodeKeytab);
    assert.throws(() => decodeKeytab(hex('0501 00000000')), { code: 'ERR_KRB5_KEYTAB' });
    assert.throws(() => decodeKeytab(hex('0502 7fffffff 00')), { code: 'ERR_WIRE_TRUNCATED' });
    assert.throws(() => decodeKeytab(hex('0502 80000000 00')), { code: 'ERR_WIRE_TRUNCATED' });
    assert.throws(() => decodeKeytab(hex('0502 00000004 ffffffff')), { code: 'ERR_WIRE_TRUNCATED' });
  });

  it('gives the newest key of an account, whatever the case of its name', () => {
    const entries = [entry(2, 17, 'Alice'), entry(3, 17, 'Alice'), entry(1, 17, 'Alice'), entry(9, 17, 'bob')];
    const alice = { principal: { type: 1, components: ['alice'] }, realm: 'example.com' };
    assert.equal(findKey(entries, alice, 17), entries[1]?.key);
    assert.equal(findKey(entries, alice, 18), undefined);
    assert.equal(findKey(entries, { ...alice, realm: 'OTHER.COM' }, 17), undefined);
  });
});
