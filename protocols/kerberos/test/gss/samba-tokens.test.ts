import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { hex } from '@ad-protocols/testing';
import { KerberosContext } from '../../src/gss/kerberos-context.ts';

interface Vector {
  readonly what: string;
  readonly form: 'open' | 'verify' | 'unwrap';
  readonly enctype: number;
  readonly key: string;
  readonly sequence: number;
  readonly message: string;
  readonly sealed: { readonly start: number; readonly end: number };
  readonly signature: string;
  readonly token: string;
  readonly clear: string;
}

/**
 * Source: what a Samba 4.17 domain controller of the lab sent: answers of its endpoint mapper, sealed and signed with headers,
 * and SASL messages of its LDAP server, the first of them only signed. With the key of each context, which is long gone.
 */
const path = new URL('samba-tokens.vectors.json', import.meta.url);
const vectors = JSON.parse(readFileSync(path, 'utf8')) as readonly Vector[];

function initiator({ enctype, key, sequence }: Vector): KerberosContext {
  return new KerberosContext({
    role: 'initiator',
    key: { enctype, value: hex(key) },
    acceptorSubkey: true,
    sendSequence: 0,
    receiveSequence: sequence,
  });
}

for (const vector of vectors) {
  test(`type ${vector.enctype}: ${vector.what} takes what Samba sends, once`, () => {
    const context = initiator(vector);
    if (vector.form === 'unwrap') {
      assert.deepEqual(new Uint8Array(context.unwrap(hex(vector.token))), hex(vector.clear));
      assert.throws(() => context.unwrap(hex(vector.token)), { code: 'ERR_GSS_SIGNATURE' });
      return;
    }
    const message = hex(vector.message);
    if (vector.form === 'verify') {
      assert.equal(context.verify(message, hex(vector.signature)), true);
      assert.equal(context.verify(message, hex(vector.signature)), false);
      return;
    }
    assert.equal(context.open(message, vector.sealed, hex(vector.signature)), true);
    assert.deepEqual(message, hex(vector.clear));
    assert.equal(context.open(hex(vector.message), vector.sealed, hex(vector.signature)), false);
  });
}
