import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keyedCollection, object, textOf, timeSpan, type Cmdlet, type PsValue } from '../src/index.ts';
import { harness, printed } from './harness.ts';

/** What is printed for values that a cmdlet gives. */
async function shown(value: PsValue, script = 'Get-It', width = 80): Promise<string> {
  const cmdlet: Cmdlet = { name: 'Get-It', synopsis: 'Gives it.', parameters: [], run: () => Promise.resolve(value) };
  const { out, error } = await harness({ cmdlets: [cmdlet], width }).run(script);
  return out + error;
}

function lines(...list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join('');
}

function oneColumn(name: string, ...rows: readonly number[]): string {
  return lines('', name, '-', ...rows.map(String), '', '');
}

function collection(): PsValue {
  return keyedCollection('Parameters', textOf, ['One', 'Two']);
}

const scheduler = object({
  typeName: 'Contoso.Scheduler',
  properties: [
    { name: 'AllowedSyncCycleInterval', value: timeSpan(30 * 60_000) },
    { name: 'NextSyncCyclePolicyType', value: 'Delta' },
    { name: 'NextSyncCycleStartTimeInUTC', value: new Date('2019-05-13T16:31:02Z') },
    { name: 'PurgeRunHistoryInterval', value: timeSpan(7 * 86_400_000) },
    { name: 'SyncCycleEnabled', value: true },
    { name: 'CustomizedSyncCycleInterval', value: null },
  ],
});

describe('objects are printed', () => {
  it('as a table when they have at most four properties, numbers to the right', async () => {
    assert.equal(
      await printed(
        '[pscustomobject]@{Name="a";Size=10;On=$true}, [pscustomobject]@{Name="longer";Size=2000;On=$false}',
      ),
      lines('', 'Name   Size On', '----   ---- --', 'a        10 True', 'longer 2000 False', '', ''),
    );
  });

  it('as a list when they have more', async () => {
    assert.equal(
      await shown(scheduler),
      lines(
        '',
        '',
        'AllowedSyncCycleInterval    : 00:30:00',
        'NextSyncCyclePolicyType     : Delta',
        'NextSyncCycleStartTimeInUTC : 5/13/2019 4:31:02 PM',
        'PurgeRunHistoryInterval     : 7.00:00:00',
        'SyncCycleEnabled            : True',
        'CustomizedSyncCycleInterval :',
        '',
        '',
        '',
      ),
    );
  });

  it('with an empty line between those of a list', async () => {
    assert.equal(
      await printed('[pscustomobject]@{a=1}, [pscustomobject]@{a=2} | Format-List'),
      lines('', '', 'a : 1', '', 'a : 2', '', '', ''),
    );
  });

  it('as their type says', async () => {
    const properties = ['A', 'B', 'C', 'D', 'E'].map((name) => ({ name, value: name.toLowerCase() }));
    const table = object({ typeName: 'T', properties, display: { as: 'table', properties: ['B', 'D'] } });
    const list = object({ typeName: 'T', properties, display: { as: 'list', properties: ['E'] } });
    assert.equal(await shown(table), lines('', 'B D', '- -', 'b d', '', ''));
    assert.equal(await shown(list), lines('', '', 'E : e', '', '', ''));
  });

  it('in one table for a statement, in a new one where they look different', async () => {
    const script = 'foreach ($i in 1,2) { [pscustomobject]@{a=$i} }; [pscustomobject]@{a=3}, [pscustomobject]@{b=4}';
    assert.equal(await printed(script), oneColumn('a', 1, 2) + oneColumn('a', 3) + oneColumn('b', 4));
  });

  it('before what is written to the user or as an error afterwards', async () => {
    assert.equal(
      await printed('1 | % { [pscustomobject]@{a=1}; Write-Host after }'),
      lines('', 'a', '-', '1', '', '', 'after'),
    );
  });
});

describe('values are printed', () => {
  const rows: readonly (readonly [script: string, output: string])[] = [
    ['"text"', lines('text')],
    ['5, 1.5', lines('5', '1.5')],
    ['$true; $false', lines('True', 'False')],
    ['$null', ''],
    ['@()', ''],
    ['""', lines('')],
    ['1,(2,3)', lines('1', '2', '3')],
    ['[datetime]"2019-05-13 16:01:02"', lines('', 'Monday, May 13, 2019 4:01:02 PM', '')],
    [
      '[guid]"b891884f-051e-4a83-95af-2544101c9083"',
      lines('', 'Guid', '----', 'b891884f-051e-4a83-95af-2544101c9083', '', ''),
    ],
    [
      '@{a=1; b="x"; c=1,2}',
      lines(
        '',
        'Name                           Value',
        '----                           -----',
        'a                              1',
        'b                              x',
        'c                              {1, 2}',
        '',
        '',
      ),
    ],
    ['{ 1 + 1 }', lines(' 1 + 1 ')],
    [
      '[pscustomobject]@{a=1,2,3,4,5; b=@{x=1}; c=$null; d=[datetime]"2019-05-13"}',
      lines(
        '',
        'a               b   c d',
        '-               -   - -',
        '{1, 2, 3, 4...} {x}   5/13/2019 12:00:00 AM',
        '',
        '',
      ),
    ],
  ];
  for (const [script, output] of rows) {
    it(script, async () => {
      assert.equal(await printed(script), output);
    });
  }
});

describe('a table that is too wide', () => {
  it('cuts the widest column', async () => {
    assert.equal(
      await shown(
        [
          object({
            typeName: 'T',
            properties: [
              { name: 'Dn', value: `CN=${'x'.repeat(40)}` },
              { name: 'N', value: 1 },
            ],
          }),
        ],
        'Get-It',
        20,
      ),
      lines('', 'Dn                 N', '--                 -', `CN=${'x'.repeat(12)}... 1`, '', ''),
    );
  });

  it('leaves out the last columns when nothing can be cut further', async () => {
    const properties = ['First', 'Second', 'Third', 'Fourth'].map((name) => ({ name, value: 'value' }));
    assert.equal(
      await shown(object({ typeName: 'T', properties }), 'Get-It', 12),
      lines('', 'First Se...', '----- --...', 'value value', '', ''),
    );
  });

  it('cuts numbers at their beginning', async () => {
    assert.equal(
      await shown(object({ typeName: 'T', properties: [{ name: 'N', value: 123_456_789 }] }), 'Get-It', 6),
      lines('', '     N', '     -', '...789', '', ''),
    );
  });

  it('shows several lines of a text as one', async () => {
    assert.equal(await printed('[pscustomobject]@{a="x`ny"}'), lines('', 'a', '-', 'x y', '', ''));
  });
});

describe('a list with a long value', () => {
  it('goes on in further lines', async () => {
    assert.equal(
      await shown(
        object({ typeName: 'T', properties: [{ name: 'Dn', value: 'abcdefghijklmno' }] }),
        'Get-It | Format-List',
        15,
      ),
      lines('', '', 'Dn : abcdefghij', '     klmno', '', '', ''),
    );
  });
});

describe('the format cmdlets', () => {
  const rows: readonly (readonly [script: string, output: string])[] = [
    ['$o | Format-Table B, A', lines('', 'B A', '- -', '2 1', '', '')],
    ['$o | ft -Property * -AutoSize', lines('', 'A B', '- -', '1 2', '', '')],
    ['$o | ft -HideTableHeaders', lines('', '1 2', '', '')],
    ['$o | ft @{n="Sum"; e={$_.A + $_.B}}', lines('', 'Sum', '---', '  3', '', '')],
    ['$o | fl A', lines('', '', 'A : 1', '', '', '')],
    ['($o | ft | Out-String).Trim().Length', lines('11')],
    ['@() | ft', ''],
    ['@{k=1} | fl Name, Value', lines('', '', 'Name  : k', 'Value : 1', '', '', '')],
  ];
  for (const [script, output] of rows) {
    it(script, async () => {
      assert.equal(await printed(`$o = [pscustomobject]@{A=1; B=2}; ${script}`), output);
    });
  }
});

describe('a keyed collection', () => {
  const rows: readonly (readonly [script: string, output: string])[] = [
    ['$c.Count', '2'],
    ['$c', 'One\nTwo'],
    ['$c["two"]', 'Two'],
    ['$c[0]', 'One'],
    ['$c.Contains("ONE"); $c.Contains("Three")', 'True\nFalse'],
    ['$c.Remove("One"); $c.Remove("One"); $c.Count', 'True\nFalse\n1'],
    ['$c.Add("Three"); $c.Count', '3'],
    ['$c.Clear(); $c.Count', '0'],
    ['($c | measure).Count', '2'],
    ['foreach ($x in $c) { $x }', 'One\nTwo'],
    ['$c.Length -join ","', '3,3'],
    ['"$c"', 'One Two'],
    ['$c -eq "one"', 'One'],
  ];
  for (const [script, output] of rows) {
    it(script, async () => {
      const holder = object({ typeName: 'T', properties: [{ name: 'Parameters', value: collection() }] });
      assert.equal(await shown(holder, `$c = (Get-It).Parameters; ${script}`), `${output}\n`);
    });
  }

  it('refuses a key that is there', async () => {
    const holder = object({ typeName: 'T', properties: [{ name: 'Parameters', value: collection() }] });
    assert.match(await shown(holder, '(Get-It).Parameters.Add("one")'), /key 'one' is already in the collection/u);
  });
});
