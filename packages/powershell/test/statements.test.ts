import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { harness, printed } from './harness.ts';

/** Script, and what it prints, lines joined with a bar. */
type Row = readonly [script: string, output: string];

const tables: Record<string, readonly Row[]> = {
  if: [
    ['if (1) { "a" } else { "b" }', 'a'],
    ['if ($null) { "a" } elseif ("x") { "b" } else { "c" }', 'b'],
    ['if (0) { "a" }\nelse\n{ "c" }', 'c'],
    ['$x = if ($true) { "v" }; $x', 'v'],
    ['if ((1,2).Count -eq 2) { "two" }', 'two'],
  ],
  loops: [
    ['foreach ($x in 1,2,3) { if ($x -eq 2) { continue }; $x }', '1|3'],
    ['foreach ($x in 1,2,3) { if ($x -eq 2) { break }; $x }', '1'],
    ['foreach ($x in $null) { "never" }; "end"', 'end'],
    ['foreach ($x in "one") { $x }', 'one'],
    ['for ($i = 0; $i -lt 3; $i++) { $i }', '0|1|2'],
    ['for ($i = 0;; $i += 2) { if ($i -gt 3) { break }; $i }', '0|2'],
    ['$i = 0; while ($i -lt 2) { $i; $i += 1 }', '0|1'],
    ['$i = 0; do { $i; $i++ } while ($i -lt 2)', '0|1'],
    ['$i = 5; do { $i; $i++ } until ($i -gt 3)', '5'],
    ['foreach ($x in 1,2) { foreach ($y in 1,2) { if ($y -eq 2) { break }; "$x$y" } }', '11|21'],
    ['$r = foreach ($x in 1..3) { $x * 2 }; $r -join ","', '2,4,6'],
    ['$i = 1; $i++; ++$i; $i--; $i; ($i++); $i; (--$i)', '2|2|3|2'],
  ],
  switch: [
    ['switch (2) { 1 { "a" } 2 { "b" } 2 { "c" } default { "d" } }', 'b|c'],
    ['switch (2) { 2 { "b"; break } 2 { "c" } }', 'b'],
    ['switch ("X") { x { "fits" } }', 'fits'],
    ['switch -CaseSensitive ("X") { x { "fits" } default { "no" } }', 'no'],
    ['switch (1,2,3) { 2 { "two" } default { "other $_" } }', 'other 1|two|other 3'],
    ['switch -Wildcard ("abc") { a* { 1 } "*z" { 2 } }', '1'],
    ['switch -Regex ("abc") { "^a" { 1 } "z" { 2 } }', '1'],
    ['switch (5) { { $_ -gt 3 } { "big" } }', 'big'],
    ['switch ("q") { "a" { 1 } default { "dflt" } }', 'dflt'],
  ],
  functions: [
    ['function f($a, $b = 7) { "$a-$b" }; f 1; f -b 2 -a 1; f', '1-7|1-2|-7'],
    ['function f { param([int]$n) return $n + 1; "never" }; f "5"', '6'],
    ['function f { $args.Count; $args[0] }; f a b', '2|a'],
    ['function f([switch]$s) { $s }; f; f -s; f -s:$false', 'False|True|False'],
    ['$x = 1; function f { $x = 2; $x }; f; $x', '2|1'],
    ['$x = 1; function f { $script:x = 2 }; f; $x', '2'],
    ['$x = 1; function f { "sees $x" }; f', 'sees 1'],
    ['function f([string[]]$n) { $n.Count }; f a,b', '2'],
    ['function f($n) { if ($n -le 1) { return 1 }; return $n * (f ($n - 1)) }; f 10', '3628800'],
    ['function a { b }; function b { "late" }; a', 'late'],
    ['$p = @{a=1; b=2}; function f($a, $b) { "$a$b" }; f @p', '12'],
    ['$p = 3,4; function f($a, $b) { "$a$b" }; f @p', '34'],
    ['function f { foreach ($x in 1..5) { if ($x -eq 3) { return $x } } }; f', '3'],
  ],
  errors: [
    ['try { throw "bad" } catch { "c: $_" } finally { "f" }', 'c: bad|f'],
    ['try { 1/0; "never" } catch { $_.Exception.Message }', 'Attempted to divide by zero.'],
    ['try { "fine" } catch { "c" } finally { "f" }', 'fine|f'],
    ['try { try { throw "a" } finally { "f" } } catch { "c $_" }', 'f|c a'],
    ['try { try { throw "a" } catch { throw } } catch { "again $_" }', 'again a'],
    ['try { try { throw "a" } catch { throw "b" } } catch { "$_" }', 'b'],
    ['try { Write-Error "x" -ErrorAction Stop; "never" } catch { "c $_" }', 'c x'],
    ['$ErrorActionPreference = "Stop"; try { Write-Error "x" } catch { "c $_" }', 'c x'],
    ['$ErrorActionPreference = "SilentlyContinue"; Write-Error "x"; 1/0; "on"', 'on'],
    ['Write-Error "x" -ea SilentlyContinue; $?; $?', 'False|True'],
    ['$ok = $?; $ok', 'True'],
    ['1..3 | % { 5 | % { $_ } } | select -First 1; $?', '5|True'],
    ['function f { throw "in f" }; try { f } catch { "c $_" }', 'c in f'],
    ['try { throw 5 } catch { $_.TargetObject + 1 }', '6'],
    [
      'try { $null.X() } catch { $_.FullyQualifiedErrorId; $_.InvocationInfo.ScriptLineNumber }',
      'ERR_POWERSHELL_NULL|1',
    ],
    ['try { throw "x" } catch [System.Exception] { "typed" }', 'typed'],
  ],
  assignment: [
    ['$a = $b = 5; "$a$b"', '55'],
    ['$a, $b, $c = 1, 2, 3, 4; "$a|$b|$c".Replace("|", "/")', '1/2/3 4'],
    ['[int]$n = "5"; $n = "6"; $n + 1', '7'],
    ['$a = 1; $a += 2; $a -= 1; $a *= 10; $a /= 4; $a', '5'],
    ['$s = "a"; $s += "b"; $s', 'ab'],
    ['$a = @(); $a += 1; $a += 2; $a.Count', '2'],
    ['$a = 1,2; $a[0] = 9; $a[-1] = 8; $a -join ","', '9,8'],
    ['$o = [pscustomobject]@{n=1}; $o.n += 5; $o.n', '6'],
    ['$null = 5; $null -eq $null', 'True'],
    ['[void](5); [void]"x".Length; "only"', 'only'],
    ['$A = 1; $a', '1'],
    ['$a = ,1; $a.Count; $a.GetType().Name', '1|Object[]'],
    ['$a = @(); $a.Count', '0'],
    ['$a = @(5); $a.Count', '1'],
    ['$undefined -eq $null', 'True'],
  ],
};

for (const [what, list] of Object.entries(tables)) {
  describe(`statements: ${what}`, () => {
    for (const [script, output] of list) {
      it(script.replaceAll('\n', ' '), async () => {
        assert.equal(
          await printed(script),
          output
            .split('|')
            .map((line) => `${line}\n`)
            .join(''),
        );
      });
    }
  });
}

describe('a script with an error', () => {
  it('goes on with the next statement, and says that it had errors', async () => {
    const { out, error, hadErrors } = await harness().run('"a"; 1/0; "b"');
    assert.deepEqual({ out, hadErrors }, { out: 'a\nb\n', hadErrors: true });
    assert.equal(
      error,
      [
        'Attempted to divide by zero.',
        'Check the divisor first.',
        'At line:1 char:6',
        '+ "a"; 1/0; "b"',
        '+      ~~~',
        '    + FullyQualifiedErrorId : ERR_POWERSHELL_OPERATION',
        '',
        '',
      ].join('\n'),
    );
  });

  it('ends at a throw, and where errors stop', async () => {
    for (const script of [
      'throw "x"; "never"',
      '$ErrorActionPreference = "Stop"; 1/0; "never"',
      'Write-Error x -ErrorAction Stop; "never"',
    ]) {
      const { out, hadErrors } = await harness().run(script);
      assert.deepEqual({ out, hadErrors }, { out: '', hadErrors: true });
    }
  });

  it('has had none when they were caught or silenced', async () => {
    for (const script of [
      'try { 1/0 } catch { }',
      'Write-Error x -ErrorAction SilentlyContinue',
      'Write-Error x -ErrorAction Ignore',
    ]) {
      assert.equal((await harness().run(script)).hadErrors, false);
    }
  });

  it('keeps its errors in $Error, the latest first', async () => {
    assert.ok((await printed('Write-Error a; Write-Error b; "$($Error[0]) $($Error.Count)"')).startsWith('b 2\n'));
  });

  it('refuses to assign to what is fixed', async () => {
    assert.ok((await printed('$true = 5')).includes("'$true' is read-only"));
  });

  it('stops endless recursion', async () => {
    assert.ok((await printed('function f { f }; f; "on"')).includes('More than 200 calls'));
  });
});

describe('a session', () => {
  it('keeps variables and functions from one input to the next', async () => {
    const session = harness();
    await session.run('$x = 5; function f { $x + 1 }');
    assert.equal((await session.run('f')).out, '6\n');
  });

  it('shows the line of an error in a function of an earlier input', async () => {
    const session = harness();
    await session.run('function f {\n  1/0\n}', { file: 'lib.ps1' });
    assert.ok((await session.run('f')).error.includes('At lib.ps1:2 char:3\n+   1/0\n+   ~~~\n'));
  });

  it('is interrupted in an endless loop, and usable afterwards', async () => {
    const session = harness();
    const controller = new AbortController();
    const running = session.run('while ($true) { }', { signal: controller.signal });
    setImmediate(() => controller.abort());
    assert.equal((await running).error, 'The script was interrupted.\n');
    assert.equal((await session.run('"still here"')).out, 'still here\n');
  });

  it('begins no other statement once it is interrupted, and still runs finally', async () => {
    const controller = new AbortController();
    const sleep = (_: number, signal: AbortSignal | undefined) => {
      controller.abort();
      signal?.throwIfAborted();
      return Promise.resolve();
    };
    const script = 'try { Start-Sleep 1; "never" } finally { Start-Sleep 1; foreach ($i in 1..2) { "f$i" } }; "never"';
    const { out, error, hadErrors } = await harness({ sleep }).run(script, { signal: controller.signal });
    assert.deepEqual(
      { out, error, hadErrors },
      { out: 'f1\nf2\n', error: 'The script was interrupted.\n', hadErrors: true },
    );
  });

  it('cannot be kept from ending by catch', async () => {
    const controller = new AbortController();
    controller.abort();
    const { out } = await harness().run('try { while ($true) { } } catch { "caught" }', { signal: controller.signal });
    assert.equal(out, '');
  });
});
