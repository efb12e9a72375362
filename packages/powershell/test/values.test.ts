import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  convert,
  isTrue,
  keyedCollection,
  object,
  textOf,
  timeSpan,
  type PsValue,
  type ScalarType,
} from '../src/index.ts';
import { customObject, hashtable, itemsOf, OperationError } from '../src/index.ts';
import { printed } from './harness.ts';

const guid = 'b891884f-051e-4a83-95af-2544101c9083';

describe('truth', () => {
  const rows: readonly (readonly [PsValue, boolean])[] = [
    [null, false],
    [true, true],
    [false, false],
    [0, false],
    [0.1, true],
    [-1, true],
    ['', false],
    ['0', true],
    ['false', true],
    [[], false],
    [[0], false],
    [[1], true],
    [[''], false],
    [[0, 0], true],
    [[[0]], true],
    [hashtable(), true],
    [new Date(0), true],
    [timeSpan(0), true],
  ];
  for (const [index, [value, expected]] of rows.entries()) {
    it(`takes row ${index}, ${JSON.stringify(value)}, for ${expected}`, () => {
      assert.equal(isTrue(value), expected);
    });
  }
});

describe('conversion', () => {
  const rows: readonly (readonly [PsValue, ScalarType, string])[] = [
    ['5', 'int', '5'],
    [' 5 ', 'int', '5'],
    ['0x1f', 'int', '31'],
    ['', 'int', '0'],
    [null, 'int', '0'],
    [true, 'int', '1'],
    [2.5, 'int', '2'],
    [3.5, 'int', '4'],
    [-2.5, 'int', '-2'],
    ['2147483647', 'int', '2147483647'],
    ['2147483648', 'long', '2147483648'],
    ['1.5', 'double', '1.5'],
    ['abc', 'bool', 'True'],
    ['', 'bool', 'False'],
    [0, 'bool', 'False'],
    [5, 'string', '5'],
    [null, 'string', ''],
    [[1, [2]], 'string', '1 System.Object[]'],
    [`{${guid.toUpperCase()}}`, 'guid', guid],
    ['2019-05-13', 'datetime', '05/13/2019 00:00:00'],
    ['2019-05-13T16:01:02Z', 'datetime', '05/13/2019 16:01:02'],
    ['2019-05-13T16:01:02+02:00', 'datetime', '05/13/2019 14:01:02'],
    ['5/13/2019 4:01:02 PM', 'datetime', '05/13/2019 16:01:02'],
    ['5/13/2019 12:30 AM', 'datetime', '05/13/2019 00:30:00'],
    ['00:30:00', 'timespan', '00:30:00'],
    ['7.00:00:00', 'timespan', '7.00:00:00'],
    ['-1:30', 'timespan', '-01:30:00'],
    ['2', 'timespan', '2.00:00:00'],
    [10_000_000, 'timespan', '00:00:01'],
    [5, 'array', '5'],
  ];
  for (const [value, scalar, text] of rows) {
    it(`makes ${text} of ${JSON.stringify(value)} as ${scalar}`, () => {
      assert.equal(textOf(convert(value, { scalar, isArray: false })), text);
    });
  }

  const failures: readonly (readonly [PsValue, ScalarType])[] = [
    ['abc', 'int'],
    ['2147483648', 'int'],
    [1e300, 'long'],
    ['1,5', 'double'],
    [[1], 'int'],
    ['nonsense', 'datetime'],
    ['2019-02-30', 'datetime'],
    ['13/1/2019', 'datetime'],
    ['25:00', 'timespan'],
    ['x', 'guid'],
    [5, 'hashtable'],
    ['x', 'scriptblock'],
    [null, 'datetime'],
  ];
  for (const [value, scalar] of failures) {
    it(`refuses ${JSON.stringify(value)} as ${scalar}`, () => {
      assert.throws(() => convert(value, { scalar, isArray: false }), { code: 'ERR_POWERSHELL_CONVERSION' });
    });
  }

  it('converts each item for an array', () => {
    assert.deepEqual(convert(['1', 2], { scalar: 'int', isArray: true }), [1, 2]);
    assert.deepEqual(convert('1', { scalar: 'int', isArray: true }), [1]);
  });
});

describe('an object of the host', () => {
  const stored: PsValue[] = [];
  const made = () =>
    object({
      typeName: 'Contoso.Thing',
      properties: [
        { name: 'Value', value: null, type: { scalar: 'string', isArray: false } },
        { name: 'Fixed', value: 5, readOnly: true },
        { name: 'Live', get: () => stored.length, set: (value) => void stored.push(value) },
      ],
    });

  it('converts what is assigned to a property with a type', () => {
    const property = made().properties.get('value');
    property?.set?.(1);
    assert.equal(property?.get(), '1');
  });

  it('has no setter for a read-only property', () => {
    const property = made().properties.get('fixed');
    assert.ok(property !== undefined && !('set' in property));
  });

  it('is computed where the host computes', () => {
    const property = made().properties.get('live');
    property?.set?.('x');
    assert.equal(property?.get(), 1);
  });
});

describe('a keyed collection', () => {
  it('enumerates in order', () => {
    assert.deepEqual(itemsOf(keyedCollection('Things', textOf, ['One', 'Two'])), ['One', 'Two']);
  });

  it('refuses a key that it has, in any case', () => {
    assert.throws(
      () => keyedCollection('Things', textOf, ['One', 'one']),
      (error: unknown) =>
        error instanceof OperationError &&
        error.code === 'ERR_POWERSHELL_DUPLICATE_KEY' &&
        error.message.includes("'one'"),
    );
  });
});

describe('texts of values', () => {
  const rows: readonly (readonly [PsValue, string])[] = [
    [
      customObject([
        ['a', 1],
        ['b', customObject([['c', 2]])],
      ]),
      '@{a=1; b=}',
    ],
    [hashtable([['a', 1]]), 'System.Collections.Hashtable'],
    [[1, 'x', null, true], '1 x  True'],
    [1e20, '1E+20'],
    [0.00001, '1E-05'],
    [0.1 + 0.2, '0.3'],
    [-0, '0'],
    [9_007_199_254_740_991, '9007199254740991'],
    [timeSpan(1500), '00:00:01.5000000'],
    [object({ typeName: 'A.B', properties: [] }), 'A.B'],
    [object({ typeName: 'A.B', properties: [], text: () => 'shown' }), 'shown'],
  ];
  for (const [value, text] of rows) {
    it(`writes ${JSON.stringify(text)}`, () => {
      assert.equal(textOf(value), text);
    });
  }
});

describe('members', () => {
  const rows: readonly (readonly [script: string, output: string])[] = [
    ['"abc".Length', '3'],
    ['"abc".ToUpper()', 'ABC'],
    ['"a-b".Replace("-", "$&")', 'a$&b'],
    ['"abc".Substring(1)', 'bc'],
    ['"abc".Substring(1, 1)', 'b'],
    ['" a ".Trim() + "|"', 'a|'],
    ['"xxaxx".Trim("x")', 'a'],
    ['"aab".TrimStart("a")', 'b'],
    ['"baa".TrimEnd("a")', 'b'],
    ['"a,b".Split(",")[1]', 'b'],
    ['"ABC".Contains("b")', 'False'],
    ['"abc".IndexOf("c")', '2'],
    ['"7".PadLeft(3, "0")', '007'],
    ['"abc".StartsWith("ab")', 'True'],
    ['"abc"[0] + "abc"[-1]', 'ac'],
    ['(5).ToString("D3")', '005'],
    ['(1,2,3).Count', '3'],
    ['(5).Count', '1'],
    ['$null.Count', '0'],
    ['([pscustomobject]@{a=1}).Count', '1'],
    ['@{a=[pscustomobject]@{b=1}}.a.b', '1'],
    ['$h = @{a=@{b=1}}; $h.a.b = 5; $h["a"]["b"]', '5'],
    ['(1,2,3)[0,2] -join "+"', '1+3'],
    ['(1,2,3)[1..2] -join "+"', '2+3'],
    ['(1,2).Contains(2)', 'True'],
    ['@{a=1}.a', '1'],
    ['@{a=1}["A"]', '1'],
    ['@{1="x"}[1]', 'x'],
    ['$h=@{}; $h.x = 1; $h["y"] = 2; $h.Count', '2'],
    ['$h=@{a=1}; $h.Remove("a"); $h.ContainsKey("a")', 'False'],
    ['$h=@{b=1;a=2}; ($h.GetEnumerator() | sort Name | % { $_.Name + $_.Value }) -join " "', 'a2 b1'],
    ['$h=@{a=1} + @{b=2}; $h.Keys -join ","', 'a,b'],
    ['@{a=1}.nope -eq $null', 'True'],
    ['(@{a=1},@{a=2}).a -join ","', '1,2'],
    ['([pscustomobject]@{Name="n"}).name', 'n'],
    ['$o = [pscustomobject]@{a=1}; $o.a = 2; $o.a', '2'],
    ['$m = "a"; @{a=7}.$m', '7'],
    ['@{"a b"=7}."a b"', '7'],
    ['([datetime]"2019-05-13").DayOfWeek', 'Monday'],
    ['([datetime]"2019-01-31").AddMonths(1).Day', '28'],
    ['([datetime]"2019-05-13").Date.AddHours(5).Hour', '5'],
    ['([datetime]"2019-03-01").DayOfYear', '60'],
    ['([datetime]"2019-05-13T01:02:03Z").TimeOfDay.ToString()', '01:02:03'],
    ['[timespan]::FromMinutes(90).TotalHours', '1.5'],
    ['[math]::Round(2.346, 2) + [math]::Round(2.5)', '4.35'],
    ['[math]::Max(1, 2) + [math]::Floor(1.9)', '3'],
    ['[string]::IsNullOrEmpty("")', 'True'],
    ['[string]::Join("-", 1, 2)', '1-2'],
    ['[int]::MaxValue', '2147483647'],
    ['"{0}" -f [guid]::NewGuid()', '12345678-1234-4234-8234-123456789abc'],
    ['[datetime]::UtcNow.ToString("s")', '2019-05-13T16:01:02'],
    ['"x".GetType().Name', 'String'],
    ['(1.5).GetType().FullName', 'System.Double'],
    ['"a".Equals("A")', 'False'],
  ];
  for (const [script, output] of rows) {
    it(`${script} is ${output}`, async () => {
      assert.equal(await printed(script), `${output}\n`);
    });
  }

  const failures: readonly (readonly [script: string, message: string])[] = [
    ['$null.Foo()', "cannot call the method 'Foo' on a null-valued expression"],
    ['$null.Foo = 1', 'cannot be set on null'],
    ['$null[0]', 'Cannot index into a null array'],
    ['"x".Foo()', "does not contain a method named 'Foo'"],
    ['"x".Substring()', 'Cannot find an overload for "Substring" and the argument count: "0"'],
    ['"x".Substring(5)', 'outside of the text'],
    ['"x".Length = 5', "'Length' is a read-only property"],
    ['(5).Foo = 1', "The property 'Foo' cannot be found"],
    ['$a = 1,2; $a[5] = 1', 'outside of the array'],
    ['$a = 1,2; $a["x"]', 'is no index'],
    ['$h = @{a=1}; $h.Add("A", 2)', "has the key 'A' already"],
    ['@{a=1; A=2}', "has the key 'A' already"],
    ['([datetime]"2019-05-13").AddDays(1e12)', 'is no date'],
    ['"x".PadLeft(1e9)', 'is no width'],
  ];
  for (const [script, message] of failures) {
    it(`${script} fails: ${message}`, async () => {
      assert.ok((await printed(script)).includes(message));
    });
  }
});
