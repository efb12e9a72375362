import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hmacMd5 } from '@ad-protocols/crypto';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('HMAC-MD5 has the values of RFC 2202 §2, whatever parts the data comes in', () => {
  const text = new TextEncoder();
  const [first, second] = [text.encode('what do ya want '), text.encode('for nothing?')];
  assert.equal(hex(hmacMd5(text.encode('Jefe'), first, second)), '750c783e6ab0b503eaa86e310a5db738');
  assert.equal(
    hex(hmacMd5(new Uint8Array(16).fill(0x0b), text.encode('Hi There'))),
    '9294727a3638bb1c13f48ef8158bfc9d',
  );
});
