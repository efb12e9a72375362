import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { DirectoryError } from '@causeway/contract';
import { LdapBindError, LdapResultError, type BindRefusal } from '@ad-protocols/ldap';
import { ChecksumError, DrsStatusError } from '@ad-protocols/drsr';
import { CausewayError } from '@causeway/model';
import {
  RpcConnectionError,
  RpcFaultError,
  RpcLogonError,
  RpcSignatureError,
  RpcTimeoutError,
} from '@ad-protocols/rpc';
import { dcFailure } from '../src/dc/dc-errors.ts';
import { deliveryFailure } from '../src/errors.ts';
import { replicationFailure } from '../src/passwords/replication-errors.ts';

const context = { host: 'dc1.corp.contoso.test', account: 'svc-causeway', passwordFile: '/etc/causeway/password' };

const bindError = (reason: BindRefusal) =>
  new LdapBindError({
    code: 'ERR_LDAP_CREDENTIALS',
    message: '',
    nextStep: '',
    resultCode: 49,
    diagnostic: '',
    reason,
  });

suite('a refused service account is told with the reason that AD gives', () => {
  const rows = [
    ['wrong-password', /wrong name or password/, /\/etc\/causeway\/password/],
    ['password-expired', /its password has expired/, /does not expire/],
    ['account-disabled', /it is disabled/, /enable the account svc-causeway/],
    ['account-expired', /it has expired/, /later expiry date/],
    ['password-must-change', /must be changed first/, /does not expire/],
    ['locked-out', /it is locked out/, /unlock svc-causeway/],
    ['sign-in-restricted', /may not sign in/, /restrictions of svc-causeway/],
  ] as const;
  for (const [reason, what, nextStep] of rows) {
    test(reason, () => {
      const failure = dcFailure(bindError(reason), context);
      assert.equal(failure.code, 'ERR_CONNECT_ACCOUNT_REFUSED');
      assert.match(failure.message, what);
      assert.match(failure.message, /dc1\.corp\.contoso\.test refuses the service account svc-causeway/);
      assert.match(failure.nextStep, nextStep);
    });
  }

  test('the same over NTLM, where no reason comes', () => {
    const refused = new RpcLogonError({ code: 'ERR_RPC_LOGON_REFUSED', message: 'refused', nextStep: '' });
    const failure = replicationFailure(refused, context);
    assert.ok(failure instanceof CausewayError);
    assert.equal(failure.code, 'ERR_CONNECT_ACCOUNT_REFUSED');
    assert.match(failure.message, /wrong name or password/);
  });
});

suite('failures of replication', () => {
  const rows: [string, Error, string][] = [
    ['8453', new DrsStatusError('reading changes', 8453), 'ERR_CONNECT_ACCESS_DENIED'],
    ['fault 5', new RpcFaultError('dc1', 3, 5), 'ERR_CONNECT_ACCESS_DENIED'],
    ['another fault', new RpcFaultError('dc1', 3, 0x1c010003), 'ERR_CONNECT_REPLICATION'],
    ['8456', new DrsStatusError('reading changes', 8456), 'ERR_CONNECT_REPLICATION'],
    ['8438', new DrsStatusError('reading changes', 8438), 'ERR_CONNECT_DC_BUSY'],
    ['a wrong checksum', new ChecksumError({ keysTried: 1, lengthBytes: 36 }), 'ERR_CONNECT_DAMAGED_REPLY'],
    ['a wrong signature', new RpcSignatureError('dc1', 'the checksum differs'), 'ERR_CONNECT_DAMAGED_REPLY'],
    ['silence', new RpcTimeoutError({ peer: 'dc1', waitedFor: 'a reply', timeoutMs: 1 }), 'ERR_CONNECT_DC_UNREACHABLE'],
    [
      'a name that does not resolve',
      new RpcConnectionError({ code: 'ERR_RPC_NAME_NOT_FOUND', message: 'dc1', nextStep: '' }),
      'ERR_CONNECT_DC_NAME',
    ],
  ];
  for (const [what, error, code] of rows) {
    test(`${what}: ${code}, with a next step and the cause`, () => {
      const failure = replicationFailure(error, context);
      assert.ok(failure instanceof CausewayError);
      assert.equal(failure.code, code);
      assert.match(failure.message, /dc1\.corp\.contoso\.test/);
      assert.equal(failure.cause, error);
    });
  }

  test('missing rights are named by name and GUID', () => {
    const failure = replicationFailure(new DrsStatusError('reading changes', 8453), context);
    assert.ok(failure instanceof CausewayError);
    assert.match(failure.message, /svc-causeway/);
    assert.match(failure.nextStep, /Replicating Directory Changes All/);
    assert.match(failure.nextStep, /1131f6ad-9c07-11d1-f79f-00c04fc2dcd2/);
  });

  test('missing rights are the same where objects are read', () => {
    const details = {
      code: 'ERR_LDAP_ACCESS_DENIED',
      message: '',
      nextStep: '',
      resultCode: 50,
      diagnostic: '',
    } as const;
    const failure = dcFailure(new LdapResultError(details), context);
    assert.equal(failure.code, 'ERR_CONNECT_ACCESS_DENIED');
    assert.match(failure.message, /dc1\.corp\.contoso\.test does not let .* svc-causeway read what has changed/);
    assert.match(failure.nextStep, /1131f6aa-9c07-11d1-f79f-00c04fc2dcd2/);
  });

  test('what is already an answer for an administrator, and what is a defect, stay as they are', () => {
    const defect = new TypeError('x');
    assert.equal(replicationFailure(defect, context), defect);
    const known = dcFailure(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), context);
    assert.equal(replicationFailure(known, context), known);
  });
});

suite('batches that the directory does not take', () => {
  const batch = { source: 'corp.contoso.test', tenant: 'contoso', pinnedKeyId: 'b56f35dd78f703ed' };

  test('another registered key: both keys are named', () => {
    const details = { registeredKeyId: '0011223344556677' };
    const failure = deliveryFailure(new DirectoryError('key_mismatch', { details }), batch);
    assert.ok(failure instanceof CausewayError);
    assert.equal(failure.code, 'ERR_CONNECT_KEY_MISMATCH');
    assert.match(failure.message, /b56f35dd78f703ed.*0011223344556677/);
    assert.match(failure.nextStep, /tenant\.publicKey/);
  });

  test('another cursor: the source is named', () => {
    const failure = deliveryFailure(new DirectoryError('cursor_conflict', { details: { storedCursor: null } }), batch);
    assert.ok(failure instanceof CausewayError);
    assert.equal(failure.code, 'ERR_CONNECT_CURSOR_CONFLICT');
    assert.match(failure.message, /corp\.contoso\.test/);
  });

  test("everything else is told in the directory's own words", () => {
    const full = new DirectoryError('storage_full');
    assert.equal(deliveryFailure(full, batch), full);
  });
});
