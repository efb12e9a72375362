import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kerberosStringToKey, type KerberosKeySource } from '@ad-protocols/crypto';

type Input = Omit<KerberosKeySource, 'enctype'>;

function check(input: Input, expected: { aes128?: string; aes256?: string }): void {
  for (const [enctype, key] of [
    ['aes128-cts-hmac-sha1-96', expected.aes128],
    ['aes256-cts-hmac-sha1-96', expected.aes256],
  ] as const) {
    if (key === undefined) continue;
    assert.equal(Buffer.from(kerberosStringToKey({ enctype, ...input })).toString('hex'), key, enctype);
  }
}

// Source: RFC 3962 appendix B, all seven.
const raeburn = 'ATHENA.MIT.EDUraeburn';
const rfcVectors: readonly (readonly [input: Input, aes128: string, aes256: string])[] = [
  [
    { password: 'password', salt: raeburn, iterations: 1 },
    '42263c6e89f4fc28b8df68ee09799f15',
    'fe697b52bc0d3ce14432ba036a92e65bbb52280990a2fa27883998d72af30161',
  ],
  [
    { password: 'password', salt: raeburn, iterations: 2 },
    'c651bf29e2300ac27fa469d693bdda13',
    'a2e16d16b36069c135d5e9d2e25f896102685618b95914b467c67622225824ff',
  ],
  [
    { password: 'password', salt: raeburn, iterations: 1200 },
    '4c01cd46d632d01e6dbe230a01ed642a',
    '55a6ac740ad17b4846941051e1e8b0a7548d93b0ab30a8bc3ff16280382b8c2a',
  ],
  [
    { password: 'password', salt: '\u00124VxxV4\u0012', iterations: 5 },
    'e9b23d52273747dd5c35cb55be619d8e',
    '97a4e786be20d81a382d5ebc96d5909cabcdadc87ca48f574504159f16c36e31',
  ],
  [
    { password: 'X'.repeat(64), salt: 'pass phrase equals block size', iterations: 1200 },
    '59d1bb789a828b1aa54ef9c2883f69ed',
    '89adee3608db8bc71f1bfbfe459486b05618b70cbae22092534e56c553ba4b34',
  ],
  [
    { password: 'X'.repeat(65), salt: 'pass phrase exceeds block size', iterations: 1200 },
    'cb8005dc5f90179a7f02104c0018751d',
    'd78c5c9cb872a8c9dad4697f0bb5b2d21496c82beb2caeda2112fceea057401b',
  ],
  [
    { password: '\u{1d11e}', salt: 'EXAMPLE.COMpianist', iterations: 50 },
    'f149c1f2e154a73452d43e7fe62a56e5',
    '4b6d9839f84406df1f09cc166db4b83c571848b784a3d6bdc346589a3e393f9e',
  ],
];

rfcVectors.forEach(([input, aes128, aes256], index) => {
  test(`vector ${index + 1} of RFC 3962 appendix B gives both of its keys`, () => check(input, { aes128, aes256 }));
});

test("a Windows user's keys are derived with the salt of realm and name", () => {
  // Source: DSInternals, KerberosKeyDerivationTester: a domain controller's own keys.
  check(
    { password: 'Pa$$w0rd', salt: 'ADATUM.COMApril', iterations: 4096 },
    {
      aes128: 'a72c8bc96c4a6f03244f0b0067a1e440',
      aes256: '3a3b6a89bb82d112db5ef68f6db5d1afc2b806df61dcd85e3eacf3b85ee382d8',
    },
  );
});

test('a machine password of the code unit FFFF goes through UTF-8', () => {
  // Source: [MS-KILE] 4.4, AES 128 Key Creation.
  check(
    { password: '\uffff'.repeat(120), salt: 'DOMAIN.COMhostclient.domain.com', iterations: 1000 },
    { aes128: 'b82ee122531c2d94821ac755bccb5879' },
  );
});

test('a service password with lone surrogates goes through UTF-8 as Windows converts it', () => {
  // Source: DSInternals, KerberosKeyDerivationTester, AES256 of a service account; the password as UTF-16 bytes.
  const password = Buffer.from(
    'f81377aacff9cafe039d91a8f758de148200332b062dc1ac59d8cfcb4f14d9fe0def16e33e4b1a7d90645407860797097ac424570c0664f5' +
      '0d3f3433cea5c3e8594eada2797ef1e27cda6d92fe72d3425206e3ca173f01ac04325d0eaab2eac06b3ff7b4668f3a62a1696e27c1c32e7f' +
      '06e09adb7784290a2704dc02416bb46c19e91bc4b5a842ce0879459439f685b20225134ed4562cb5bcd944d0acb07986308466385a455e65' +
      'fd0ee325cae97709a33bc0f413b66ef40bbc59ce7a2a20f500cc1f80a13849b86efbfd59f037277c017ac4bfda3596a75cf06d84a5e118a9' +
      '48653f1aef02dec76501d26ea3cc3b63bb587824a727d02373ea8a5a9e7a71f5',
    'hex',
  ).toString('utf16le');
  check(
    { password, salt: 'CONTOSO.COMhostsvc_adfs.contoso.com', iterations: 4096 },
    { aes256: '5dcc418cd0a30453b267e6e5b158be4b4d80d23fd72a6ae4d5bd07f023517117' },
  );
});
