import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { CausewayError } from '@causeway/model';
import type { ConnectorConfig } from '../../src/config.ts';
import { refusedAccounts } from '../../src/dc/refused-account.ts';

const refusedRetryMs = 300_000;

function failure(code: string): CausewayError {
  return new CausewayError({ code, message: code, nextStep: 'none', disposition: 'retry' });
}

describe('an account that a domain controller has refused', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'refused-account-'));
  const passwordFile = path.join(folder, 'password');
  let now: number;
  let attempts: number;
  let accountOf: ReturnType<typeof refusedAccounts>;
  const connector = (name: string): ConnectorConfig =>
    ({
      name,
      account: { name: 'svc', signIn: 'kerberos', passwordFile, refusedRetryMs },
    }) as unknown as ConnectorConfig;

  beforeEach(() => {
    now = 1_000_000;
    attempts = 0;
    accountOf = refusedAccounts({ now: () => now });
    writeFileSync(passwordFile, 'one\n');
    utimesSync(passwordFile, 1, 1);
  });
  after(() => rmSync(folder, { recursive: true }));

  async function attempt(code: string | undefined, name = 'corp.contoso.test'): Promise<string> {
    try {
      return await accountOf(connector(name)).guard(async () => {
        attempts += 1;
        if (code !== undefined) throw failure(code);
        return 'opened';
      });
    } catch (error) {
      assert.ok(error instanceof CausewayError);
      return error.code;
    }
  }

  it('is not tried again, whoever asks, until its time has passed; each is told the refusal', async () => {
    assert.equal(await attempt('ERR_CONNECT_ACCOUNT_REFUSED'), 'ERR_CONNECT_ACCOUNT_REFUSED');
    now += refusedRetryMs - 1;
    assert.equal(await attempt(undefined), 'ERR_CONNECT_ACCOUNT_REFUSED');
    assert.equal(attempts, 1);
    now += 1;
    assert.equal(await attempt(undefined), 'opened');
    assert.equal(attempts, 2);
  });

  it('is tried at once with a password file that was written anew', async () => {
    await attempt('ERR_CONNECT_ACCOUNT_REFUSED');
    utimesSync(passwordFile, 2, 2);
    assert.equal(await attempt(undefined), 'opened');
  });

  it('is that of one connector: another one is tried', async () => {
    await attempt('ERR_CONNECT_ACCOUNT_REFUSED');
    assert.equal(await attempt(undefined, 'fabrikam.test'), 'opened');
  });

  it('is what no other failure makes of it', async () => {
    for (const code of ['ERR_CONNECT_DC_UNREACHABLE', 'ERR_CONNECT_ACCESS_DENIED']) await attempt(code);
    assert.equal(await attempt(undefined), 'opened');
    assert.equal(attempts, 3);
  });
});
