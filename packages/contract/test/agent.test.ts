import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  AgentSigner,
  formatAgentPublicKey,
  generateAgentKey,
  parseAgentPublicKey,
  readAgentKeyFile,
  writeAgentKeyFile,
} from '@causeway/contract';
import { jwtVerify } from 'jose';
import { createFolder } from './support/folder.ts';

const newPath = (): string => join(createFolder(), 'agent.key');

test('a key file can be read by its owner only, and gives the public key that was told', async () => {
  const path = newPath();
  const publicKey = await writeAgentKeyFile(path);
  assert.match(publicKey, /^ed25519:[A-Za-z0-9+/]{43}=$/);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(formatAgentPublicKey(await readAgentKeyFile(path)), publicKey);
});

test('a key file is never overwritten', async () => {
  const path = newPath();
  await writeAgentKeyFile(path);
  const before = readFileSync(path, 'utf8');
  await assert.rejects(writeAgentKeyFile(path), { code: 'ERR_AGENT_KEY_EXISTS' });
  assert.equal(readFileSync(path, 'utf8'), before);
});

test('a key file that is missing, open to others, or something else is named without what is in it', async () => {
  await assert.rejects(readAgentKeyFile(newPath()), { code: 'ERR_AGENT_KEY_READ' });
  await assert.rejects(writeAgentKeyFile('/nowhere/agent.key'), { code: 'ERR_AGENT_KEY_WRITE' });
  const path = newPath();
  await writeAgentKeyFile(path);
  chmodSync(path, 0o640);
  await assert.rejects(readAgentKeyFile(path), { code: 'ERR_AGENT_KEY_PERMISSIONS' });
  const odd = newPath();
  writeFileSync(odd, 'hunter2', { mode: 0o600 });
  await assert.rejects(readAgentKeyFile(odd), (error: Error & { code: string }) => {
    assert.equal(error.code, 'ERR_AGENT_KEY_FORMAT');
    assert.ok(error.message.includes(odd) && !error.message.includes('hunter2') && error.cause === undefined);
    return true;
  });
});

test('a public key is read from its one form only', () => {
  const { publicKey } = generateAgentKey();
  assert.equal(formatAgentPublicKey(parseAgentPublicKey(publicKey) ?? assert.fail()), publicKey);
  const wrong = [
    publicKey.slice(8),
    `${publicKey} `,
    publicKey.slice(0, -2),
    publicKey.replace('ed', 'x'),
    'ed25519:',
    '',
  ];
  for (const text of wrong) assert.equal(parseAgentPublicKey(text), undefined, text);
});

test('a token names agent and tenant, is good for five minutes, and is used for four', async () => {
  const { privateKey, publicKey } = generateAgentKey();
  let nowMs = Date.parse('2026-11-22T18:40:00Z');
  const clock = { now: () => nowMs };
  const signer = new AgentSigner({
    agentId: 'connect-1',
    tenant: 'contoso',
    privateKey: createPrivateKey(privateKey),
    clock,
  });
  const first = await signer.authorization();
  const key = parseAgentPublicKey(publicKey) ?? assert.fail();
  const { payload, protectedHeader } = await jwtVerify(first.replace('Bearer ', ''), key, {
    currentDate: new Date(nowMs),
  });
  assert.deepEqual(protectedHeader, { alg: 'EdDSA' });
  assert.deepEqual(payload, { iss: 'connect-1', aud: 'contoso', iat: nowMs / 1_000, exp: nowMs / 1_000 + 300 });
  nowMs += 239_000;
  assert.equal(await signer.authorization(), first);
  nowMs += 1_000;
  const second = await signer.authorization();
  assert.notEqual(second, first);
  // The clock was set back: a token from the future would be refused.
  nowMs -= 3_600_000;
  assert.notEqual(await signer.authorization(), second);
});
