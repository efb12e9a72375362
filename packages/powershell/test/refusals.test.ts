import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isComplete, PowerShellError, type RefusalCode } from '../src/index.ts';
import { connectorCmdlets, type Calls } from './connectors.ts';
import { harness } from './harness.ts';

/** Script, why it is refused, and the line and column that are named. */
type Row = readonly [script: string, code: RefusalCode, line: number, column: number];

const unsupported: readonly Row[] = [
  ['& notepad', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
  ['& { 1 }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
  ['. ./lib.ps1', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
  ['1 > file.txt', 'ERR_POWERSHELL_UNSUPPORTED', 1, 3],
  ['Get-Date 2>&1', 'ERR_POWERSHELL_UNSUPPORTED', 1, 10],
  ['Get-Date >> f', 'ERR_POWERSHELL_UNSUPPORTED', 1, 10],
  ['Get-Date < f', 'ERR_POWERSHELL_UNSUPPORTED', 1, 10],
  ['Get-Date && Get-Date', 'ERR_POWERSHELL_UNSUPPORTED', 1, 10],
  ['Get-Date || Get-Date', 'ERR_POWERSHELL_UNSUPPORTED', 1, 10],
  ['Get-Date &', 'ERR_POWERSHELL_UNSUPPORTED', 1, 10],
  ['$env:PATH', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
  ['"in $env:PATH"', 'ERR_POWERSHELL_UNSUPPORTED', 1, 5],
  ['$x = $PSVersionTable', 'ERR_POWERSHELL_UNSUPPORTED', 1, 6],
  ['$using:x', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
  ['$$', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
  ['class X { }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
  ['enum X { }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
  ['using module x', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
  ['filter f { }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
  ['trap { }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
  ['workflow f { }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
  ['exit 1', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
  ['param($x) $x', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
  ['function f { process { } }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 14],
  ['function script:f { }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 16],
  ['function f { [CmdletBinding(SupportsShouldProcess)] param() }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 14],
  ['function f { param([Parameter(HelpMessage="x")] $a) }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 20],
  ['function f { param([ValidateSet("a")] $a) }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 20],
  ['function f { }; 1 | f', 'ERR_POWERSHELL_UNSUPPORTED', 1, 21],
  [':outer while (1) { }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
  ['while (1) { break outer }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 19],
  ['1 | % { break }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 9],
  ['continue', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
  ['$(return 1)', 'ERR_POWERSHELL_UNSUPPORTED', 1, 3],
  ['try { } finally { return }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 19],
  ['while (1) { try { } finally { break } }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 31],
  ['switch -File ("x") { }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 8],
  ['try { } catch [System.IO.IOException] { }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 15],
  ['try { } catch { } catch { }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 18],
  ['5 -band 1', 'ERR_POWERSHELL_UNSUPPORTED', 1, 3],
  ['"5" -as [int]', 'ERR_POWERSHELL_UNSUPPORTED', 1, 5],
  ['-bnot 1', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
  ['{ param($x) }', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
  ['(1,2).Where({ $_ })', 'ERR_POWERSHELL_UNSUPPORTED', 1, 6],
  ['(1,2).ForEach({ $_ })', 'ERR_POWERSHELL_UNSUPPORTED', 1, 6],
  ['$m = "x"; "a".$m()', 'ERR_POWERSHELL_UNSUPPORTED', 1, 14],
  ['"a".("Length")', 'ERR_POWERSHELL_UNSUPPORTED', 1, 5],
  ['$x::Foo', 'ERR_POWERSHELL_UNSUPPORTED', 1, 3],
  ['[System.Collections.Generic.List[string]]::new()', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
  ['[guid]::Nope()', 'ERR_POWERSHELL_UNSUPPORTED', 1, 7],
  ['[guid]::NewGuid', 'ERR_POWERSHELL_UNSUPPORTED', 1, 7],
  ['echo "a"b', 'ERR_POWERSHELL_UNSUPPORTED', 1, 9],
  ['echo $a.b/c', 'ERR_POWERSHELL_UNSUPPORTED', 1, 10],
  ['echo --% x', 'ERR_POWERSHELL_UNSUPPORTED', 1, 6],
  ['$t = "X"; New-Object $t', 'ERR_POWERSHELL_UNSUPPORTED', 1, 22],
  ['x"y" z', 'ERR_POWERSHELL_UNSUPPORTED', 1, 1],
];

const unknown: readonly Row[] = [
  ['Get-Process', 'ERR_POWERSHELL_UNKNOWN_COMMAND', 1, 1],
  ['"a"\n  Get-Item x', 'ERR_POWERSHELL_UNKNOWN_COMMAND', 2, 3],
  ['1 | % { if (0) { Remove-Item x } }', 'ERR_POWERSHELL_UNKNOWN_COMMAND', 1, 18],
  ['"text $(Get-Content x)"', 'ERR_POWERSHELL_UNKNOWN_COMMAND', 1, 9],
  ['@{ a = Get-Content x }', 'ERR_POWERSHELL_UNKNOWN_COMMAND', 1, 8],
  ['function f { curl x }', 'ERR_POWERSHELL_UNKNOWN_COMMAND', 1, 14],
  ['function f($a = (curl x)) { }', 'ERR_POWERSHELL_UNKNOWN_COMMAND', 1, 18],
  ['Invoke-Expression "1"', 'ERR_POWERSHELL_UNKNOWN_COMMAND', 1, 1],
  ['[System.IO.File]::ReadAllText("x")', 'ERR_POWERSHELL_UNKNOWN_TYPE', 1, 1],
  ['[xml]"<a/>"', 'ERR_POWERSHELL_UNKNOWN_TYPE', 1, 1],
  ['$x -is [System.Net.WebClient]', 'ERR_POWERSHELL_UNKNOWN_TYPE', 1, 8],
  ['function f([Foo]$x) { }', 'ERR_POWERSHELL_UNKNOWN_TYPE', 1, 12],
  ['[Foo]$x = 5', 'ERR_POWERSHELL_UNKNOWN_TYPE', 1, 1],
  ['New-Object System.Net.WebClient', 'ERR_POWERSHELL_UNKNOWN_TYPE', 1, 12],
  ['New-Object -TypeName Foo', 'ERR_POWERSHELL_UNKNOWN_TYPE', 1, 22],
  ['Import-Module ActiveDirectory', 'ERR_POWERSHELL_UNKNOWN_MODULE', 1, 15],
  ['Import-Module adsync, Foo', 'ERR_POWERSHELL_UNKNOWN_MODULE', 1, 15],
  ['[guid]::Parse()', 'ERR_POWERSHELL_ARGUMENT', 1, 7],
  ['function f { [CmdletBinding()] param($a) }; f 1 2', 'ERR_POWERSHELL_ARGUMENT', 1, 49],
  ['function f($a) { }; f -b 1', 'ERR_POWERSHELL_ARGUMENT', 1, 23],
  ['Start-ADSyncSyncCycle -PolicyType Full', 'ERR_POWERSHELL_ARGUMENT', 1, 35],
];

const syntax: readonly Row[] = [
  ['$x = 5 6', 'ERR_POWERSHELL_SYNTAX', 1, 8],
  ['5 = 3', 'ERR_POWERSHELL_SYNTAX', 1, 1],
  ['$x == 3', 'ERR_POWERSHELL_SYNTAX', 1, 4],
  ['"x" | "y"', 'ERR_POWERSHELL_SYNTAX', 1, 7],
  ['$x -foo 3', 'ERR_POWERSHELL_SYNTAX', 1, 4],
  ['}', 'ERR_POWERSHELL_SYNTAX', 1, 1],
  ['1 +* 2', 'ERR_POWERSHELL_SYNTAX', 1, 4],
  ['if $x { }', 'ERR_POWERSHELL_SYNTAX', 1, 4],
  ['if (1) 5', 'ERR_POWERSHELL_SYNTAX', 1, 8],
  ['(1;2)', 'ERR_POWERSHELL_SYNTAX', 1, 3],
  ['@{a 1}', 'ERR_POWERSHELL_SYNTAX', 1, 5],
  ['@{a=1 b=2}', 'ERR_POWERSHELL_SYNTAX', 1, 7],
  ['echo a,,b', 'ERR_POWERSHELL_SYNTAX', 1, 8],
  ['"$x: y"', 'ERR_POWERSHELL_SYNTAX', 1, 2],
  ['try { } 5', 'ERR_POWERSHELL_SYNTAX', 1, 9],
  ['foreach (x in 1) { }', 'ERR_POWERSHELL_SYNTAX', 1, 10],
  ['@"x\n"@', 'ERR_POWERSHELL_SYNTAX', 1, 3],
  ['switch (1) { default { } default { } }', 'ERR_POWERSHELL_SYNTAX', 1, 26],
  ['[]', 'ERR_POWERSHELL_SYNTAX', 1, 1],
  ['1..', 'ERR_POWERSHELL_INCOMPLETE', 1, 4],
  ['"a', 'ERR_POWERSHELL_INCOMPLETE', 1, 3],
  ['<# a', 'ERR_POWERSHELL_INCOMPLETE', 1, 5],
];

for (const [what, rows] of Object.entries({
  'outside of the subset': unsupported,
  'that does not exist': unknown,
  'that is no PowerShell': syntax,
})) {
  describe(`what is ${what}`, () => {
    for (const [script, code, line, column] of rows) {
      it(`${JSON.stringify(script)}: ${code} at ${line}:${column}, and nothing runs`, async () => {
        const calls: Calls = [];
        // Statements before it do not run; the function of a name that is tried stays unknown.
        const { refusal, out, error, hadErrors } = await harness(connectorCmdlets(calls)).run(
          `Start-ADSyncSyncCycle; "ran"\n${script}`,
        );
        assert.ok(refusal instanceof PowerShellError);
        assert.deepEqual(
          [refusal.code, refusal.line, refusal.column, out, calls, hadErrors],
          [code, line + 1, column, '', [], true],
        );
        assert.ok(error.includes(`At line:${line + 1} char:${column}\n`), error);
        assert.ok(refusal.message.length > 0 && refusal.nextStep.length > 0);
      });
    }
  });
}

describe('a refusal is printed', () => {
  it('with the file, the line and what to do', async () => {
    const { error } = await harness().run('$x = 1\r\n  Get-Item $x\r\n', { file: 'a.ps1' });
    assert.equal(
      error,
      [
        'At a.ps1:2 char:3',
        '+   Get-Item $x',
        '+   ~',
        "The term 'Get-Item' is not recognized as the name of a cmdlet or function.",
        'Get-Command lists what there is; nothing of the script has run.',
        '    + FullyQualifiedErrorId : ERR_POWERSHELL_UNKNOWN_COMMAND',
        '',
        '',
      ].join('\n'),
    );
  });
});

describe('typed lines', () => {
  const rows: readonly (readonly [text: string, complete: boolean])[] = [
    ['', true],
    ['5', true],
    ['foreach ($x in 1) {', false],
    ['foreach ($x in 1) {\n}', true],
    ['(1 +', false],
    ['1 +', false],
    ['Get-Date |', false],
    ['"a', false],
    ["'a", false],
    ['@"\ntext', false],
    ['@"\ntext\n"@', true],
    ['@{ a = 1', false],
    ['@{ a = 1 }', true],
    ['echo a,', false],
    ['echo a `', false],
    ['echo a `\n', false],
    ['<# a', false],
    ['if (1) { 2 }', true],
    ['try { }', false],
    ['$x =', false],
    ['function f', false],
    ['}', true],
    ['class X {', true],
    ['Get-Nothing', true],
  ];
  for (const [text, complete] of rows) {
    it(`${JSON.stringify(text)} ${complete ? 'are whole' : 'go on'}`, () => {
      assert.equal(isComplete(text), complete);
    });
  }
});
