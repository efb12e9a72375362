import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { decodeScript } from '@causeway/powershell';
import { createShell, type Shell } from './support/shell.ts';

/** The script of Microsoft's documentation for a full password hash synchronization, byte for byte. */
const published = readFileSync(
  path.join(import.meta.dirname, '../../powershell/test/force-full-password-sync.ps1'),
  'utf8',
);
const names = ['<CASE SENSITIVE AD CONNECTOR NAME>', '<CASE SENSITIVE AZURE AD CONNECTOR NAME>'] as const;
const filledIn = published.replace(names[0], 'corp.example').replace(names[1], 'contoso - AAD');

/** An agent whose connectors are called what the script, as it is published, calls them. */
function shellWithPublishedNames(): Shell {
  const shell = createShell();
  const { state } = shell;
  state.connectors = state.connectors.map((connector, index) => ({ ...connector, name: names[index] ?? '' }));
  state.passwordSync = [{ sourceConnector: names[0], targetConnector: names[1], enabled: true }];
  return shell;
}

const expectedChanges = ['saveConnector', 'writePasswordSync', 'writePasswordSync'];

describe('the script for a full password hash synchronization', () => {
  test('runs byte for byte, and sets what starts one', async () => {
    const shell = shellWithPublishedNames();
    const { hadErrors, out, err } = await shell.run(published);
    assert.equal(err, '');
    assert.equal(hadErrors, false);
    assert.equal(out, 'False\n', 'Remove says that there was no such parameter; nothing else prints');
    assert.deepEqual(shell.changes(), expectedChanges);
    assert.deepEqual(shell.state.connectors[0]?.globalParameters, [
      {
        name: 'Microsoft.Synchronize.ForceFullPasswordSync',
        type: 'String',
        scope: 'ConnectorGlobal',
        description: null,
        regexValidationPattern: null,
        defaultValue: null,
        value: '1',
      },
    ]);
    assert.deepEqual(
      shell.asked.filter(({ operation }) => operation === 'writePasswordSync').map(({ request }) => request),
      [false, true].map((enabled) => ({ sourceConnector: names[0], targetConnector: names[1], enabled })),
    );
  });

  test('runs again, replacing the parameter', async () => {
    const shell = createShell();
    await shell.run(filledIn);
    const { out, err } = await shell.run(filledIn);
    assert.equal(err, '');
    assert.equal(out, 'True\n');
    assert.equal(shell.state.connectors[0]?.globalParameters.length, 1);
  });

  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(filledIn, 'utf16le')]);
  const encodings: [string, Uint8Array][] = [
    ['CRLF line ends', Buffer.from(filledIn.replaceAll('\n', '\r\n'))],
    ['a UTF-8 byte order mark', Buffer.from(`\uFEFF${filledIn}`)],
    ['UTF-16', utf16],
    ['no last line end', Buffer.from(filledIn.trimEnd())],
  ];
  for (const [what, bytes] of encodings) {
    test(`runs with ${what}`, async () => {
      const shell = createShell();
      assert.equal((await shell.run(decodeScript(bytes))).err, '');
      assert.deepEqual(shell.changes(), expectedChanges);
    });
  }

  const broken: [string, string, RegExp][] = [
    ['a name in the wrong case', filledIn.replace('corp.example', 'Corp.Example'), /"Corp\.Example".*"corp\.example"/],
    ['a name that is not filled in', published, /there is no connector "<CASE SENSITIVE AD CONNECTOR NAME>"/],
    ['an empty name', filledIn.replace('"corp.example"', '""'), /-Name is empty/],
  ];
  for (const [what, script, message] of broken) {
    test(`with ${what} says so and changes nothing`, async () => {
      const shell = createShell();
      const { hadErrors, err } = await shell.run(script);
      assert.equal(hadErrors, true);
      assert.match(err, message);
      assert.deepEqual(shell.changes(), []);
    });
  }

  test('with the misspelt variable in circulation is refused where the target is missing', async () => {
    const shell = createShell();
    const { err } = await shell.run(filledIn.replace('$azureadConnector =', '$aadConnector ='));
    assert.match(err, /TargetConnector/);
    assert.deepEqual(shell.changes(), ['saveConnector']);
  });

  test('with a wrong last line runs none of the others', async () => {
    const shell = createShell();
    const { refusal } = await shell.run(`${filledIn}Get-ADSyncNothing\n`);
    assert.equal(refusal?.line, 12);
    assert.deepEqual(shell.asked, []);
  });
});
