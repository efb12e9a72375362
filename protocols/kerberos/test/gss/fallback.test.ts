import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayFallBackByDefault } from '@ad-protocols/gss';
import { KerberosError, type KerberosErrorCode } from '@ad-protocols/kerberos';

/** Every code of this package: whether another mechanism may be tried then. The names in gss are text alone. */
const mayFallBack: Record<KerberosErrorCode, boolean> = {
  ERR_KRB5_KDC_UNREACHABLE: true,
  ERR_KRB5_REALM_UNKNOWN: true,
  ERR_KRB5_SERVICE_UNKNOWN: true,
  ERR_KRB5_ETYPE_NOT_SUPPORTED: true,
  ERR_KRB5_SKEW: true,
  ERR_KRB5_INTEGRITY: false,
  ERR_KRB5_ENCTYPE: false,
  ERR_KRB5_KEY: false,
  ERR_KRB5_PREAUTH_FAILED: false,
  ERR_KRB5_PREAUTH_UNSUPPORTED: false,
  ERR_KRB5_CLIENT_UNKNOWN: false,
  ERR_KRB5_CLIENT_REVOKED: false,
  ERR_KRB5_KEY_EXPIRED: false,
  ERR_KRB5_POLICY: false,
  ERR_KRB5_TICKET_EXPIRED: false,
  ERR_KRB5_SERVICE_KEY: false,
  ERR_KRB5_WRONG_REALM: false,
  ERR_KRB5_KDC: false,
  ERR_KRB5_REPLY: false,
  ERR_KRB5_REFERRAL: false,
  ERR_KRB5_CONFIGURATION: false,
  ERR_KRB5_KEYTAB: false,
  ERR_KRB5_CCACHE: false,
};

test('SPNEGO falls back for those failures of Kerberos alone that say nothing about the account', () => {
  for (const [code, expected] of Object.entries(mayFallBack) as [KerberosErrorCode, boolean][]) {
    const error = new KerberosError({ code, message: 'failed', nextStep: 'nothing' });
    assert.equal(mayFallBackByDefault(error), expected, code);
  }
});
