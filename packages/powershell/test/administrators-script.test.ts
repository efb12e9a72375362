import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { decodeScript } from '../src/index.ts';
import { connectorCmdlets, type Calls } from './connectors.ts';
import { harness } from './harness.ts';

const script = readFileSync(path.join(import.meta.dirname, 'force-full-password-sync.ps1'), 'utf8');

const filled = script
  .replace('<CASE SENSITIVE AD CONNECTOR NAME>', 'corp.contoso.com')
  .replace('<CASE SENSITIVE AZURE AD CONNECTOR NAME>', 'contoso.onmicrosoft.com - AAD');

const expectedCalls = [
  'get corp.contoso.com',
  'add corp.contoso.com microsoft.synchronize.forcefullpasswordsync="1"',
  'set corp.contoso.com > contoso.onmicrosoft.com - AAD false',
  'set corp.contoso.com > contoso.onmicrosoft.com - AAD true',
];

const utf8 = new TextEncoder();
const crlf = filled.replaceAll('\n', '\r\n');
const files: { what: string; bytes: Uint8Array }[] = [
  { what: 'LF', bytes: utf8.encode(filled) },
  { what: 'CRLF', bytes: utf8.encode(crlf) },
  { what: 'CR', bytes: utf8.encode(filled.replaceAll('\n', '\r')) },
  { what: 'UTF-8 with a byte order mark', bytes: utf8.encode(`\uFEFF${crlf}`) },
  { what: 'UTF-16 little-endian', bytes: new Uint8Array(Buffer.from(`\uFEFF${crlf}`, 'utf16le')) },
  { what: 'UTF-16 big-endian', bytes: new Uint8Array(Buffer.from(`\uFEFF${crlf}`, 'utf16le').swap16()) },
  { what: 'no line end at the end', bytes: utf8.encode(filled.trimEnd()) },
  { what: 'comments', bytes: utf8.encode(`<# full\nsync #>\n${filled.replaceAll('\n', ' # step\n')}`) },
];

describe("the administrators' script", () => {
  for (const { what, bytes } of files) {
    it(`runs as a file with ${what}`, async () => {
      const calls: Calls = [];
      const { out, error, hadErrors } = await harness(connectorCmdlets(calls)).run(decodeScript(bytes));
      assert.deepEqual({ out, error, hadErrors }, { out: 'False\n', error: '', hadErrors: false });
      assert.deepEqual(calls, expectedCalls);
    });
  }

  it('is understood as it is printed, and names the connector that does not exist', async () => {
    const calls: Calls = [];
    const { error, hadErrors, refusal } = await harness(connectorCmdlets(calls)).run(script, { file: 'full.ps1' });
    assert.equal(refusal, undefined);
    assert.equal(hadErrors, true);
    assert.match(error, /^Get-ADSyncConnector : There is no connector '<CASE SENSITIVE AD CONNECTOR NAME>'\./u);
    assert.match(error, /At full\.ps1:4 char:6\n\+ \$c = Get-ADSyncConnector -Name \$adConnector\n\+ {6}~{38}\n/u);
  });

  it('refuses the copy of the script whose target connector is an undefined variable', async () => {
    const calls: Calls = [];
    const { error } = await harness(connectorCmdlets(calls)).run(
      filled.replace('$azureadConnector =', '$aadConnector ='),
    );
    assert.match(error, /parameter 'TargetConnector': it is null/u);
    assert.deepEqual(calls, expectedCalls.slice(0, 2));
  });

  it('removes the parameter, as it says, when it was there', async () => {
    const twice = filled.replace(
      '$c = Add-ADSyncConnector',
      '$c.GlobalParameters.Remove($p.Name)\n$c.GlobalParameters.Add($p)\n$c = Add-ADSyncConnector',
    );
    assert.equal((await harness(connectorCmdlets([])).run(twice)).out, 'False\nTrue\n');
  });

  it('runs nothing when its last line is wrong', async () => {
    const calls: Calls = [];
    const { refusal } = await harness(connectorCmdlets(calls)).run(`${filled}Set-ADSyncNothing`);
    assert.equal(refusal?.code, 'ERR_POWERSHELL_UNKNOWN_COMMAND');
    assert.deepEqual([refusal?.line, refusal?.column, calls], [12, 1, []]);
  });
});
