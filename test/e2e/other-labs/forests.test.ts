import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { Run } from '@causeway/control';
import { Deployment, DOMAINS, type Lab } from '@causeway/lab';
import { testLabWithForests } from '../../test-lab.ts';
import { baseOf, ForestScene } from '../support/forest-scene.ts';

const corp = baseOf('corp-dc1');
const emea = baseOf('emea-dc1');
const fabrikam = baseOf('fabrikam-dc1');
const stateDir = '/var/lib/causeway';

function isSales({ department }: { department: string }): boolean {
  return department === 'Sales';
}

/** What a run exported, by its counts. */
function exported(runs: readonly Run[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const run of runs) {
    for (const [name, count] of Object.entries(run.counts)) {
      if (name.startsWith('export')) counts[name] = (counts[name] ?? 0) + count;
    }
  }
  return counts;
}

describe('objects of two forests and a child domain, through the engine', { timeout: 600_000 }, () => {
  let lab: Lab & AsyncDisposable;
  let scene: ForestScene;

  before(async () => {
    lab = await testLabWithForests('forests');
    const deployment = await Deployment.install(lab);
    scene = new ForestScene(lab, deployment);
    deployment.configure('connect', { objectSync: { match: 'mail' } });
    deployment.startAll();
    await deployment.until('the first cycle has ended', async () => {
      const { exitCode, stdout } = await deployment.causeway('connect', ['sync', 'history', '--json']);
      if (exitCode !== 0) return undefined;
      const { runs } = JSON.parse(stdout) as { runs: Run[] };
      return runs.some(({ runProfile, result }) => runProfile === 'Export' && result !== 'in-progress') || undefined;
    });
  });

  after(async () => {
    await scene.deployment.stopAll();
    await lab[Symbol.asyncDispose]();
  });

  it('carries every user in scope once, and nobody who is excluded by default', () => {
    const users = scene.tenant('user').filter(({ deleted }) => !deleted);
    const names = users.map(({ attributes }) => String(attributes['accountName']));
    for (const dc of ['emea-dc1', 'fabrikam-dc1'] as const) {
      for (const user of lab.branch(dc).users) {
        const isThere = names.includes(user.accountName) || user.trait === 'shared';
        assert.equal(isThere, user.trait !== 'system', `${user.accountName}, ${user.trait}, of ${dc}`);
      }
    }
    for (const { accountName } of lab.users) assert.ok(names.includes(accountName), accountName);
    assert.ok(!names.some((name) => /^(krbtgt|Administrator|Guest)/i.test(name)), names.join());
  });

  it('joins one person in two forests by the mail address, under the first anchor', () => {
    const [shared] = lab.branch('fabrikam-dc1').users;
    assert.ok(shared?.trait === 'shared');
    const user = scene.find('user', 'mail', shared.mail);
    assert.equal(user?.source, DOMAINS['corp-dc1'].dnsName);
  });

  it('takes ms-DS-ConsistencyGuid as the source anchor where there is one', () => {
    const withGuid = lab
      .branch('emea-dc1')
      .users.filter(({ consistencyGuid, trait }) => consistencyGuid && trait === 'usual');
    assert.ok(withGuid.length > 0);
    for (const { accountName, consistencyGuid } of withGuid) {
      const anchor = Buffer.from(consistencyGuid ?? []).toString('base64');
      assert.equal(scene.find('user', 'accountName', accountName)?.anchor, anchor);
    }
  });

  it('carries disabled users as disabled, and names of other scripts as they are', () => {
    const users = lab.branch('emea-dc1').users;
    const disabled = users.find(({ trait }) => trait === 'disabled');
    const foreign = users.find(({ trait }) => trait === 'non-ASCII');
    const long = users.find(({ trait }) => trait === 'long-name');
    assert.ok(disabled && foreign && long);
    assert.equal(scene.find('user', 'accountName', disabled.accountName)?.attributes['accountEnabled'], false);
    assert.equal(
      scene.find('user', 'accountName', foreign.accountName)?.attributes['displayName'],
      foreign.displayName,
    );
    assert.equal(scene.find('user', 'accountName', long.accountName)?.attributes['displayName'], long.displayName);
  });

  it('carries memberships: nested, across the domains of a forest, and across forests by foreign security principals', () => {
    const [first] = lab.users;
    assert.ok(first);
    assert.deepEqual(scene.members('Fabrikam Partners'), [first.accountName]);
    assert.deepEqual(scene.members('EMEA Headquarters'), [first.accountName]);
    assert.equal(scene.members('Contoso Worldwide').length, 2);
    assert.ok(scene.members('EMEA Staff').includes('EMEA Paris'));
    const paris = lab.branch('emea-dc1').users.filter(({ unit, trait }) => unit === 'Paris' && trait !== 'system');
    assert.deepEqual(scene.members('EMEA Paris'), paris.map(({ accountName }) => accountName).sort());
  });

  it('has nothing left to do then', async () => {
    const { adds, updates, deletes } = await scene.preview();
    assert.deepEqual({ adds, updates, deletes }, { adds: 0, updates: 0, deletes: 0 });
  });

  it('follows a change, a rename and a move, and the renaming of a unit above, as the same object', async () => {
    const [user] = lab.branch('emea-dc1').users.filter(({ unit }) => unit === 'Paris');
    assert.ok(user);
    const before = scene.find('user', 'accountName', user.accountName);
    await scene.modify('emea-dc1', user.dn, 'replace: title\ntitle: Über-Chef');
    await scene.until(
      'the new title',
      () => scene.find('user', 'accountName', user.accountName)?.attributes['jobTitle'] === 'Über-Chef',
    );
    await scene.rename('emea-dc1', user.dn, { rdn: 'CN=Renamed Person', parent: `OU=Zürich,OU=Staff,${emea}` });
    await scene.modify(
      'emea-dc1',
      `CN=Renamed Person,OU=Zürich,OU=Staff,${emea}`,
      'replace: sAMAccountName\nsAMAccountName: renamed',
    );
    await scene.until('the new account name', () => scene.find('user', 'accountName', 'renamed') !== undefined);
    const renamed = scene.find('user', 'accountName', 'renamed');
    assert.deepEqual([renamed?.anchor, renamed?.objectId], [before?.anchor, before?.objectId]);
    assert.ok(scene.members('EMEA Paris').includes('renamed'));
    await scene.rename('emea-dc1', `OU=Zürich,OU=Staff,${emea}`, { rdn: 'OU=Genève' });
    await scene.cycle();
    // Named by where it is now: the command finds nothing else.
    await scene.causeway(['sync', 'object', `CN=Renamed Person,OU=Genève,OU=Staff,${emea}`]);
  });

  it('carries a membership that is given and taken, and removes an attribute that is gone', async () => {
    const [user] = lab.users.slice(15);
    assert.ok(user);
    const group = `CN=Contoso Staff Group,OU=Staff,${corp}`;
    await scene.modify('corp-dc1', group, `add: member\nmember:: ${Buffer.from(user.dn).toString('base64')}`);
    await scene.until('the new member', () => scene.members('Contoso Staff').includes(user.accountName));
    await scene.modify('corp-dc1', group, `delete: member\nmember:: ${Buffer.from(user.dn).toString('base64')}`);
    await scene.until('the member that is gone', () => !scene.members('Contoso Staff').includes(user.accountName));
    await scene.modify('corp-dc1', user.dn, 'replace: department');
    await scene.until(
      'no department',
      () => scene.find('user', 'accountName', user.accountName)?.attributes['department'] === undefined,
    );
  });

  it('deletes who is deleted, in the managed domain too, and brings back who comes back as the same object', async () => {
    const user = lab.users.at(-1);
    assert.ok(user);
    const guid = await scene.guidOf('corp-dc1', user.dn);
    const before = scene.find('user', 'accountName', user.accountName);
    await scene.deployment.until(
      'the user in the managed domain',
      async () => (await isManaged(user.accountName)) || undefined,
    );
    await scene.delete('corp-dc1', user.dn);
    await scene.until('the deletion', () => scene.find('user', 'accountName', user.accountName) === undefined);
    await scene.deployment.until(
      'gone from the managed domain',
      async () => !(await isManaged(user.accountName)) || undefined,
    );
    await scene.ldb(
      'corp-dc1',
      `dn: <GUID=${guid}>\nchangetype: modify\ndelete: isDeleted\n-\nreplace: distinguishedName\n` +
        `distinguishedName:: ${Buffer.from(user.dn).toString('base64')}\n\n`,
      ['--controls=show_deleted:1', '--relax'],
    );
    // A tombstone has lost what makes an account: an administrator gives it back.
    await scene.modify('corp-dc1', user.dn, `replace: userPrincipalName\nuserPrincipalName: ${user.userPrincipalName}`);
    await scene.until('the user again', () => scene.find('user', 'accountName', user.accountName) !== undefined);
    const again = scene.find('user', 'accountName', user.accountName);
    assert.deepEqual([again?.anchor, again?.objectId], [before?.anchor, before?.objectId]);
  });

  it('shows what a filter would take away before it does, and takes away just that', async () => {
    const filter = { organizationalUnits: { exclude: [`OU=Excluded,${emea}`, `OU=Excluded,${fabrikam}`] } };
    const excluded = lab.branch('emea-dc1').users.filter(({ trait }) => trait === 'excluded');
    scene.deployment.configure(
      'connect',
      scene.connectorsWith(DOMAINS['corp-dc1'].dnsName, { organizationalUnits: { exclude: [`OU=Excluded,${emea}`] } }),
    );
    const shown = await scene.preview('-c', '/etc/causeway/connect.yaml');
    assert.deepEqual([shown.adds, shown.deletes], [0, excluded.length], JSON.stringify(filter));
    assert.ok(
      shown.entries
        .filter(({ operation }) => operation === 'delete')
        .every(({ reason }) => /outside the organizational units/.test(reason)),
    );
    for (const { accountName } of excluded)
      assert.ok(scene.find('user', 'accountName', accountName), `${accountName} is still there`);
    await scene.reload({});
    await scene.until('the excluded are gone', () =>
      excluded.every(({ accountName }) => scene.find('user', 'accountName', accountName) === undefined),
    );
    await scene.reload(scene.connectorsWith(DOMAINS['corp-dc1'].dnsName, {}));
    await scene.until('they are back', () =>
      excluded.every(({ accountName }) => scene.find('user', 'accountName', accountName) !== undefined),
    );
  });

  it('refuses to synchronize by a unit that there never was, and deletes nothing for it', async () => {
    const position = scene.deployment.logPosition('connect');
    const before = scene.tenant('user').filter(({ deleted }) => !deleted).length;
    await scene.reload(
      scene.connectorsWith(DOMAINS['fabrikam-dc1'].dnsName, {
        organizationalUnits: { include: [`OU=Nowhere,${fabrikam}`] },
      }),
    );
    await scene.deployment.until(
      'the refusal',
      async () =>
        scene.deployment.log('connect', position).some(({ code }) => code === 'ERR_ENGINE_UNIT_UNKNOWN') || undefined,
    );
    assert.equal(scene.tenant('user').filter(({ deleted }) => !deleted).length, before);
    await scene.reload(scene.connectorsWith(DOMAINS['fabrikam-dc1'].dnsName, {}));
  });

  it('filters one forest by attribute and by group, and says nothing of the other', async () => {
    const present = new Map(
      scene
        .tenant('user')
        .filter(({ deleted }) => !deleted)
        .map(({ attributes }) => [String(attributes['userPrincipalName']), String(attributes['accountName'])]),
    );
    const removedBy = async (filter: Record<string, unknown>): Promise<Set<string | undefined>> => {
      scene.deployment.configure('connect', scene.connectorsWith(DOMAINS['corp-dc1'].dnsName, filter));
      const { entries } = await scene.preview('-c', '/etc/causeway/connect.yaml');
      const removed = entries.filter(({ operation, objectType }) => operation === 'delete' && objectType === 'user');
      return new Set(removed.map(({ name }) => present.get(name)));
    };
    // Those whom other tests have not touched.
    const untouched = lab.users.slice(20, 50);
    const elsewhere = lab.branch('fabrikam-dc1').users.filter(({ trait }) => trait === 'usual');
    const bySales = await removedBy({ attributes: [{ attribute: 'department', operator: 'EQUAL', value: 'Sales' }] });
    for (const user of untouched) assert.equal(bySales.has(user.accountName), isSales(user), user.accountName);
    const byGroup = await removedBy({ group: `CN=Sales Group,OU=Staff,${corp}` });
    for (const user of untouched) assert.equal(byGroup.has(user.accountName), !isSales(user), user.accountName);
    for (const { accountName } of elsewhere) {
      assert.ok(!bySales.has(accountName) && !byGroup.has(accountName), accountName);
    }
    scene.deployment.configure('connect', scene.connectorsWith(DOMAINS['corp-dc1'].dnsName, {}));
  });

  it('stops before too many deletions, lists them, and lets just them through once', async () => {
    const script = 'Enable-ADSyncExportDeletionThreshold -DeletionThreshold 2\n';
    scene.lab.writeFile('connect', '/tmp/threshold.ps1', script);
    assert.equal((await scene.deployment.causeway('connect', ['powershell', '/tmp/threshold.ps1'])).exitCode, 0);
    const victims = lab.users.slice(10, 13);
    await scene.delete('corp-dc1', ...victims.map(({ dn }) => dn));
    await scene.deployment.until('event 116', async () => {
      const events = await scene.deployment.events(['--id', '116']);
      return events.length > 0 || undefined;
    });
    for (const { accountName } of victims)
      assert.ok(scene.find('user', 'accountName', accountName), `${accountName} is still there`);
    const { deletions } = await scene.causeway<{ deletions: { name: string }[] }>(['sync', 'deletions']);
    assert.equal(deletions.length, victims.length);
    const held = (await scene.causeway<{ runs: Run[] }>(['sync', 'history'])).runs;
    assert.ok(held.some(({ result }) => result === 'stopped-deletion-threshold-exceeded'));
    await scene.causeway(['sync', 'deletions', '--allow']);
    await scene.until('the deletions', () =>
      victims.every(({ accountName }) => scene.find('user', 'accountName', accountName) === undefined),
    );
  });

  it('rebuilds its database when that was deleted, and sends nothing that is there', async () => {
    const before = scene.tenant('user');
    await scene.deployment.stop('connect');
    const folder = lab.folder('connect', stateDir);
    for (const name of readdirSync(folder)) if (name.startsWith('engine.sqlite')) rmSync(`${folder}/${name}`);
    scene.deployment.start('connect');
    await scene.deployment.until('a cycle over the new database', async () => {
      const { exitCode, stdout } = await scene.deployment.causeway('connect', ['sync', 'history', '--json']);
      const { runs } = exitCode === 0 ? (JSON.parse(stdout) as { runs: Run[] }) : { runs: [] };
      return (
        runs.some(
          ({ connector, runProfile, result }) =>
            connector.endsWith('AAD') && runProfile === 'Delta Synchronization' && result === 'success',
        ) || undefined
      );
    });
    assert.deepEqual(exported(await scene.cycle()), {});
    assert.deepEqual(exported((await scene.causeway<{ runs: Run[] }>(['sync', 'history'])).runs), {});
    assert.deepEqual(scene.tenant('user'), before);
  });

  it('sends nothing in staging, and goes on at once where it is when that ends', async () => {
    await scene.causeway(['sync', 'staging', 'on']);
    const [user] = lab.users.slice(25);
    assert.ok(user);
    await scene.modify('corp-dc1', user.dn, 'replace: title\ntitle: Stager');
    const pending = await scene.deployment.until('the pending export', async () => {
      const { entries } = await scene.preview();
      return entries.find(({ name }) => name === user.dn || name === user.userPrincipalName);
    });
    assert.equal(pending.operation, 'update');
    assert.notEqual(scene.find('user', 'accountName', user.accountName)?.attributes['jobTitle'], 'Stager');
    const [newest] = (await scene.causeway<{ runs: Run[] }>(['sync', 'history'])).runs;
    await scene.causeway(['sync', 'staging', 'off']);
    await scene.until(
      'the title, once it is active',
      () => scene.find('user', 'accountName', user.accountName)?.attributes['jobTitle'] === 'Stager',
    );
    const since = (await scene.causeway<{ runs: Run[] }>(['sync', 'history'])).runs.filter(
      ({ id }) => id > (newest?.id ?? 0),
    );
    assert.ok(
      since.every(({ runProfile }) => !runProfile.startsWith('Full')),
      JSON.stringify(since.map(({ runProfile }) => runProfile)),
    );
  });

  async function isManaged(accountName: string): Promise<boolean> {
    const filter = `(sAMAccountName=${accountName})`;
    const command = ['ldbsearch', '-H', '/var/lib/samba/private/sam.ldb', filter, 'cn'];
    const { stdout } = await lab.exec('managed-dc1', command);
    return /^# returned [1-9]/m.test(stdout) && /^dn: CN=/m.test(stdout);
  }
});
