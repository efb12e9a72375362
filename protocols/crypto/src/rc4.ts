/**
 * The RC4 key stream, as NTLM and directory replication still use it. OpenSSL 3 no longer offers it.
 *
 * It keeps its place: two calls with the halves of a message give what one call with the whole would.
 *
 * @see RFC 6229 for test vectors
 */
export class Rc4 {
  #state = new Uint8Array(256);
  #i = 0;
  #j = 0;
  #wiped = false;

  /** @throws {RangeError} for a key that is not 1 to 256 bytes long. */
  constructor(key: Uint8Array) {
    if (key.length < 1 || key.length > 256) throw new RangeError(`an RC4 key has 1 to 256 bytes, got ${key.length}`);
    const state = this.#state;
    for (let index = 0; index < 256; index += 1) state[index] = index;
    let j = 0;
    for (let index = 0; index < 256; index += 1) {
      const value = state[index] ?? 0;
      j = (j + value + (key[index % key.length] ?? 0)) & 0xff;
      state[index] = state[j] ?? 0;
      state[j] = value;
    }
  }

  /**
   * The bytes combined with the next part of the key stream, as a fresh array: encrypts and decrypts alike.
   *
   * @throws {TypeError} after {@link wipe}.
   */
  apply(bytes: Uint8Array): Uint8Array {
    return this.applyInPlace(new Uint8Array(bytes));
  }

  /** Like {@link apply}, but overwrites `bytes` and returns the same array. */
  applyInPlace(bytes: Uint8Array): Uint8Array {
    // A state of zeros would let everything through in clear.
    if (this.#wiped) throw new TypeError('the state of RC4 has been wiped');
    const state = this.#state;
    let i = this.#i;
    let j = this.#j;
    for (let index = 0; index < bytes.length; index += 1) {
      i = (i + 1) & 0xff;
      const left = state[i] ?? 0;
      j = (j + left) & 0xff;
      const right = state[j] ?? 0;
      state[i] = right;
      state[j] = left;
      bytes[index] = (bytes[index] ?? 0) ^ (state[(left + right) & 0xff] ?? 0);
    }
    this.#i = i;
    this.#j = j;
    return bytes;
  }

  /** Overwrites the state, from which the rest of the key stream follows. Afterwards the cipher is unusable. */
  wipe(): void {
    this.#state.fill(0);
    this.#i = 0;
    this.#j = 0;
    this.#wiped = true;
  }
}
