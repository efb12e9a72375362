import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DirectoryError } from '@causeway/contract';
import { CausewayError } from '@causeway/model';
import { DrsStatusError } from '@ad-protocols/drsr';
import { tenantFailure } from '../../src/passwords/batch.ts';
import { eventOfFailure, statusOf, tellFailure } from '../../src/passwords/failure-events.ts';
import { replicationFailure } from '../../src/passwords/replication-errors.ts';
import { EventRecorder } from './support/scene.ts';

const context = { host: 'dc1.corp.contoso.test', account: 'svc-causeway' };

describe('the event of a failure', () => {
  const rows: [code: string, open: number | string, opening: number | string][] = [
    ['ERR_CONNECT_DC_UNREACHABLE', 611, 611],
    ['ERR_CONNECT_DC_BUSY', 611, 611],
    ['ERR_CONNECT_ACCESS_DENIED', 611, 611],
    ['ERR_CONNECT_ACCOUNT_REFUSED', 611, 611],
    ['ERR_CONNECT_SIGN_IN', 611, 611],
    ['ERR_CONNECT_REPLICATION', 611, 611],
    ['ERR_CONNECT_DAMAGED_REPLY', 611, 611],
    ['ERR_CONNECT_PASSWORD_FILE', 611, 611],
    ['ERR_CONNECT_NO_USERS', 611, 611],
    ['ERR_CONNECT_MD5_BLOCKED', 667, 667],
    ['ERR_CONNECT_AGENT_STATE', 665, 665],
    ['ERR_CONNECT_KEY_MISMATCH', 658, 658],
    ['ERR_CONNECT_UNEXPECTED', 615, 615],
    ['ERR_CONNECT_CURSOR_CONFLICT', 604, 604],
    ['ERR_DIRECTORY_UNAVAILABLE', 'told', 612],
    ['ERR_DIRECTORY_UNREACHABLE', 'told', 612],
  ];
  for (const [code, open, opening] of rows) {
    it(`${code}: ${open} while open, ${opening} while opening`, () => {
      assert.deepEqual([eventOfFailure({ code }, true), eventOfFailure({ code }, false)], [open, opening]);
    });
  }

  for (const status of [8453, 8456, 8439, 8593]) {
    it(`611 holds the status ${status} of the domain controller and what to do`, () => {
      const failure = replicationFailure(new DrsStatusError('reading changes', status), context);
      assert.ok(failure instanceof CausewayError);
      assert.equal(statusOf(failure), status);
      const events = new EventRecorder();
      tellFailure(events, failure, { connector: 'corp', domain: 'corp.contoso.test', isOpen: true });
      const [data] = events.of(611);
      assert.equal(data?.status, status);
      assert.equal(data?.domain, 'corp.contoso.test');
      assert.ok(data?.nextStep);
    });
  }

  it('blocked MD5 is told by what to do about it', () => {
    const blocked = Object.assign(new Error('digital envelope routines::unsupported'), {
      code: 'ERR_OSSL_EVP_UNSUPPORTED',
    });
    const failure = replicationFailure(blocked, context);
    assert.ok(failure instanceof CausewayError);
    assert.equal(failure.code, 'ERR_CONNECT_MD5_BLOCKED');
    assert.match(failure.nextStep, /FIPS/);
  });
});

const url = 'https://directory.test:8443';

function codeOf(error: unknown): number {
  return tenantFailure(error, url, 'id').errorCode;
}

describe('a failure of the tenant', () => {
  it('is code 90 when password hash sync is off there, and 81 otherwise', () => {
    assert.equal(codeOf(new DirectoryError('password_sync_disabled')), 90);
    assert.equal(codeOf(new DirectoryError('unavailable')), 81);
    assert.equal(codeOf(new TypeError('fetch failed')), 81);
  });

  it("names the server, and the directory's own request where there was one", () => {
    const refusal = new DirectoryError('unavailable', { requestId: 'req-7' });
    const told = tenantFailure(refusal, url, 'mine');
    assert.deepEqual([told.server, told.trackingId], ['directory.test', 'req-7']);
    assert.equal(tenantFailure(new TypeError('x'), url, 'mine').trackingId, 'mine');
  });
});
