/** The part of des.js, which comes without types, that the tests use as an independent implementation. */
declare module 'des.js' {
  export const DES: {
    create(options: { type: 'encrypt' | 'decrypt'; key: readonly number[] }): {
      update(bytes: readonly number[]): number[];
    };
  };
}
