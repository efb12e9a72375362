import assert from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { CausewayError, type Logger } from '@causeway/model';
import { createSecretFiles, type SecretFiles } from '../../src/secrets/secret-files.ts';

const refusal = async (attempt: Promise<unknown>): Promise<CausewayError> => {
  const error = await attempt.then(() => assert.fail('was accepted')).catch((reason: unknown) => reason);
  assert.ok(error instanceof CausewayError, String(error));
  assert.doesNotMatch(`${error.message}${error.nextStep}`, /correct horse/);
  return error;
};

describe('the files with secrets', () => {
  let folder: string;
  let file: string;
  let lines: string[];
  let logger: Logger;
  let secrets: SecretFiles;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'causeway-secrets-'));
    file = path.join(folder, 'etc', 'account.password');
    mkdirSync(path.dirname(file));
    lines = [];
    const log = (fields: object, message: string): void => void lines.push(`${JSON.stringify(fields)} ${message}`);
    logger = { debug: log, info: log, warn: log, error: log };
    secrets = machine('state');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const machine = (state: string, credentialsDirectory?: string): SecretFiles =>
    createSecretFiles({ stateDir: path.join(folder, state), credentialsDirectory, logger });
  const text = async (from: SecretFiles): Promise<string> =>
    Buffer.from(await from.read(file, 'account-password')).toString();
  const everything = (): string =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
      .join('\n');

  it('hold no secret in clear: one that an administrator wrote is sealed at its first use, once, and said', async () => {
    writeFileSync(file, 'correct horse\n', { mode: 0o600 });
    const before = statSync(file);
    assert.equal(await secrets.inspect(file, 'account-password'), 'clear');
    assert.equal(await text(secrets), 'correct horse\n');
    assert.equal(await text(secrets), 'correct horse\n');
    assert.equal(await secrets.inspect(file, 'account-password'), 'sealed');
    assert.doesNotMatch(everything(), /correct horse/);
    assert.equal(lines.length, 1);
    assert.doesNotMatch(lines.join(), /correct horse/);
    const after = statSync(file);
    assert.deepEqual(
      [after.mode & 0o777, after.uid, Math.round(after.mtimeMs)],
      [0o600, before.uid, Math.round(before.mtimeMs)],
    );
    assert.deepEqual(readdirSync(path.dirname(file)), ['account.password']);
  });

  it('are written sealed with mode 0600, with a key of this machine that only its owner can read', async () => {
    await secrets.write(file, 'account-password', Buffer.from('correct horse'));
    assert.equal(await text(secrets), 'correct horse');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const key = statSync(path.join(folder, 'state', 'secret.key'));
    assert.deepEqual([key.size, key.mode & 0o777], [32, 0o600]);
    assert.equal(lines.length, 0);
  });

  it('do not open on another machine, and say what to do', async () => {
    await secrets.write(file, 'account-password', Buffer.from('correct horse'));
    const error = await refusal(machine('another').read(file, 'account-password'));
    assert.equal(error.code, 'ERR_CONNECT_PASSWORD_FILE');
    assert.match(error.message, /does not open with this machine's key/);
    assert.match(error.nextStep, /causeway connect secret set/);
    await refusal(secrets.read(file, 'agent-key'));
    await refusal(machine('another').inspect(file, 'account-password'));
  });

  it('take a key that systemd gives in place of the key file', async () => {
    const credentials = path.join(folder, 'credentials');
    mkdirSync(credentials);
    writeFileSync(path.join(credentials, 'causeway-secret-key'), Buffer.alloc(32, 5), { mode: 0o400 });
    const withCredential = machine('state', credentials);
    await withCredential.write(file, 'account-password', Buffer.from('correct horse'));
    assert.equal(await text(machine('elsewhere', credentials)), 'correct horse');
    assert.equal(readdirSync(folder).includes('state'), false);
    await refusal(secrets.read(file, 'account-password'));
  });

  it('go over to a key of systemd from the key file, and not back', async () => {
    const credentials = path.join(folder, 'credentials');
    mkdirSync(credentials);
    writeFileSync(path.join(credentials, 'causeway-secret-key'), Buffer.alloc(32, 5), { mode: 0o400 });
    await secrets.write(file, 'account-password', Buffer.from('correct horse'));
    assert.equal(await machine('state', credentials).inspect(file, 'account-password'), 'sealed');
    assert.equal(await text(machine('state', credentials)), 'correct horse');
    assert.match(lines.join(), /was sealed with the key file/);
    rmSync(path.join(folder, 'state'), { recursive: true });
    assert.equal(await text(machine('state', credentials)), 'correct horse');
    assert.equal(lines.length, 1);
    await refusal(secrets.read(file, 'account-password'));
  });

  it('fall back to the key file where systemd gives other credentials only', async () => {
    await secrets.write(file, 'account-password', Buffer.from('correct horse'));
    assert.equal(await text(machine('state', folder)), 'correct horse');
  });

  it('share one key, whoever makes it first', async () => {
    const files = ['a', 'b', 'c', 'd'].map((name) => path.join(folder, name));
    await Promise.all(files.map((name) => machine('state').write(name, 'agent-key', Buffer.from(name))));
    for (const name of files) {
      assert.equal(Buffer.from(await secrets.read(name, 'agent-key')).toString(), name);
    }
  });

  const refused: readonly (readonly [string, () => void, RegExp])[] = [
    ['is missing', () => {}, /cannot be read/],
    ['may be read by others', () => writeFileSync(file, 'correct horse', { mode: 0o644 }), /mode 0644/],
    ['is longer than a secret', () => writeFileSync(file, 'x'.repeat(70_000), { mode: 0o600 }), /longer/],
    ['is damaged', () => writeFileSync(file, 'causeway-secret:1:AAAA', { mode: 0o600 }), /does not open/],
    ['is of a later release', () => writeFileSync(file, 'causeway-secret:9:AAAA', { mode: 0o600 }), /does not open/],
    ['is a folder', () => mkdirSync(file, { mode: 0o700 }), /cannot be read|longer/],
  ];
  for (const [what, arrange, message] of refused) {
    it(`are refused when one ${what}`, async () => {
      arrange();
      const { code, message: said, nextStep } = await refusal(secrets.read(file, 'account-password'));
      assert.equal(code, 'ERR_CONNECT_PASSWORD_FILE');
      assert.match(said, message);
      assert.notEqual(nextStep, '');
    });
  }

  it('name the agent key in their errors where it is one', async () => {
    const { code, nextStep } = await refusal(secrets.read(file, 'agent-key'));
    assert.equal(code, 'ERR_CONNECT_AGENT_KEY_FILE');
    assert.match(nextStep, /causeway connect key/);
  });

  it('are left as they are, with an error, where the key cannot be used', async () => {
    const key = path.join(folder, 'state', 'secret.key');
    mkdirSync(path.dirname(key));
    writeFileSync(file, 'correct horse', { mode: 0o600 });
    writeFileSync(key, 'short', { mode: 0o600 });
    assert.equal((await refusal(secrets.read(file, 'account-password'))).code, 'ERR_CONNECT_SECRET_KEY');
    writeFileSync(key, Buffer.alloc(32));
    chmodSync(key, 0o640);
    assert.match((await refusal(secrets.read(file, 'account-password'))).message, /mode 0640/);
    assert.equal(readFileSync(file, 'utf8'), 'correct horse');
  });

  it('are of no use as a copy, not even beside the key of another machine', async () => {
    await secrets.write(file, 'account-password', Buffer.from('correct horse'));
    const other = machine('another');
    const copy = path.join(folder, 'copy');
    copyFileSync(file, copy);
    await other.write(file, 'account-password', Buffer.from('own'));
    await refusal(other.read(copy, 'account-password'));
  });
});
