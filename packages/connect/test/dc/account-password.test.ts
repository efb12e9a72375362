import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { CausewayError, type Logger } from '@causeway/model';
import { passwordFileVersion, readAccountPassword } from '../../src/dc/account-password.ts';
import { createSecretFiles } from '../../src/secrets/secret-files.ts';

const logger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

suite('password file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-connect-'));
  after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'password');
  const secrets = createSecretFiles({ stateDir: join(folder, 'state'), logger });
  const write = (text: string, mode = 0o600): void => {
    writeFileSync(file, text);
    chmodSync(file, mode);
  };
  const refusal = async (): Promise<CausewayError> => {
    try {
      await readAccountPassword(file, secrets);
    } catch (error) {
      assert.ok(error instanceof CausewayError);
      assert.equal(error.code, 'ERR_CONNECT_PASSWORD_FILE');
      return error;
    }
    return assert.fail('was accepted');
  };

  test('gives the first line, whatever ends it, spaces included, and again once the file is sealed', async () => {
    for (const text of [' s3cret ä ', ' s3cret ä \n', ' s3cret ä \r\nsecond line\n']) {
      write(text);
      assert.equal(await readAccountPassword(file, secrets), ' s3cret ä ');
      assert.doesNotMatch(readFileSync(file, 'utf8'), /s3cret/);
      assert.equal(await readAccountPassword(file, secrets), ' s3cret ä ');
    }
  });

  test('refuses a file that others may use, and says how to mend it', async () => {
    for (const mode of [0o640, 0o604, 0o644, 0o660, 0o601]) {
      write('s3cret', mode);
      const { message, nextStep } = await refusal();
      assert.match(message, new RegExp(`mode 0${mode.toString(8)}`));
      assert.match(nextStep, /chmod 600/);
      assert.doesNotMatch(message + nextStep, /s3cret/);
    }
  });

  test('refuses a missing file and an empty one', async () => {
    write('\ns3cret\n');
    assert.match((await refusal()).message, /no password on its first line/);
    rmSync(file);
    assert.match((await refusal()).message, /cannot be read/);
  });

  test('has another version whenever it is written or its mode changes, and the same one after it was sealed', async () => {
    write('one');
    utimesSync(file, 1_700_000_000.123, 1_700_000_000.123);
    const first = await passwordFileVersion(file);
    await readAccountPassword(file, secrets);
    assert.equal(await passwordFileVersion(file), first);
    write('other');
    const second = await passwordFileVersion(file);
    chmodSync(file, 0o400);
    const third = await passwordFileVersion(file);
    rmSync(file);
    assert.equal(new Set([first, second, third, await passwordFileVersion(file)]).size, 4);
  });
});
