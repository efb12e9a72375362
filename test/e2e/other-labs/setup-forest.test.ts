import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DOMAINS, HOSTS, Lab } from '@causeway/lab';
import { connectConfigSchema } from '@causeway/connect/setup';
import { parse } from 'yaml';
import { configFile, failures, forest, outcomeOf, SetupScene } from '../support/setup-scene.ts';

const child = DOMAINS['emea-dc1'].dnsName;
const childDc = HOSTS['emea-dc1'].fqdn;

describe('setting connect up for a forest with a child domain', { timeout: 300_000 }, () => {
  let scene: SetupScene;
  before(async () => {
    const name = 'test-setup-forest';
    await Lab.remove(name);
    scene = await SetupScene.begin(await Lab.up({ name, users: 20, childDomain: true, endWith: process.pid }));
  });
  after(async () => {
    await scene.lab.down();
  });

  it('finds the child domain, and says what its domain controller takes', async () => {
    const answer = await scene.init();
    assert.equal(answer.written, false);
    const { kind, nextStep = '' } = outcomeOf(answer, `account.ldap:${childDc}`);
    assert.equal(kind, 'failed');
    assert.match(nextStep, /--tls sasl --sign-in kerberos-or-ntlm/);
  });

  it('tests every domain by itself, and writes them all', async () => {
    const answer = await scene.init({ tls: 'sasl', 'sign-in': 'kerberos-or-ntlm' });
    assert.deepEqual([answer.written, failures(answer)], [true, ['directory.reach']]);
    for (const id of [
      `rights.get-changes:${child}`,
      `rights.get-changes-all:${child}`,
      `replication.proof:${childDc}`,
    ]) {
      assert.equal(outcomeOf(answer, id).kind, 'ok');
    }
    const { connectors } = connectConfigSchema.parse(parse(scene.lab.readFile('connect', configFile)));
    assert.deepEqual(
      connectors.map(({ name, domains }) => [name, domains.map((domain) => domain.name)]),
      [[forest, [forest, child]]],
    );
    const again = await scene.answer(['connect', 'init', '--check']);
    assert.deepEqual(failures(again), ['directory.reach']);
  });
});
