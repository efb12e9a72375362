import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CausewayError } from '@causeway/model';
import * as fc from 'fast-check';
import { connectorAttribute } from '../src/attributes.ts';
import { compileExpression } from '../src/expression/compile.ts';
import { parseExpression } from '../src/expression/parse.ts';
import { clock } from './objects.ts';

function names(name: string): ReturnType<typeof connectorAttribute> {
  return connectorAttribute('ad', name);
}

function compile(text: string): ReturnType<typeof compileExpression> {
  return compileExpression(parseExpression(text), { attribute: names, imported: names });
}

describe('an expression that is wrong', () => {
  for (const [text, message] of [
    ['', /^character 1 of the expression: a value is expected, not the end/],
    ['"abc', /^character 1 .* text that begins here does not end/],
    ['[abc', /^character 1 .* attribute that begins here does not end/],
    ['%abc', /^character 1 .* parameter that begins here does not end/],
    ['“abc”', /^character 1 .* straight/],
    ['1 + ', /^character 5 .* not the end/],
    ['1 1', /^character 3 .* "1" is not expected/],
    ['(1', /^character 3 .*"\)" is expected, not the end/],
    ['Trim("a"', /^character 9 .*"\)" is expected/],
    ['1 = 2 = 3', /^character 7 .*"=" is not expected/],
    ['True && False || True', /^character 15 .*mix only with brackets/],
    ['9223372036854775808', /^character 1 .*64 bits/],
    ['Foo([cn])', /^character 1 .*there is no function Foo/],
    ['"a" & trim([cn])', /^character 7 .*written Trim/],
    ['Guid()', /same result again/],
    ['RandomNum(1,2)', /same result again/],
    ['cn', /^character 1 .*"cn" is unknown.*square brackets/],
    ['[CN]', /^character 1 .*written cn/],
    ['[mailnickname]', /written mailNickname/],
    ['[a b]', /no name of an attribute/],
    ['[toString]', /no name of an attribute/],
    ['constructor(1)', /no function constructor/],
    ['[unicodePwd]', /holds a password/],
    ['[SUPPLEMENTALCREDENTIALS]', /holds a password/],
    ['ImportedValue("userPassword")', /holds a password/],
    ['ImportedValue([cn])', /in quotes/],
    ['%Domain.Nope%', /^character 1 .*unknown; these are: Domain\.FQDN/],
    ['$item', /"\$item" is unknown/],
    ['With($a,1,With($a,2,$a))', /\$a is taken/],
    ['With([cn],1,2)', /is a variable/],
    ['Left([cn])', /Left takes 2 arguments, not 1/],
    ['InStr("a")', /InStr takes 2 to 4 arguments, not 1/],
    ['IIF(True,1)', /IIF takes 3 arguments, not 2/],
    ['Switch(True,1,False)', /pairs/],
    ['Left([cn],"3")', /^character 11 .*argument 2 of Left is a number, not a string/],
    ['Trim([objectGUID])', /argument 1 of Trim is a string, not a binary/],
    ['Trim([manager])', /argument 1 of Trim is a string, not a reference/],
    ['StringFromSid([cn])', /argument 1 of StringFromSid is a binary, not a string/],
    ['BitAnd([cn],1)', /argument 1 of BitAnd is a number, not a string/],
    ['Trim(AuthoritativeNull)', /not a control/],
    ['IgnoreThisFlow & "a"', /can only be a result/],
    ['[cn] + "a"', /for numbers; & joins/],
    ['[userAccountControl] & "a"', /CStr makes one/],
    ['[cn] = 5', /a string cannot be compared with a number/],
    ['[cn] && True', /between conditions/],
    ['IIF([cn],1,2)', /a condition is expected, not a string/],
  ] as const) {
    it(`${text === '' ? 'the empty one' : text} is refused with its place`, () => {
      assert.throws(
        () => compile(text),
        (error) =>
          error instanceof CausewayError && error.code === 'ERR_SYNC_RULES_EXPRESSION' && message.test(error.message),
      );
    });
  }

  it('is refused when it is absurdly long, deep or wide', () => {
    for (const text of [
      '('.repeat(5000),
      `${'('.repeat(65)}1${')'.repeat(65)}`,
      `${'Trim('.repeat(65)}"a"${')'.repeat(65)}`,
      'x'.repeat(8193),
      `"${'a'.repeat(9000)}"`,
      Array.from({ length: 1001 }, () => '1').join('+'),
    ]) {
      assert.throws(() => compile(text), { code: 'ERR_SYNC_RULES_EXPRESSION' });
    }
    assert.equal(compile(Array.from({ length: 100 }, () => '(Len("a"))').join('+')).kind, 'number');
    assert.equal(compile(`${'('.repeat(64)}1${')'.repeat(64)}`).kind, 'number');
  });

  it('never does anything but give a value or an error of its own', () => {
    const words =
      '( ) , " [cn] [proxyAddresses] [userAccountControl] %Domain.FQDN% $x & && || = <> + - * &HFF 12 "a" True NULL AuthoritativeNull Trim IIF Mid Switch With Select Item';
    const pieces = fc.constantFrom(' ', ...words.split(' '));
    const texts = fc.oneof(
      fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join('')),
      fc.string({ maxLength: 60 }),
    );
    const attributes = { cn: ['Ada'], proxyAddresses: ['a', 'b'], userAccountControl: ['512'] };
    fc.assert(
      fc.property(texts, (text) => {
        try {
          compile(text).evaluate({ attributes, imported: {}, parameters: {}, clock, variables: [] });
        } catch (error) {
          assert.ok(error instanceof CausewayError, text);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
