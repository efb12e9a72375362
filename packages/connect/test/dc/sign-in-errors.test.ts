import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SecurityError } from '@ad-protocols/gss';
import { KerberosError, type KerberosErrorCode } from '@ad-protocols/kerberos';
import { dcFailure } from '../../src/dc/dc-errors.ts';
import { replicationFailure } from '../../src/passwords/replication-errors.ts';

const context = { host: 'dc1.corp.contoso.test', account: 'svc-causeway', passwordFile: '/etc/causeway/password' };
const kerberos = (code: KerberosErrorCode): KerberosError =>
  new KerberosError({ code, message: 'it was refused', nextStep: 'do this' });

const table: [error: Error, code: string, disposition: string, nextStep: RegExp][] = [
  [kerberos('ERR_KRB5_PREAUTH_FAILED'), 'ERR_CONNECT_ACCOUNT_REFUSED', 'halt', /passwordFile/],
  [kerberos('ERR_KRB5_CLIENT_REVOKED'), 'ERR_CONNECT_ACCOUNT_REFUSED', 'halt', /do this/],
  [kerberos('ERR_KRB5_KDC_UNREACHABLE'), 'ERR_CONNECT_DC_UNREACHABLE', 'retry', /do this/],
  [kerberos('ERR_KRB5_ETYPE_NOT_SUPPORTED'), 'ERR_CONNECT_SIGN_IN', 'retry', /allowRc4/],
  [kerberos('ERR_KRB5_SKEW'), 'ERR_CONNECT_SIGN_IN', 'retry', /do this/],
  [
    new SecurityError({ code: 'ERR_GSS_NO_COMMON_MECHANISM', message: 'none', nextStep: '' }),
    'ERR_CONNECT_SIGN_IN',
    'retry',
    /connectors\.account\.signIn/,
  ],
];

for (const [error, code, disposition, nextStep] of table) {
  test(`${'code' in error ? String(error.code) : ''} is ${code}, whichever protocol it was for`, () => {
    for (const failure of [dcFailure(error, context), replicationFailure(error, context)]) {
      assert.ok(failure instanceof Error && 'code' in failure && 'nextStep' in failure && 'disposition' in failure);
      assert.equal(failure.code, code);
      assert.equal(failure.disposition, disposition);
      assert.match(String(failure.nextStep), nextStep);
      assert.match(failure.message, /dc1\.corp\.contoso\.test/);
    }
  });
}
