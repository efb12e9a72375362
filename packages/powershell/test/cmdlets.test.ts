import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { object, textOf, type Cmdlet, type ParameterSpec, type PsValue } from '../src/index.ts';
import { harness } from './harness.ts';

/** A cmdlet that tells what it was called with. */
function showing(parameters: readonly ParameterSpec[], details: Partial<Cmdlet> = {}): Cmdlet {
  return {
    name: 'Show-Call',
    synopsis: 'Tells its arguments.',
    parameters,
    run: ({ arguments: values }) =>
      Promise.resolve(
        parameters
          .filter(({ name }) => values.has(name))
          .map(({ name }) => `${name}=${describeValue(values.value(name))}`)
          .join(' ') || 'nothing',
      ),
    ...details,
  };
}

function describeValue(value: PsValue): string {
  return Array.isArray(value) ? `[${value.map(describeValue).join(',')}]` : `${typeof value}:${textOf(value)}`;
}

const parameters: readonly ParameterSpec[] = [
  { name: 'ConnectorName', type: 'string', position: 0, aliases: ['cn'] },
  { name: 'ConnectorIdentifier', type: 'guid' },
  { name: 'Count', type: 'int', position: 1 },
  { name: 'Enable', type: 'bool' },
  { name: 'Force', type: 'switch' },
  { name: 'PolicyType', type: { words: ['Delta', 'Initial'] } },
  { name: 'Names', type: 'string', isArray: true },
];

describe('binding of arguments', () => {
  const rows: readonly (readonly [script: string, output: string])[] = [
    ['Show-Call', 'nothing'],
    ['Show-Call a 5', 'ConnectorName=string:a Count=number:5'],
    ['Show-Call -Count 5 a', 'ConnectorName=string:a Count=number:5'],
    ['show-call -connectorname a', 'ConnectorName=string:a'],
    ['Show-Call -cn a', 'ConnectorName=string:a'],
    ['Show-Call -Cou 5', 'Count=number:5'],
    ['Show-Call -ConnectorName:a -Count: 5', 'ConnectorName=string:a Count=number:5'],
    ['Show-Call 007 "5"', 'ConnectorName=string:007 Count=number:5'],
    ['Show-Call -Force', 'Force=boolean:True'],
    ['Show-Call -Force:$false', 'Force=boolean:False'],
    ['Show-Call -Enable $false', 'Enable=boolean:False'],
    ['Show-Call -Enable 1', 'Enable=boolean:True'],
    ['Show-Call -PolicyType initial', 'PolicyType=string:Initial'],
    ['Show-Call -Names a', 'Names=[string:a]'],
    ['Show-Call -Names a,b', 'Names=[string:a,string:b]'],
    ['$p = @{ConnectorName="a"; Force=$true}; Show-Call @p', 'ConnectorName=string:a Force=boolean:True'],
    ['$p = "a", 5; Show-Call @p', 'ConnectorName=string:a Count=number:5'],
    ['Show-Call $null', 'ConnectorName=string:'],
    ['Show-Call "a b"', 'ConnectorName=string:a b'],
    ['Show-Call (1 + 1)', 'ConnectorName=string:2'],
    ['Show-Call -ErrorAction Stop -Verbose -WarningAction Ignore x', 'ConnectorName=string:x'],
  ];
  for (const [script, output] of rows) {
    it(`${script} gives ${output}`, async () => {
      const { out, error } = await harness({ cmdlets: [showing(parameters)] }).run(script);
      assert.deepEqual({ out, error }, { out: `${output}\n`, error: '' });
    });
  }
});

describe('arguments that are refused before anything runs', () => {
  const rows: readonly (readonly [script: string, column: number, message: string])[] = [
    ['Show-Call -Nope 1', 11, "matches parameter name 'Nope'"],
    ['Show-Call -Con a', 11, 'ambiguous: -ConnectorName, -ConnectorIdentifier, -Confirm'],
    ['Show-Call a 1 b', 15, 'has no parameter that takes this argument'],
    ['Show-Call -Count', 11, 'has no argument'],
    ['Show-Call -Count -Force', 11, 'has no argument'],
    ['Show-Call -Count 1 -Count 2', 20, 'given twice'],
    ['Show-Call -Count abc', 18, '"abc" is no System.Int32'],
    ['Show-Call -PolicyType Full', 23, '"Full" is none of Delta, Initial'],
    ['Show-Call -Enable "false"', 19, 'is no truth value'],
    ['Show-Call a,b', 11, 'it is an array'],
    ['Show-Call -ConnectorIdentifier x', 32, 'is no System.Guid'],
    ['Show-Call -ErrorAction Maybe', 24, 'is none of Continue'],
    ['Set-Thing', 1, "needs the parameter 'Name'"],
    ['Set-Thing ""', 11, 'an empty text'],
  ];
  const changing: Partial<Cmdlet> = { changes: () => 'it' };
  const setThing = showing([{ name: 'Name', type: 'string', mandatory: true, position: 0 }], { name: 'Set-Thing' });
  for (const [script, column, message] of rows) {
    it(`${script}: ${message}`, async () => {
      const { refusal, out } = await harness({ cmdlets: [showing(parameters, changing), setThing] }).run(
        `"first"\n${script}`,
      );
      assert.equal(refusal?.code, 'ERR_POWERSHELL_ARGUMENT');
      assert.deepEqual([refusal?.line, refusal?.column, out], [2, column, '']);
      assert.ok(refusal?.message.includes(message), refusal?.message);
    });
  }

  it('a computed argument is refused when the call is reached', async () => {
    const rowsAtRun = [
      ['Show-Call -Enable ("fal" + "se")', 'is no truth value'],
      ['Set-Thing ($null)', 'it is null'],
      ['$p = @{Nope=1}; Show-Call @p', "matches parameter name 'Nope'"],
      ['$p = 1,2,3; Show-Call @p', 'No parameter takes the argument'],
      ['$p = @{}; Set-Thing @p', "'Name' is mandatory"],
    ] as const;
    for (const [script, message] of rowsAtRun) {
      const { error, refusal } = await harness({ cmdlets: [showing(parameters), setThing] }).run(script);
      assert.equal(refusal, undefined);
      assert.ok(error.includes(message), error);
    }
  });
});

describe('objects of the pipeline', () => {
  const byValue = showing([{ name: 'Name', type: 'string', mandatory: true, pipeline: 'value' }]);
  const byName = showing([{ name: 'Identifier', type: 'int', mandatory: true, pipeline: 'name', aliases: ['Id'] }]);
  const rows: readonly (readonly [cmdlet: Cmdlet, script: string, output: string])[] = [
    [byValue, '"a","b" | Show-Call', 'Name=string:a\nName=string:b\n'],
    [byValue, '1 | Show-Call', 'Name=string:1\n'],
    [byValue, '@() | Show-Call', ''],
    [byName, '[pscustomobject]@{Identifier=5} | Show-Call', 'Identifier=number:5\n'],
    [byName, '[pscustomobject]@{id="6"} | Show-Call', 'Identifier=number:6\n'],
  ];
  for (const [cmdlet, script, output] of rows) {
    it(`${script} gives ${JSON.stringify(output)}`, async () => {
      const { out, error } = await harness({ cmdlets: [cmdlet] }).run(script);
      assert.deepEqual({ out, error }, { out: output, error: '' });
    });
  }

  it('that fit no parameter are errors, one for each, and the rest goes on', async () => {
    const { out, error, hadErrors } = await harness({ cmdlets: [byName] }).run(
      '1, [pscustomobject]@{Id=2}, "x" | Show-Call',
    );
    assert.deepEqual({ out, hadErrors }, { out: 'Identifier=number:2\n', hadErrors: true });
    assert.equal(error.match(/cannot be bound to any parameters/gu)?.length, 2);
  });

  it('an object is no text', async () => {
    const { error } = await harness({ cmdlets: [byValue] }).run('[pscustomobject]@{a=1} | Show-Call');
    assert.match(error, /cannot be bound/u);
  });
});

function giving(run: Cmdlet['run']): Cmdlet {
  return { name: 'Get-It', synopsis: 'Gives.', parameters: [], run };
}

async function* streamed(): AsyncGenerator<PsValue> {
  yield 1;
  yield [2, 3];
}

describe('what a cmdlet gives', () => {
  it('is written item by item when it is an array, as it is when it streams', async () => {
    assert.equal(
      (await harness({ cmdlets: [giving(() => Promise.resolve([1, 2]))] }).run('(Get-It | measure).Count')).out,
      '2\n',
    );
    assert.equal((await harness({ cmdlets: [giving(streamed)] }).run('(Get-It | measure).Count')).out, '2\n');
    assert.equal(
      (await harness({ cmdlets: [giving(() => Promise.resolve(undefined))] }).run('Get-It; $null -eq (Get-It)')).out,
      'True\n',
    );
  });

  it('is no longer asked for when nobody wants more', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<PsValue> {
      try {
        for (let number = 0; ; number += 1) yield number;
      } finally {
        closed = true;
      }
    }
    const { out } = await harness({ cmdlets: [giving(endless)] }).run('Get-It | select -First 2');
    assert.deepEqual({ out, closed }, { out: '0\n1\n', closed: true });
  });

  it('an error it throws is one of the script, with code and next step', async () => {
    const failure = Object.assign(new Error('The agent does not answer.'), {
      code: 'ERR_AGENT',
      nextStep: 'Start it.',
    });
    const { error, out } = await harness({ cmdlets: [giving(() => Promise.reject(failure))] }).run('$x = Get-It; "on"');
    assert.equal(out, 'on\n');
    assert.equal(
      error,
      'Get-It : The agent does not answer.\nStart it.\nAt line:1 char:6\n+ $x = Get-It; "on"\n+      ~~~~~~\n    + FullyQualifiedErrorId : ERR_AGENT,Get-It\n\n',
    );
  });

  it('an error it reports does not end it', async () => {
    const reporting = giving((call) => {
      call.fail(new Error('One is unreachable.'));
      return Promise.resolve('the others');
    });
    const { out, error, hadErrors } = await harness({ cmdlets: [reporting] }).run(
      'Get-It; $?; try { Get-It -ErrorAction Stop } catch { "c $_" }',
    );
    assert.deepEqual({ out, hadErrors }, { out: 'the others\nFalse\nc One is unreachable.\n', hadErrors: true });
    assert.match(error, /^Get-It : One is unreachable\./u);
  });

  it('an error of a method or a property of its objects is one of the script', async () => {
    const failure = Object.assign(new Error('Not now.'), { code: 'ERR_THING' });
    const thing = object({
      typeName: 'Contoso.Thing',
      properties: [
        {
          name: 'Value',
          get: () => 1,
          set: () => {
            throw failure;
          },
        },
      ],
      methods: [
        {
          name: 'Go',
          minimum: 0,
          maximum: 0,
          call: () => Promise.reject(failure),
        },
      ],
    });
    const { error, out } = await harness({ cmdlets: [giving(() => Promise.resolve(thing))] }).run(
      '$t = Get-It; $t.Go(); $t.Value = 2; $t.Go(1); "on"',
    );
    assert.equal(out, 'on\n');
    assert.equal(error.match(/FullyQualifiedErrorId : ERR_THING/gu)?.length, 2);
    assert.match(error, /overload for "Go" and the argument count: "1"/u);
  });
});

describe('a cmdlet that changes something', () => {
  const calls: string[] = [];
  const setThing = showing([{ name: 'Name', type: 'string', mandatory: true, position: 0, pipeline: 'value' }], {
    name: 'Set-Thing',
    changes: (values) => values.text('Name') ?? '',
    run: (call) => {
      calls.push(call.arguments.text('Name') ?? '');
      return Promise.resolve(undefined);
    },
  });
  const answers = (answer: string) => harness({ cmdlets: [setThing], readLine: () => Promise.resolve(answer) });
  const rows: readonly (readonly [script: string, answer: string, called: readonly string[], out: string])[] = [
    ['Set-Thing a', '', ['a'], ''],
    ['Set-Thing a -WhatIf', '', [], 'What if: Performing the operation "Set-Thing" on target "a".\n'],
    ['Set-Thing a -WhatIf:$false', '', ['a'], ''],
    [
      '$WhatIfPreference = $true; Set-Thing a',
      '',
      [],
      'What if: Performing the operation "Set-Thing" on target "a".\n',
    ],
    ['$WhatIfPreference = $true; Set-Thing a -WhatIf:$false', '', ['a'], ''],
    ['Set-Thing a -Confirm', 'y', ['a'], ''],
    ['Set-Thing a -Confirm', 'n', [], ''],
    ['Set-Thing a -Confirm:$false', 'n', ['a'], ''],
    ['"a","b" | Set-Thing', '', ['a', 'b'], ''],
  ];
  for (const [script, answer, called, out] of rows) {
    it(`${script}, answered with '${answer}', changes ${called.join(' and ') || 'nothing'}`, async () => {
      calls.length = 0;
      const result = await answers(answer).run(script);
      assert.deepEqual([calls, result.out, result.error], [called, out, '']);
    });
  }

  it('changes nothing when it should ask and nobody is there', async () => {
    calls.length = 0;
    const { error } = await harness({ cmdlets: [setThing] }).run('Set-Thing a -Confirm');
    assert.match(error, /Nobody is there to answer/u);
    assert.deepEqual(calls, []);
  });
});

describe('the host', () => {
  it('hears of an argument that its cmdlet does not declare', async () => {
    const wrong = showing([], { run: (call) => Promise.resolve(call.arguments.value('Nope')) });
    assert.match((await harness({ cmdlets: [wrong] }).run('Show-Call')).error, /declares no parameter 'Nope'/u);
  });

  it('is asked for types, by full name in any case', async () => {
    const types = [
      {
        name: 'Contoso.Pair',
        create: (values: readonly PsValue[]) =>
          object({ typeName: 'Contoso.Pair', properties: [{ name: 'Values', value: [...values] }] }),
      },
    ];
    const { out } = await harness({ types }).run(
      '(New-Object contoso.pair String, $null, 5).Values.Count; (New-Object Contoso.Pair("a","b")).Values -join "+"; (New-Object Contoso.Pair).Values.Count',
    );
    assert.equal(out, '3\na+b\n0\n');
  });
});
