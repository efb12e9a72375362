import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from '@ad-protocols/crypto';
import * as fc from 'fast-check';
import { createCRC32 } from 'hash-wasm';

test("CRC-32 of the digits 1 to 9 is the algorithm's check value", () => {
  // Source: the catalogue of parametrised CRC algorithms, CRC-32/ISO-HDLC, "check".
  assert.equal(crc32(Buffer.from('123456789')), 0xcbf43926);
});

test('CRC-32 agrees with an independent implementation on any bytes, and is never negative', async () => {
  const oracle = await createCRC32();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
      assert.equal(crc32(bytes), Number.parseInt(oracle.init().update(bytes).digest('hex'), 16));
    }),
  );
});
