import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { printed } from './harness.ts';

/** Expression, and what it prints, lines joined with a bar. */
type Row = readonly [expression: string, output: string];

const tables: Record<string, readonly Row[]> = {
  'the left operand decides': [
    ['"5" + 2', '52'],
    ['5 + "2"', '7'],
    ['"5" - 2', '3'],
    ['"3" * 3', '333'],
    ['3 * "3"', '9'],
    ['$null + "a"', 'a'],
    ['$null + 5', '5'],
    ['$true + 1', '2'],
    ['"x" + 1,2', 'x1 2'],
    ['1,2 + 3', '1|2|3'],
    ['(1,2) * 2', '1|2|1|2'],
    ['@() + 1', '1'],
    ['1 -eq "1"', 'True'],
    ['"1" -eq 1', 'True'],
    ['"01" -eq 1', 'False'],
    ['1 -eq "01"', 'True'],
    ['1 -eq "x"', 'False'],
    ['$true -eq "false"', 'True'],
    ['"true" -eq $true', 'True'],
    ['$null -eq 0', 'False'],
    ['$null -eq ""', 'False'],
    ['10 -gt "9"', 'True'],
    ['"10" -gt 9', 'False'],
  ],
  arithmetic: [
    ['7 / 2', '3.5'],
    ['6 / 2', '3'],
    ['7 % 3', '1'],
    ['-7 % 3', '-1'],
    ['2 + 3 * 4', '14'],
    ['(2 + 3) * 4', '20'],
    ['10 - 2 - 3', '5'],
    ['0x10 + 1', '17'],
    ['2147483647 + 1', '2147483648'],
    ['"a" * 0', ''],
  ],
  'case of letters': [
    ['"a" -eq "A"', 'True'],
    ['"a" -ceq "A"', 'False'],
    ['"a" -ieq "A"', 'True'],
    ['"a" -ne "A"', 'False'],
    ['"a" -cne "A"', 'True'],
    ['"a" -lt "B"', 'True'],
    ['"abc" -clike "A*"', 'False'],
    ['"abc" -cmatch "A"', 'False'],
    ['"aXbx" -creplace "x","-"', 'aXb-'],
    ['"aXbx" -csplit "x"', 'aXb|'],
    ['"a","B" -ccontains "b"', 'False'],
    ['"b" -cin "a","B"', 'False'],
  ],
  'an array is filtered': [
    ['1,2,3,2 -eq 2', '2|2'],
    ['1,2,3 -ne 2', '1|3'],
    ['1,2,3 -gt 1', '2|3'],
    ['"ab","cd" -like "a*"', 'ab'],
    ['"ab","cd" -notmatch "a"', 'cd'],
    ['(1,2 -eq 5).Count', '0'],
    ['"ab","cb" -replace "b","x"', 'ax|cx'],
    ['"a b","c d" -split " "', 'a|b|c|d'],
  ],
  containment: [
    ['1,2 -contains 2', 'True'],
    ['1,2 -notcontains 2', 'False'],
    ['2 -in 1,2', 'True'],
    ['2 -notin 1,2', 'False'],
    ['"A" -in "a"', 'True'],
    ['$null -contains $null', 'False'],
    ['"abc" -contains "a"', 'False'],
  ],
  patterns: [
    ['"abc" -like "a?c"', 'True'],
    ['"abc" -like "[a-b]b*"', 'True'],
    ['"a*c" -like "a`*c"', 'True'],
    ["'abc' -like 'a`*c'", 'False'],
    ['"abc" -notlike "b*"', 'True'],
    ['"a.c" -like "a.c"', 'True'],
    ['"axc" -like "a.c"', 'False'],
    ['"a\nb" -like "a*b"', 'True'],
    ['"user7" -match "(?<n>\\d)"', 'True'],
    ['$x = "user7" -match "(?<n>\\d)"; $Matches.n', '7'],
    ['$x = "user7" -match "r(\\d)"; $Matches[0]; $Matches[1]', 'r7|7'],
    ['"a1b2" -replace "\\d"', 'ab'],
    ['"John Smith" -replace "(\\w+) (\\w+)", \'$2, $1\'', 'Smith, John'],
    ["'ab' -replace '(?<x>a)', '${x}${x}$0$$'", 'aaa$b'],
    ['"a,b;c" -split "[,;]"', 'a|b|c'],
    ['"a,b,c" -split ",", 2', 'a|b,c'],
    ['-split " a  b "', 'a|b'],
    ['"CN=a,OU=b" -match "^CN=(?<cn>[^,]+)"', 'True'],
  ],
  logic: [
    ['$true -and $false', 'False'],
    ['$true -or $false', 'True'],
    ['$true -xor $true', 'False'],
    ['-not $true', 'False'],
    ['!$true', 'False'],
    ['! 0', 'True'],
    ['$false -and (1/0)', 'False'],
    ['1 -eq 1 -and 2 -eq 2', 'True'],
    ['$true -or $false -and $false', 'False'],
  ],
  types: [
    ['1 -is [int]', 'True'],
    ['1.5 -is [int]', 'False'],
    ['"x" -is [string]', 'True'],
    ['"x" -isnot [int]', 'True'],
    ['$null -is [string]', 'False'],
    ['1 -is [object]', 'True'],
    ['(1,2) -is [array]', 'True'],
    ['[int]', 'System.Int32'],
  ],
  joining: [
    ['"a","b" -join "-"', 'a-b'],
    ['-join ("a","b")', 'ab'],
    ['"a" -join "-"', 'a'],
  ],
  formats: [
    ['"{0}-{1}" -f "a","b"', 'a-b'],
    ['"{1}{0}" -f 1,2', '21'],
    ['"{0,5}/{0,-5}/" -f "ab"', '   ab/ab   /'],
    ['"{0:N0} {0:N2} {0:F1}" -f 1234.56', '1,235 1,234.56 1234.6'],
    ['"{0:D5} {0:X} {0:x4}" -f 255', '00255 FF 00ff'],
    ['"{0:P1}" -f 0.256', '25.6 %'],
    ['"{0:00.0} {0:#,##0}" -f 1234.56', '1234.6 1,235'],
    ['"{{0}} {0}" -f 1', '{0} 1'],
    ['"{0:yyyy-MM-dd HH:mm}" -f [datetime]"2019-05-13 16:01"', '2019-05-13 16:01'],
    ['"{0}" -f $null', ''],
    ['"{0} {1}" -f 1,2 + "x"', '1 2x'],
  ],
  dates: [
    ['([datetime]"2019-05-13" - [datetime]"2019-05-12").TotalHours', '24'],
    ['"$([datetime]"2019-05-13" + [timespan]"1.00:00:00")"', '05/14/2019 00:00:00'],
    ['[datetime]"2019-05-13" -lt [datetime]"5/14/2019"', 'True'],
    ['[datetime]"2019-05-13" -eq "2019-05-13"', 'True'],
    ['[timespan]"00:30:00" -gt [timespan]"00:02:00"', 'True'],
    ['"$([timespan]"1.02:03:04")"', '1.02:03:04'],
    ['[guid]"B891884F-051E-4A83-95AF-2544101C9083" -eq "b891884f-051e-4a83-95af-2544101c9083"', 'True'],
  ],
};

for (const [what, list] of Object.entries(tables)) {
  describe(`operators: ${what}`, () => {
    for (const [expression, output] of list) {
      it(`${expression} is ${JSON.stringify(output)}`, async () => {
        assert.equal(
          await printed(expression),
          output
            .split('|')
            .map((line) => `${line}\n`)
            .join(''),
        );
      });
    }
  });
}

describe('operators that fail', () => {
  const rows: readonly Row[] = [
    ['1/0', 'Attempted to divide by zero.'],
    ['5 % 0', 'Attempted to divide by zero.'],
    ['1 + "x"', 'Cannot convert the value "x" to type "System.Double".'],
    ['[datetime]"2019-05-13" - 5', 'Cannot convert'],
    ['@{} -gt 1', 'has no order'],
    ['"a" -match "("', 'is no pattern'],
    ['"{5}" -f 1', 'does not fit the values'],
    ['"{0:Q}" -f 1', 'does not fit the values'],
    ['"a" * 1e9', 'more than'],
    ['1..1e9', 'more than'],
    ['1 -is "int"', 'must be a type'],
  ];
  for (const [expression, message] of rows) {
    it(`${expression}: ${message}`, async () => {
      assert.ok((await printed(expression)).includes(message));
    });
  }
});
