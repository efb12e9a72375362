import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MalformedError, Reader, TruncatedError } from '@ad-protocols/wire';
import {
  elementSize,
  encodeBer,
  integer,
  octets,
  readElement,
  readElements,
  readNumber,
  sequence,
} from '@ad-protocols/asn1';

test('numbers have as few bytes as they need, and a zero in front where the first bit is set', () => {
  // ITU-T X.690 section 8.3
  const expected: [number, number[]][] = [
    [0, [2, 1, 0]],
    [127, [2, 1, 0x7f]],
    [128, [2, 2, 0, 0x80]],
    [256, [2, 2, 1, 0]],
    [0x7fff_ffff, [2, 4, 0x7f, 0xff, 0xff, 0xff]],
  ];
  for (const [value, bytes] of expected) {
    assert.deepEqual([...encodeBer(integer(value))], bytes);
    assert.equal(readNumber(readElement(new Reader(Uint8Array.from(bytes), 'number')).content), value);
  }
});

test('lengths have the short form up to 127 and the long form above', () => {
  for (const [length, header] of [
    [0, [4, 0]],
    [127, [4, 0x7f]],
    [128, [4, 0x81, 0x80]],
    [255, [4, 0x81, 0xff]],
    [256, [4, 0x82, 1, 0]],
    [65_536, [4, 0x83, 1, 0, 0]],
  ] as const) {
    const bytes = encodeBer(octets(new Uint8Array(length).fill(7)));
    assert.deepEqual([...bytes.subarray(0, header.length)], header);
    assert.equal(bytes.length, header.length + length);
    assert.equal(elementSize(bytes), bytes.length);
    assert.equal(readElement(new Reader(bytes, 'octets')).content.length, length);
  }
});

test('elements nest and come back in their order', () => {
  const bytes = encodeBer(sequence([octets('a'), sequence([integer(5)]), octets(Uint8Array.of(1, 2))]));
  const [outer] = readElements(bytes, 'sequence');
  assert.ok(outer);
  assert.deepEqual(
    readElements(outer.content, 'sequence').map(({ tag, content }) => [tag, ...content]),
    [
      [4, 0x61],
      [0x30, 2, 1, 5],
      [4, 1, 2],
    ],
  );
});

test('an element cut short at any place is named as such, and its size is not known before its header is there', () => {
  const bytes = encodeBer(octets(new Uint8Array(300)));
  for (let end = 0; end < bytes.length; end += 1) {
    assert.throws(() => readElement(new Reader(bytes.subarray(0, end), 'octets')), TruncatedError);
    assert.equal(elementSize(bytes.subarray(0, end)), end < 4 ? undefined : bytes.length);
  }
});

test('an indefinite length and a length of more than four bytes are refused', () => {
  for (const bytes of [Uint8Array.of(4, 0x80, 0, 0), Uint8Array.of(4, 0x85, 0, 0, 0, 0, 1, 7)]) {
    assert.throws(() => readElement(new Reader(bytes, 'octets')), MalformedError);
    assert.throws(() => elementSize(bytes), MalformedError);
  }
});

test('a number that JavaScript cannot hold exactly is refused', () => {
  assert.equal(readNumber(Uint8Array.of(0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)), Number.MAX_SAFE_INTEGER);
  for (const content of [Uint8Array.of(0x20, 0, 0, 0, 0, 0, 0), new Uint8Array(400).fill(0xff)])
    assert.throws(() => readNumber(content), { code: 'ERR_WIRE_MALFORMED' });
});
