import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { suite } from '../src/suite.ts';

interface Vector {
  readonly source: string;
  readonly suite: CipherSuite;
  readonly skEm: string;
  readonly skRm: string;
  readonly pkRm: string;
  readonly enc: string;
  readonly encryptions: readonly (readonly [aad: string, ciphertext: string])[];
  readonly exports: readonly (readonly [context: string, value: string])[];
}

const info = '4f6465206f6e2061204772656369616e2055726e';
const plaintext = '4265617574792069732074727574682c20747275746820626561757479';

const vectors: readonly Vector[] = [
  {
    source: 'RFC 9180 A.1.1: X25519, HKDF-SHA256, AES-128-GCM',
    suite: new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() }),
    skEm: '52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736',
    skRm: '4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8',
    pkRm: '3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d',
    enc: '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431',
    encryptions: [
      ['436f756e742d30', 'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a'],
      ['436f756e742d31', 'af2d7e9ac9ae7e270f46ba1f975be53c09f8d875bdc8535458c2494e8a6eab251c03d0c22a56b8ca42c2063b84'],
      ['436f756e742d32', '498dfcabd92e8acedc281e85af1cb4e3e31c7dc394a1ca20e173cb72516491588d96a19ad4a683518973dcc180'],
    ],
    exports: [
      ['', '3853fe2b4035195a573ffc53856e77058e15d9ea064de3e59f4961d0095250ee'],
      ['00', '2e8f0b54673c7029649d4eb9d5e33bf1872cf76d623ff164ac185da9e88c21a5'],
      ['54657374436f6e74657874', 'e9e43065102c3836401bed8c3c3c75ae46be1639869391d62c61f1ec7af54931'],
    ],
  },
  {
    source: "RFC 9180's test-vectors.json, mode 0, KEM 32, KDF 1, AEAD 2: the suite that seals credentials",
    suite,
    skEm: '179d4b53b6365c45b600c4163b61d95cbc2f4d9e36f1695558dce265ab8bab11',
    skRm: '497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d',
    pkRm: '430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c',
    enc: '6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256',
    encryptions: [
      ['436f756e742d30', 'e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a'],
    ],
    exports: [
      ['', 'ded6cffafaea6b812cbf3e241e88332adbc077aca81512914213810ee291770a'],
      ['00', '04d3cb6cc116b28ffd22ad5bc276c60d31fec71ceb87ae24db811c64b7507339'],
      ['54657374436f6e74657874', '7c5ded445732c14fe09727d29b4251c0fd38455fe8440571e687f0886aac94d2'],
    ],
  },
];

const bytesFrom = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(hex, 'hex'));
const toHex = (bytes: ArrayBuffer): string => Buffer.from(bytes).toString('hex');

for (const { source, suite, skEm, skRm, pkRm, enc, encryptions, exports } of vectors) {
  test(`the sender's side gives the published bytes: ${source}`, async () => {
    const context = await suite.createSenderContext({
      recipientPublicKey: await suite.kem.deserializePublicKey(bytesFrom(pkRm)),
      info: bytesFrom(info),
      ekm: {
        privateKey: await suite.kem.deserializePrivateKey(bytesFrom(skEm)),
        publicKey: await suite.kem.deserializePublicKey(bytesFrom(enc)),
      },
    });
    assert.equal(toHex(context.enc), enc);
    for (const [aad, ciphertext] of encryptions) {
      assert.equal(toHex(await context.seal(bytesFrom(plaintext), bytesFrom(aad))), ciphertext);
    }
    for (const [exporterContext, value] of exports) {
      assert.equal(toHex(await context.export(bytesFrom(exporterContext), 32)), value);
    }
  });

  test(`the recipient's side gives the published bytes: ${source}`, async () => {
    const context = await suite.createRecipientContext({
      recipientKey: {
        privateKey: await suite.kem.deserializePrivateKey(bytesFrom(skRm)),
        publicKey: await suite.kem.deserializePublicKey(bytesFrom(pkRm)),
      },
      enc: bytesFrom(enc),
      info: bytesFrom(info),
    });
    for (const [aad, ciphertext] of encryptions) {
      assert.equal(toHex(await context.open(bytesFrom(ciphertext), bytesFrom(aad))), plaintext);
    }
    for (const [exporterContext, value] of exports) {
      assert.equal(toHex(await context.export(bytesFrom(exporterContext), 32)), value);
    }
  });
}
