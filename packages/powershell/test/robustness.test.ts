import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { isComplete, PowerShellError } from '../src/index.ts';
import { sourceOf } from '../src/source.ts';
import { parse } from '../src/syntax/parser.ts';
import { harness, printed } from './harness.ts';

/** Parses, and gives the error if there is one: only ever a PowerShellError within the text. */
function tryParse(text: string): PowerShellError | undefined {
  const source = sourceOf(text);
  try {
    parse(source);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof PowerShellError, `${JSON.stringify(text)}: ${String(error)}`);
    const lines = source.text.split('\n');
    assert.ok(error.line >= 1 && error.line <= lines.length, JSON.stringify(text));
    assert.ok(error.column >= 1 && error.column <= (lines[error.line - 1]?.length ?? 0) + 1, JSON.stringify(text));
    return error;
  }
}

const pieces = [
  '$x',
  '$',
  '${',
  '$(',
  '@(',
  '@{',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  '[int]',
  '"',
  "'",
  '@"\n',
  '\n"@',
  "@'\n",
  "\n'@",
  '`',
  '#',
  '<#',
  '#>',
  '\n',
  ';',
  '|',
  ',',
  '..',
  '.',
  '::',
  '=',
  '+=',
  '+',
  '-',
  '--',
  '++',
  '*',
  '/',
  '%',
  '!',
  '-eq',
  '-not',
  '-split',
  '-f',
  '-Name',
  '-Name:',
  '1',
  '0x',
  '1kb',
  '1.',
  'a',
  'Write-Output',
  'Where-Object',
  'ForEach-Object',
  'if',
  'else',
  'elseif',
  'foreach',
  'for',
  'while',
  'do',
  'until',
  'switch',
  'default',
  'function',
  'f',
  'param(',
  'return',
  'break',
  'continue',
  'throw',
  'try',
  'catch',
  'finally',
  'in',
  ' ',
  '\t',
  '\u2013',
  '\u201C',
  '\u2018',
  '&',
  '>',
  '@x',
  '$_',
  '$true',
  '$null',
  '\0',
  '\u{1F600}',
  '\uD800',
];

const program = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((list) => list.join(''));
const spaced = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((list) => list.join(' '));

describe('any text', () => {
  it('is parsed or refused, with a place in it', () => {
    fc.assert(
      fc.property(
        fc.oneof(program, spaced, fc.string({ unit: 'binary', maxLength: 200 })),
        (text) => void tryParse(text),
      ),
      { numRuns: 5000 },
    );
  });

  it('is complete or not, without an error', () => {
    fc.assert(
      fc.property(program, (text) => void isComplete(text)),
      { numRuns: 1000 },
    );
  });

  it('fails as a script fails when it runs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(program, spaced), async (text) => {
        const controller = new AbortController();
        const timer = setTimeout(() => controller.abort(), 50);
        const { refusal, hadErrors } = await harness().run(text, { signal: controller.signal });
        clearTimeout(timer);
        assert.ok(refusal === undefined || hadErrors);
      }),
      { numRuns: 2000 },
    );
  });

  it('cut anywhere is still only refused', () => {
    const script =
      'function f([int]$a = 3) { switch ($a) { 1 { "x$($a)y" } default { @{ k = "v`n" } } } }\n1..3 | % { try { f -a $_ } catch { throw } } | ft @"\n$x\n"@, \'q\'\n';
    for (let end = 0; end <= script.length; end += 1) tryParse(script.slice(0, end));
  });
});

describe('absurd depth and length', () => {
  const deep = 100_000;
  const rows: Record<string, string> = {
    parentheses: '('.repeat(deep),
    'closed parentheses': '('.repeat(deep) + '1' + ')'.repeat(deep),
    subexpressions: '$('.repeat(deep),
    'subexpressions in strings': '"$('.repeat(deep),
    'script blocks': '{'.repeat(deep),
    hashtables: '@{a='.repeat(deep),
    indexes: '$a['.repeat(deep),
    calls: '$a.b('.repeat(deep),
    'unary operators': `${'!'.repeat(deep)}1`,
    minus: `${'- '.repeat(deep)}1`,
    casts: `${'[int]'.repeat(deep)}1`,
    commas: ','.repeat(deep),
    assignments: `${'$a='.repeat(deep)}1`,
    if: 'if(1){'.repeat(deep),
    functions: 'function f{'.repeat(50_000),
  };
  for (const [what, text] of Object.entries(rows)) {
    it(`${what} are refused`, () => {
      assert.equal(tryParse(text)?.code, 'ERR_POWERSHELL_TOO_LARGE');
    });
  }

  it('what is long but flat runs', async () => {
    assert.equal(await printed(`${'1+'.repeat(20_000)}1`), '20001\n');
    assert.equal(await printed(`(${'1,'.repeat(20_000)}1).Count`), '20001\n');
    assert.equal(await printed(`$a = @{}; $a${'.b'.repeat(5000)} -eq $null`), 'True\n');
    assert.equal(await printed(`if (0) { }${' elseif (0) { }'.repeat(5000)} else { "e" }`), 'e\n');
    assert.equal(await printed(`5${' | % { $_ }'.repeat(200)}`), '5\n');
  });

  it('the deepest script that is parsed also runs', async () => {
    const depth = 45;
    assert.equal(await printed(`${'('.repeat(depth)}1${')'.repeat(depth)}`), '1\n');
    const inner = `${'$('.repeat(depth)}f ($n - 1)${')'.repeat(depth)}`;
    assert.equal(await printed(`function f($n) { if ($n -gt 0) { ${inner} } else { "bottom" } }; f 150`), 'bottom\n');
  });

  it('a script of more than a megabyte is refused', async () => {
    const { refusal } = await harness().run('#'.repeat((1 << 20) + 1));
    assert.equal(refusal?.code, 'ERR_POWERSHELL_TOO_LARGE');
  });

  it('values that contain themselves are survived', async () => {
    const scripts = [
      '$a = @(1); $a[0] = $a; "$a"; $a; if ($a) { "t" }; $a.Count; $a[$a]',
      '$h = @{}; $h.self = $h; $h | ConvertTo-Json -Depth 50; "$h"; $h; $h | fl',
      '$o = [pscustomobject]@{a=1}; $o.a = $o; "$o"; $o | ConvertTo-Json; $o | select *; $o | sort a; $o, $o | group a',
    ];
    for (const script of scripts) assert.equal((await harness().run(script)).refusal, undefined);
  });
});
