import assert from 'node:assert/strict';

/** Every shorter input must give ERR_WIRE_TRUNCATED (or one of the other codes), never a result or another error. */
export function assertEveryTruncationRefused(
  bytes: Uint8Array,
  decode: (cut: Uint8Array) => unknown,
  codes: readonly string[] = ['ERR_WIRE_TRUNCATED'],
): void {
  decode(bytes);
  for (let length = 0; length < bytes.length; length += 1) {
    // A copy, so that nothing beyond the end is within reach.
    const cut = bytes.slice(0, length);
    assert.throws(
      () => decode(cut),
      (error: unknown) => error instanceof Error && 'code' in error && codes.includes(String(error.code)),
      `cut after ${length} bytes`,
    );
  }
}
