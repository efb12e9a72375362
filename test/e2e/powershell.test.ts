import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Deployment, DOMAINS, INITIAL_SNAPSHOT, Lab } from '@causeway/lab';

/** The script as it is published; an administrator fills in the two names and nothing else. */
const published = readFileSync(
  join(import.meta.dirname, '../../packages/powershell/test/force-full-password-sync.ps1'),
  'utf8',
);
const forest = DOMAINS['corp-dc1'].dnsName;
const tenant = 'contoso - AAD';
const parameter = 'Microsoft.Synchronize.ForceFullPasswordSync';

function filledIn(names: { ad: string; tenant: string }): string {
  return published
    .replace('<CASE SENSITIVE AD CONNECTOR NAME>', names.ad)
    .replace('<CASE SENSITIVE AZURE AD CONNECTOR NAME>', names.tenant);
}

describe("an administrator's PowerShell script against the running agent", { timeout: 300_000 }, () => {
  let lab: Lab;
  let deployment: Deployment;

  before(async () => {
    lab = Lab.attach(process.env['CAUSEWAY_TEST_LAB']);
    await lab.reset(INITIAL_SNAPSHOT);
    deployment = await Deployment.install(lab);
    deployment.startAll();
    await deployment.until('the first full run is over', async () => {
      const { exitCode } = await deployment.causeway('connect', ['events', '--limit', '1']);
      return exitCode === 0 && (await deployment.events(['--id', '623'])).length > 0 ? true : undefined;
    });
  });

  after(async () => {
    await deployment.stopAll();
    await lab.reset(INITIAL_SNAPSHOT);
  });

  async function run(script: string | Uint8Array) {
    lab.writeFile('connect', '/tmp/script.ps1', script);
    return deployment.causeway('connect', ['powershell', '/tmp/script.ps1']);
  }

  async function newestEvent(): Promise<number> {
    return (await deployment.events(['--limit', '1'])).at(-1)?.recordNumber ?? 0;
  }

  /** Ids of the events after a record, once 623 is among them. */
  async function idsOfFullRun(after: number): Promise<number[]> {
    return deployment.until('the full run is over', async () => {
      const events = await deployment.events(['--limit', '5000']);
      const ids = events.filter(({ recordNumber }) => recordNumber > after).map(({ id }) => id);
      return ids.includes(623) ? ids : undefined;
    });
  }

  const forms: readonly (readonly [string, (text: string) => string | Uint8Array])[] = [
    ['as it is published', (text) => text],
    [
      'as Windows saves it: UTF-16 with line ends of its own',
      (text) => Buffer.from(`\uFEFF${text.replaceAll('\n', '\r\n')}`, 'utf16le'),
    ],
  ];
  for (const [name, form] of forms) {
    it(`makes a full password hash sync, ${name}, told by the events in their order`, async () => {
      const since = await newestEvent();
      const { exitCode, stdout, stderr } = await run(form(filledIn({ ad: forest, tenant })));
      assert.equal(exitCode, 0, stderr);
      assert.equal(stdout.trim(), 'False', 'Remove says that there was no such parameter');
      const ids = await idsOfFullRun(since);
      const marks = ids.filter((id) => [617, 618, 622, 623].includes(id));
      assert.deepEqual(marks, [617, 618, 622, 623]);
      const within = ids.slice(ids.indexOf(618) + 1, ids.indexOf(622));
      const batches = within.filter((id) => [650, 651, 656, 657].includes(id));
      const whole = [650, 656, 657, 651];
      assert.ok(batches.length >= whole.length);
      assert.deepEqual(batches, Array.from({ length: batches.length / whole.length }, () => whole).flat());
      assert.ok(within.includes(619) && within.indexOf(619) > within.indexOf(650), within.join());
    });

    it(`has used its parameter up by then, ${name}`, async () => {
      const { stdout } = await run(
        `(Get-ADSyncConnector -Name "${forest}").GlobalParameters.Contains("${parameter}")\n`,
      );
      assert.equal(stdout.trim(), 'False');
    });
  }

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['the names are not filled in', published, /CASE SENSITIVE AD CONNECTOR NAME/],
    ['a name has other letters', filledIn({ ad: forest.toUpperCase(), tenant }), /case-sensitive/i],
    [
      'a variable is misspelt, as in the copy that circulates',
      filledIn({ ad: forest, tenant }).replace('$azureadConnector = ', '$aadConnector = '),
      /TargetConnector/,
    ],
    [
      'something in it is outside the language',
      `${filledIn({ ad: forest, tenant })}Get-Process | Stop-Process\n`,
      /Get-Process/,
    ],
  ];
  for (const [what, script, told] of refused) {
    it(`says so with its place, and switches nothing, when ${what}`, async () => {
      const since = await newestEvent();
      const { exitCode, stdout, stderr } = await run(script);
      assert.notEqual(exitCode, 0);
      assert.match(`${stdout}${stderr}`, told);
      assert.match(`${stdout}${stderr}`, /script\.ps1:\d+ char:\d+/);
      const { stdout: enabled } = await run(
        `(Get-ADSyncAADPasswordSyncConfiguration -SourceConnector "${forest}").Enabled\n`,
      );
      assert.equal(enabled.trim(), 'True');
      const ids = (await deployment.events(['--limit', '5000']))
        .filter(({ recordNumber }) => recordNumber > since)
        .map(({ id }) => id);
      assert.ok(!ids.includes(617), ids.join());
    });
  }
});
