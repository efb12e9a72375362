import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { harness, printed } from './harness.ts';

/** Script, and what it prints, lines joined with a bar. */
type Row = readonly [script: string, output: string];

const people =
  '$p = [pscustomobject]@{Name="Bo"; Age=30}, [pscustomobject]@{Name="al"; Age=25}, [pscustomobject]@{Name="Cy"; Age=30}; ';

const tables: Record<string, readonly Row[]> = {
  'Where-Object': [
    ['1..6 | Where-Object { $_ % 2 -eq 0 }', '2|4|6'],
    ['1..6 | ? { $PSItem -gt 4 }', '5|6'],
    [`${people}($p | where Age -eq 30).Name`, 'Bo|Cy'],
    [`${people}($p | where Name -like "b*").Name`, 'Bo'],
    [`${people}($p | where -Property Age -lt -Value 30).Name`, 'al'],
    [`${people}($p | ? Name -in "al","Cy").Name`, 'al|Cy'],
    [`${people}($p | ? Name -cmatch "^[A-Z]").Name`, 'Bo|Cy'],
    ['@{On=$true;N=1},@{On=$false;N=2} | where On | % N', '1'],
    ['@{On=$true;N=1},@{On=$false;N=2} | where -Not On | % N', '2'],
    ['1..3 | where -FilterScript { $_ -eq 2 }', '2'],
  ],
  'ForEach-Object': [
    ['1..3 | ForEach-Object { $_ * 2 }', '2|4|6'],
    ['"a","b" | foreach { $_.ToUpper() }', 'A|B'],
    ['"a","bb" | % Length', '1|2'],
    ['"a" | % ToUpper', 'A'],
    ['1..3 | % -Begin { "b" } -Process { $_ } -End { "e" }', 'b|1|2|3|e'],
    ['1..2 | % { 1..2 | % { $_ } }', '1|2|1|2'],
    ['$s = 0; 1..3 | % { $s += $_ }; $s', '6'],
    ['1..4 | % { if ($_ -eq 2) { return }; $_ }', '1|3|4'],
    ['$_ = "kept"; 1 | % { }; $_', 'kept'],
  ],
  'Select-Object': [
    ['1..5 | select -First 2', '1|2'],
    ['1..5 | select -Last 2', '4|5'],
    ['1..5 | select -Skip 3', '4|5'],
    ['1..5 | select -First 2 -Skip 1', '2|3'],
    ['1..5 | select -Last 2 -Skip 1', '3|4'],
    ['1,2,1 | select -Unique', '1|2'],
    [`${people}$p | select -ExpandProperty Name`, 'Bo|al|Cy'],
    [`${people}"$(($p | select Name)[0])"`, '@{Name=Bo}'],
    [`${people}"$(($p | select N* -First 1))"`, '@{Name=Bo}'],
    [`${people}"$(($p | select * -ExcludeProperty Age)[1])"`, '@{Name=al}'],
    [`${people}"$(($p | select @{n="Twice"; e={$_.Age * 2}} -First 1))"`, '@{Twice=60}'],
    [`${people}"$(($p | select Name, Nope -First 1))"`, '@{Name=Bo; Nope=}'],
    [`${people}($p | select -Property Age -Unique).Count`, '2'],
    ['1..1000000 | % { $_ } | select -First 1', '1'],
    ['1..3 | % { 5 | % { $_ } } | select -First 2', '5|5'],
    ['1..3 | select -First 0', ''],
  ],
  'order and number': [
    ['"b","A","c" | Sort-Object', 'A|b|c'],
    ['10,9,1 | sort -Descending', '10|9|1'],
    [`${people}($p | sort Age, Name).Name`, 'al|Bo|Cy'],
    [`${people}($p | sort Age -Descending).Name`, 'Bo|Cy|al'],
    [`${people}($p | sort @{e={$_.Name.Length}}, @{e="Age"; Descending=$true}).Name`, 'Bo|Cy|al'],
    ['3,1,3 | sort -Unique', '1|3'],
    [`${people}($p | group Age | % { "$($_.Name):$($_.Count)" }) -join " "`, '30:2 25:1'],
    ['(1,2,3 | measure -Sum).Sum', '6'],
    ['$m = 1,2,6 | measure -Average -Maximum -Minimum; "$($m.Average) $($m.Maximum) $($m.Minimum)"', '3 6 1'],
    [`${people}($p | measure Age -Sum).Sum`, '85'],
    ['(@() | measure).Count', '0'],
  ],
  data: [
    ['[pscustomobject]@{a=1;b="x"} | ConvertTo-Json -Compress', '{"a":1,"b":"x"}'],
    ['1,2 | ConvertTo-Json -Compress', '[1,2]'],
    ['ConvertTo-Json @(1,@{a=$null}) -Compress', '[1,{"a":null}]'],
    ['@{a=@{b=@{c=@{d=1}}}} | ConvertTo-Json -Compress', '{"a":{"b":{"c":"System.Collections.Hashtable"}}}'],
    ['@{a=@{b=@{c=@{d=1}}}} | ConvertTo-Json -Compress -Depth 5', '{"a":{"b":{"c":{"d":1}}}}'],
    ['@{d=[datetime]"2019-05-13"} | ConvertTo-Json -Compress', '{"d":"2019-05-13T00:00:00.000Z"}'],
    [`('{"a":{"b":[1,2]}}' | ConvertFrom-Json).a.b[1]`, '2'],
    [`'[1,2]' | ConvertFrom-Json | % { $_ + 1 }`, '2|3'],
    ['[pscustomobject]@{a=1;b="x,""y"""} | ConvertTo-Csv -NoTypeInformation', '"a","b"|"1","x,""y"""'],
    ['[pscustomobject]@{a=1} | ConvertTo-Csv -NoTypeInformation -Delimiter ";"', '"a"|"1"'],
  ],
  'objects and time': [
    ['(New-Object PSObject -Property @{a=1}).a', '1'],
    ['(New-Object -TypeName PSCustomObject -Property @{a=1}).a', '1'],
    ['Get-Date -Format "yyyy-MM-dd"', '2019-05-13'],
    ['(Get-Date).Hour', '16'],
    ['(Get-Date "2019-01-01").Year', '2019'],
    ['(New-TimeSpan -Hours 1 -Minutes 30).TotalMinutes', '90'],
    ['(New-TimeSpan -Start "2019-05-13" -End "2019-05-14").Days', '1'],
    ['Start-Sleep -Milliseconds 5; Start-Sleep 1; "slept"', 'slept'],
  ],
  output: [
    ['Write-Output a b', 'a|b'],
    ['echo (1,2) 3', '1|2|3'],
    ['Write-Host Hello World', 'Hello World'],
    ['Write-Host "a" -NoNewline; Write-Host "b"', 'ab'],
    ['Write-Host a,b -Separator "-"', 'a-b'],
    ['Write-Host x -ForegroundColor Red', 'x'],
    ['"x" | Write-Host', 'x'],
    ['1 | Out-Null; "y"', 'y'],
    ['$x = 1,2 | Out-String; $x.Length', '4'],
    ['(1,2 | Out-String -Stream).Count', '2'],
    ['Write-Verbose hidden; "z"', 'z'],
  ],
  discovery: [
    ['(Get-Command Where-*).Name', 'Where-Object'],
    ['(Get-Module).Name', 'adsync'],
    ['Import-Module ADSync; "in"', 'in'],
    ['Import-Module "C:\\Program Files\\X\\ADSync.psd1"; "in"', 'in'],
    ['("abc" | Get-Member ToUpper).MemberType', 'Method'],
    ['("abc" | gm -MemberType Property).Name', 'Length'],
    ['(Get-Help Out-Null).Split(":")[0]', 'Out-Null'],
  ],
};

for (const [what, list] of Object.entries(tables)) {
  describe(`pipelines: ${what}`, () => {
    for (const [script, output] of list) {
      it(script.replace(people, '… '), async () => {
        const expected =
          output === ''
            ? ''
            : output
                .split('|')
                .map((line) => `${line}\n`)
                .join('');
        assert.equal(await printed(script), expected);
      });
    }
  });
}

describe('pipelines that fail', () => {
  const rows: readonly Row[] = [
    ['1 | select -ExpandProperty Nope', 'Property "Nope" cannot be found'],
    ['Start-Sleep 4000', '0 to 3600 seconds'],
    ['"{" | ConvertFrom-Json', 'no valid JSON'],
    ['Where-Object', 'has no condition'],
    ['1 | where Length -eq -ne 1', 'has two comparisons'],
    ['Get-Help Nope', "There is no command 'Nope'"],
    ['1 | select @{n="a"; x=1}', "The key 'x'"],
    ['ConvertTo-Json 1 -Depth 101', 'The depth is 0 to 100'],
    ['Read-Host "Name"', 'Nobody is there'],
  ];
  for (const [script, message] of rows) {
    it(`${script}: ${message}`, async () => {
      assert.ok((await printed(script)).includes(message));
    });
  }
});

describe('warnings and details', () => {
  it('go to the error stream, as told', async () => {
    const script = [
      'Write-Warning a',
      'Write-Warning b -WarningAction SilentlyContinue',
      'Write-Verbose c -Verbose',
      '$VerbosePreference = "Continue"; Write-Verbose d',
      'Write-Verbose e -Verbose:$false',
      '$WarningPreference = "SilentlyContinue"; Write-Warning f',
    ].join('\n');
    const { out, error } = await harness().run(script);
    assert.deepEqual({ out, error }, { out: '', error: 'WARNING: a\nVERBOSE: c\nVERBOSE: d\n' });
  });

  it('hold for what an advanced function calls', async () => {
    const script =
      'function f { [CmdletBinding()] param() Write-Verbose in; Write-Error e }; f -Verbose -ErrorAction SilentlyContinue';
    assert.deepEqual((await harness().run(script)).error, 'VERBOSE: in\n');
  });

  it('asks the user through the host', async () => {
    const asked: string[] = [];
    const session = harness({ readLine: (prompt) => Promise.resolve(`${asked.push(prompt)}`) });
    const { out } = await session.run('$x = Read-Host "Your name"; "got $x"');
    assert.deepEqual({ out, asked }, { out: 'got 1\n', asked: ['Your name: '] });
  });
});
