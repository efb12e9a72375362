import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertEveryTruncationRefused, hex } from '@ad-protocols/testing';
import { parseGuid } from '@ad-protocols/wire';
import {
  attributeNames,
  attributeValue,
  attributeValues,
  decodeDsName,
  drsAttributes,
  type AttributeDefinition,
  type ReplicatedObject,
} from '@ad-protocols/drsr';
import { attributeDefinition } from '../src/attributes.ts';
import { pageQuery } from '../src/change-query.ts';
import { isSecretAttribute } from '../src/secrets.ts';
import { startOfReplication } from '../src/usn-vector.ts';

const guid = parseGuid('0d5c0745-4731-4a5d-96ed-c0af6acfec62');
const mail: AttributeDefinition = { name: 'mail', oid: '0.9.2342.19200300.100.1.3', syntax: 'text' };
const description: AttributeDefinition = { name: 'description', oid: '2.5.4.13', syntax: 'text' };

function objectWith(name: string, values: Uint8Array[]): ReplicatedObject {
  const metadata = { version: 1, changedAt: new Date(0), originatingDsa: guid, originatingUsn: 1n };
  return { guid, dn: 'CN=x', isDeleted: false, attributes: new Map([[name, { values, metadata }]]) };
}

describe('the attributes that are known', () => {
  it('have an identifier each', () => {
    const oids = attributeNames.map((name) => drsAttributes[name].oid);
    assert.equal(new Set(oids).size, oids.length);
  });

  it('include all that a domain controller encrypts', () => {
    assert.deepEqual(attributeNames.filter(isSecretAttribute), [
      'currentValue',
      'dBCSPwd',
      'initialAuthIncoming',
      'initialAuthOutgoing',
      'lmPwdHistory',
      'ntPwdHistory',
      'priorValue',
      'supplementalCredentials',
      'trustAuthIncoming',
      'trustAuthOutgoing',
      'unicodePwd',
    ]);
  });
});

describe('an attribute that a caller defines', () => {
  it('can be asked for, and the request names its prefix', () => {
    const position = {
      sourceInvocationId: guid,
      usnVector: startOfReplication,
      upToDateVector: [],
      atStart: true,
    };
    const page = { maxObjects: 10, maxBytes: 1000 };
    const query = pageQuery({ guid }, [mail, description, 'unicodePwd'], position, page);
    assert.deepEqual(query.attributeTypes, [0x0100_0003, 0x0000_000d, 0x0009_005a]);
    assert.deepEqual(
      query.prefixTable.entries.map(([index, prefix]) => [index, prefix.slice(0, 18)]),
      [
        [0, '5504'],
        [2, '2a864886f7140102'],
        [9, '2a864886f7140104'],
        [0x100, '0992268993f22c6401'],
        [0, 'ff0000000000000000'],
      ],
    );
  });

  it('has values of the syntax it was given', () => {
    const object = objectWith('mail', [Buffer.from('a@x', 'utf16le'), Buffer.from('b@x', 'utf16le')]);
    assert.deepEqual(attributeValues(object, mail), ['a@x', 'b@x']);
    assert.equal(attributeValue(object, mail), 'a@x');
    assert.deepEqual(attributeValues(object, 'servicePrincipalName'), []);
  });

  const refused: [why: string, definition: AttributeDefinition][] = [
    ['an identifier of a secret by another name', { ...drsAttributes.unicodePwd, name: 'harmless' }],
    ['a name of another attribute', { ...mail, name: 'unicodePwd' }],
    ['a name that no cursor can hold', { ...mail, name: 'mail;usn=1' }],
  ];
  for (const [why, definition] of refused) {
    it(`is refused with ${why}`, () => assert.throws(() => attributeDefinition(definition), TypeError));
  }
});

describe('the name of an object as a value', () => {
  const bytes = hex(`3e000000 00000000 45075c0d31475d4a96edc0af6acfec62 ${'00'.repeat(28)} 03000000 43004e003d00 0000`);

  it('is read', () => assert.deepEqual(decodeDsName(bytes), { guid, dn: 'CN=' }));

  it('is refused when it is cut short', () =>
    assertEveryTruncationRefused(bytes.subarray(0, -2), (cut) => decodeDsName(cut)));

  it('is refused with a SID that is longer than its field', () => {
    const broken = Uint8Array.from(bytes);
    broken[4] = 29;
    assert.throws(() => decodeDsName(broken), { code: 'ERR_WIRE_MALFORMED' });
  });
});
