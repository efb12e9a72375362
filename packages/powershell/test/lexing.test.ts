import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { printed } from './harness.ts';

/** Script, and what it prints. */
type Row = readonly [script: string, output: string];

const modes: readonly Row[] = [
  ['2+2', '4\n'],
  ['Write-Output 2+2', '2+2\n'],
  ['Write-Output (2+2)', '4\n'],
  ['$a = 2+2; Write-Output $a', '4\n'],
  ['$a = 4; Write-Output $a/H', '4/H\n'],
  ['Write-Output a.b,C.D', 'a.b\nC.D\n'],
  ['Write-Output a , b', 'a\nb\n'],
  ['(Write-Output a, b).Count', '2\n'],
  ['Write-Output a,\n  b', 'a\nb\n'],
  ['Write-Output 007', '7\n'],
  ['function f([string]$x) { $x }; f 007', '007\n'],
  ['Write-Output -5', '-5\n'],
  ['Write-Output [int]', '[int]\n'],
  ['Write-Output a#b # comment', 'a#b\n'],
  ['Write-Output a`;b', 'a;b\n'],
  ['Write-Output $true,$null,"x"', 'True\nx\n'],
  ['$s = "abc"; Write-Output $s.Length', '3\n'],
  ['$s = "abc"; Write-Output $s.ToUpper()', 'ABC\n'],
  ['$s = 5,6; Write-Output $s[1]', '6\n'],
  ['$s = "a"; Write-Output x$s-$($s + 1)y', 'xa-a1y\n'],
  ['Write-Output x"y z"\'w\'', 'xy zw\n'],
  ['Write-Output C:\\dir\\file', 'C:\\dir\\file\n'],
  ['Write-Output \u2013InputObject \u201Cq\u201D', 'q\n'],
  ["Write-Output 'it''s'", "it's\n"],
  ['Write-Output `\n  x', 'x\n'],
  ['1,2 |\n  Measure-Object |\n  Select-Object -ExpandProperty Count', '2\n'],
  ['1 +\n2', '3\n'],
  ['(1,\n2\n)[1]', '2\n'],
  ['<# a\nb #> 5', '5\n'],
  ['5; ; 6;', '5\n6\n'],
];

const strings: readonly Row[] = [
  ["'$x `n'", '$x `n\n'],
  ['"a`tb`$c`"d""e"', 'a\tb$c"d"e\n'],
  ['$x = 1; "$x.y ${x}y $script:x"', '1.y 1y 1\n'],
  ['"$"', '$\n'],
  ['"cost: $5"', 'cost: \n'],
  ['"$(1; 2) $("in ""quotes""")"', '1 2 in "quotes"\n'],
  ['"$([int]"3" + "4")"', '7\n'],
  ['"$(@(1,2,3))"', '1 2 3\n'],
  ['"$null|$true|$(1.50)"', '|True|1.5\n'],
  ['@"\na "b"\n$(1+1)\n"@', 'a "b"\n2\n'],
  ["@'\n$a\n 'b'\n'@", "$a\n 'b'\n"],
  ['@"\n"@.Length', '0\n'],
  ["@'\n'@.Length", '0\n'],
  ['"a\nb"', 'a\nb\n'],
  ['"\u00E4\u{1F600}"', '\u00E4\u{1F600}\n'],
  ['${a b} = 7; ${a b}', '7\n'],
];

const numbers: readonly Row[] = [
  ['10', '10\n'],
  ['1.5', '1.5\n'],
  ['.5', '0.5\n'],
  ['1.0', '1\n'],
  ['1e3', '1000\n'],
  ['0x1F', '31\n'],
  ['1kb; 2MB; 1gb', '1024\n2097152\n1073741824\n'],
  ['5l; 2d', '5\n2\n'],
  ['-3; - 3; +3', '-3\n-3\n3\n'],
  ['0.1 + 0.2', '0.3\n'],
  ['1/3', '0.333333333333333\n'],
  ['1e20', '1E+20\n'],
  ['(1..3) -join ","; (3..1) -join ","; (-1..1) -join ","', '1,2,3\n3,2,1\n-1,0,1\n'],
];

function rows(what: string, list: readonly Row[]): void {
  describe(what, () => {
    for (const [script, output] of list) {
      it(`prints ${JSON.stringify(output)} for ${JSON.stringify(script)}`, async () => {
        assert.equal(await printed(script), output);
      });
    }
  });
}

rows('argument mode and expression mode', modes);
rows('strings', strings);
rows('numbers', numbers);
