import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileExpression } from '../src/expression/compile.ts';
import { functionNames } from '../src/expression/call.ts';
import { parseExpression } from '../src/expression/parse.ts';
import type { Kind, Value } from '../src/expression/value.ts';
import { connectorAttribute } from '../src/attributes.ts';
import { attributes, clock, guidA, sid } from './objects.ts';

const input = {
  attributes: attributes({
    givenName: 'Ada',
    sn: ' Lovelace ',
    displayName: 'x',
    userAccountControl: '514',
    pwdLastSet: '129699324000000000',
    objectGUID: guidA,
    objectSid: sid(1104),
    proxyAddresses: ['SMTP:ada@a.example', 'smtp:al@a.example', 'SIP:ada@a.example'],
    extensionAttribute1: '42',
    isCriticalSystemObject: 'TRUE',
    distinguishedName: String.raw`CN=Lovelace\, Ada,OU=Atlanta,OU=GA,OU=US,DC=corp,DC=example`,
    otherPhone: ['1-2', '3-4'],
    unknownNumber: '7',
    msExchMasterAccountSid: 'S-1-5-10',
  }),
  imported: attributes({ mail: 'ada@a.example' }),
  parameters: { 'Domain.FQDN': 'corp.example' },
  clock,
};

function names(name: string): ReturnType<typeof connectorAttribute> {
  return connectorAttribute('ad', name);
}

function evaluate(text: string): Value {
  const compiled = compileExpression(parseExpression(text), { attribute: names, imported: names });
  return compiled.evaluate({ ...input, variables: [] });
}

function kindOf(text: string): Kind {
  return compileExpression(parseExpression(text), { attribute: names, imported: names }).kind;
}

type Row = readonly [expression: string, result: Value];

const tables: Readonly<Record<string, readonly Row[]>> = {
  literals: [
    ['"a ""quoted"" text"', 'a "quoted" text'],
    ['98052', 98052n],
    ['&HFF', 255n],
    ['-5', -5n],
    ['True', true],
    ['False', false],
    ['NULL', null],
    ['CRLF', '\r\n'],
    ['%Domain.FQDN%', 'corp.example'],
    ['[givenName]', 'Ada'],
    ['[missing]', null],
    ['[userAccountControl]', 514n],
    ['[isCriticalSystemObject]', true],
    ['[dn]', String.raw`CN=Lovelace\, Ada,OU=Atlanta,OU=GA,OU=US,DC=corp,DC=example`],
    ['ImportedValue("mail")', 'ada@a.example'],
    ['ImportedValue("givenName")', null],
  ],
  operators: [
    ['2*(5+3)', 16n],
    ['2*5+3', 13n],
    ['2+3*4', 20n],
    ['7-10', -3n],
    ['[givenName] & " " & Trim([sn])', 'Ada Lovelace'],
    ['[missing] & "x"', 'x'],
    ['"a" = "a"', true],
    ['"a" = "A"', false],
    ['"a" <> "b"', true],
    ['1 < 2', true],
    ['2 <= 2', true],
    ['1 > 2', false],
    ['2 >= 3', false],
    ['[extensionAttribute1] = "42"', true],
    ['[unknownNumber] < 10', true],
    ['[missing] = "x"', false],
    ['[missing] <> "x"', true],
    ['[missing] = NULL', true],
    ['[userAccountControl] > [missing]', false],
    ['IsPresent([givenName]) = False', false],
    ['True && False', false],
    ['False || True', true],
    ['"a" = "b" || "c" = "c" || Error("not reached") = "x"', true],
    ['(True || False) && True', true],
    ['[proxyAddresses] & "!"', ['SMTP:ada@a.example!', 'smtp:al@a.example!', 'SIP:ada@a.example!']],
  ],
  text: [
    ['InStr("The quick brown fox","quick")', 5n],
    ['InStr("repEated","e",3,vbBinaryCompare)', 7n],
    ['InStr("repEated","E",1,vbTextCompare)', 2n],
    ['InStr("a","b")', 0n],
    ['InStr([missing],"b")', 0n],
    ['InStrRev("abbcdbbbef","bb")', 7n],
    ['InStrRev("abbcdbbbef","bb",6)', 2n],
    ['InStrRev("a","abc")', 0n],
    ['LCase("TeSt")', 'test'],
    ['UCase("TeSt")', 'TEST'],
    ['PCase("hELLO wORLD")', 'Hello World'],
    ['Left("John Doe", 3)', 'Joh'],
    ['Left("John", 0)', ''],
    ['Left("John", -1)', 'John'],
    ['Left([missing], 3)', ''],
    ['Right("John Doe", 3)', 'Doe'],
    ['Right("John", 0)', ''],
    ['Right("John", 9)', 'John'],
    ['Len("John Doe")', 8n],
    ['Len([missing])', 0n],
    ['LTrim(" Test ")', 'Test '],
    ['RTrim(" Test ")', ' Test'],
    ['Trim(" Test ")', 'Test'],
    ['Trim([missing])', null],
    ['Mid("John Doe", 3, 5)', 'hn Do'],
    ['Mid("John Doe", 6, 999)', 'Doe'],
    ['Mid("John Doe", 6)', 'Doe'],
    ['Mid("John", 9, 1)', 'John'],
    ['Mid("John", 0, 1)', 'John'],
    ['PadLeft("User", 10, "0")', '000000User'],
    ['PadRight("User", 10, "0")', 'User000000'],
    ['PadLeft("Username", 3, "0")', 'Username'],
    [String.raw`Replace("a" & CRLF & "b", "\r\n", ", ")`, 'a, b'],
    ['Replace("aaa", "a", "$&")', '$&$&$&'],
    ['Replace("abc", "", "x")', 'abc'],
    ['ReplaceChars("Räksmörgås", "å:a, ä:a, ö:o")', 'Raksmorgas'],
    ['ReplaceChars("O’Neil", "’:")', 'ONeil'],
    ['Word("The quick brown fox",3," ")', 'brown'],
    ['Word("This,string!has&many separators",3,",!&#")', 'has'],
    ['Word("one",2," ")', ''],
    ['Word("one",0," ")', ''],
    ['Trim([sn])', 'Lovelace'],
  ],
  lists: [
    ['Contains([proxyAddresses],"smtp:")', 2n],
    ['Contains([proxyAddresses],"smtp:",CaseInsensitive)', 1n],
    ['Contains([proxyAddresses],"x400:")', 0n],
    ['Contains([missing],"x")', 0n],
    ['Count([proxyAddresses])', 3n],
    ['Count([givenName])', 1n],
    ['Count([missing])', 0n],
    ['Item([proxyAddresses],2)', 'smtp:al@a.example'],
    ['Mid(Item([proxyAddresses],Contains([proxyAddresses], "SMTP:")),6)', 'ada@a.example'],
    ['ItemOrNull([proxyAddresses],9)', null],
    ['ItemOrNull([proxyAddresses],1)', 'SMTP:ada@a.example'],
    ['Join([otherPhone],",")', '1-2,3-4'],
    ['Join([otherPhone])', '1-2 3-4'],
    ['Join([missing])', null],
    ['RemoveDuplicates(Split("a,b,a,A",","))', ['a', 'b', 'A']],
    ['Split("a,b,c",",")', ['a', 'b', 'c']],
    ['Split("a,b,c",",",2)', ['a', 'b,c']],
    ['Word([proxyAddresses],1,"@") & "@b.example"', ['SMTP:ada@b.example', 'smtp:al@b.example', 'SIP:ada@b.example']],
    ['IIF(InStr([proxyAddresses],"SIP:")=1,NULL,[proxyAddresses])', ['SMTP:ada@a.example', 'smtp:al@a.example', null]],
    ['Select($item,[otherPhone],Replace($item,"-",""))', ['12', '34']],
    ['Where($item,[proxyAddresses],LCase(Left($item,5))="smtp:")', ['SMTP:ada@a.example', 'smtp:al@a.example']],
    ['Where($item,[missing],True)', []],
    ['Select($item,[givenName],$item & "!")', ['Ada!']],
    ['With($n,Count([otherPhone]),IIF($n>1,$n,NULL))', 2n],
    ['With($a,1,With($b,2,Join(Select($c,[otherPhone],CStr($a+$b) & $c))))', '31-2 33-4'],
  ],
  flow: [
    ['IIF([givenName]="Ada","yes","no")', 'yes'],
    ['IIF([missing],"yes","no")', 'no'],
    ['IIF(False,Error("not reached"),"no")', 'no'],
    ['Switch([givenName]="Bob","b",[givenName]="Ada","a",True,Error("not reached"))', 'a'],
    ['Switch(False,"b")', null],
  ],
  evaluation: [
    ['IsBitSet(&HF,4)', true],
    ['IsBitSet([userAccountControl],2)', true],
    ['IsBitSet([userAccountControl],16)', false],
    ['IsBitSet([missing],2)', false],
    ['IsDate("2026-02-28")', true],
    ['IsDate("2026-02-30")', false],
    ['IsDate([missing])', false],
    ['IsEmpty("")', true],
    ['IsEmpty([missing])', false],
    ['IsGuid("{33221100-5544-7766-8899-aabbccddeeff}")', true],
    ['IsGuid("33221100")', false],
    ['IsNull([missing])', true],
    ['IsNull("")', false],
    ['IsNullOrEmpty("")', true],
    ['IsNullOrEmpty([missing])', true],
    ['IsNullOrEmpty([proxyAddresses])', false],
    ['IsNumeric("12")', true],
    ['IsNumeric("12a")', false],
    ['IsPresent([givenName])', true],
    ['IsPresent([proxyAddresses])', true],
    ['IsPresent([missing])', false],
    ['IsString([givenName])', true],
    ['IsString([objectGUID])', false],
    ['BitAnd(&HF, &HF7)', 7n],
    ['BitOr(1, 6)', 7n],
    ['BitAnd(-2147483646, &H80000000)', 0x80000000n],
  ],
  conversion: [
    ['CBool(5)', true],
    ['CBool("false")', false],
    ['CBool([missing])', false],
    ['CNum("12") + 1', 13n],
    ['CStr(12)', '12'],
    ['CStr(True)', 'True'],
    ['CStr([missing])', null],
    ['CRef("CN=a")', 'CN=a'],
    ['CGuid("33221100-5544-7766-8899-aabbccddeeff")', guidA],
    ['StringFromGuid([objectGUID])', '33221100-5544-7766-8899-aabbccddeeff'],
    ['StringFromSid([objectSid])', 'S-1-5-21-1-2-3-1104'],
    ['StringFromSid(IIF(True,NULL,[objectSid]))', null],
    ['StringFromSid([msExchMasterAccountSid])', 'S-1-5-10'],
    ['ConvertToBase64("Hello world!")', 'SABlAGwAbABvACAAdwBvAHIAbABkACEA'],
    ['ConvertToBase64([objectGUID])', guidA],
    ['ConvertFromBase64("SABlAGwAbABvACAAdwBvAHIAbABkACEA")', 'Hello world!'],
    ['ConvertFromBase64("SGVsbG8gd29ybGQh", UTF8)', 'Hello world!'],
    ['ConvertFromBase64("SGVsbG8gd29ybGQh", ASCII)', 'Hello world!'],
    ['ConvertToUTF8Hex("Hello world!")', '48656C6C6F20776F726C6421'],
    ['ConvertFromUTF8Hex("48656C6C6F20776F726C6421")', 'Hello world!'],
  ],
  dates: [
    ['Now()', new Date(clock.now())],
    ['CDate("2013-01-10 4:00 PM -8")', new Date('2013-01-11T00:00:00Z')],
    ['CDate("2013-01-10 12:30 AM")', new Date('2013-01-10T00:30:00Z')],
    ['CDate("2013-01-10T16:00:05+01:30")', new Date('2013-01-10T14:30:05Z')],
    ['CDate("20140905081453.0Z")', new Date('2014-09-05T08:14:53Z')],
    ['DateFromNum(129699324000000000)', new Date('2012-01-01T23:00:00Z')],
    ['NumFromDate(CDate("2012-01-01 23:00:00"))', 129699324000000000n],
    ['FormatDateTime(CDate("12/25/2007"),"yyyy-MM-dd")', '2007-12-25'],
    ['FormatDateTime(DateFromNum([pwdLastSet]),"yyyyMMddHHmmss.0Z")', '20120101230000.0Z'],
    [`FormatDateTime(CDate("2007-12-25 1:02:03 AM"),"yy 'day' dd HH:mm:ss.fff")`, '07 day 25 01:02:03.000'],
    ['DateAdd("m", 3, CDate("2001-01-01"))', new Date('2001-04-01')],
    ['DateAdd("m", 1, CDate("2001-01-31"))', new Date('2001-02-28')],
    ['DateAdd("yyyy", -1, CDate("2004-02-29"))', new Date('2003-02-28')],
    ['DateAdd("q", 1, CDate("2001-01-01"))', new Date('2001-04-01')],
    ['DateAdd("ww", 1, CDate("2001-01-01"))', new Date('2001-01-08')],
    ['DateAdd("d", 1, CDate("2001-01-01"))', new Date('2001-01-02')],
    ['DateAdd("h", 1, CDate("2001-01-01"))', new Date('2001-01-01T01:00:00Z')],
    ['DateAdd("n", 1, CDate("2001-01-01"))', new Date('2001-01-01T00:01:00Z')],
    ['DateAdd("s", 1, CDate("2001-01-01"))', new Date('2001-01-01T00:00:01Z')],
    ['CDate("2001-01-02") > CDate("2001-01-01")', true],
    ['DateAdd("d", -30, Now()) < Now()', true],
  ],
  names: [
    ['DNComponent(CRef([dn]),1)', String.raw`Lovelace\, Ada`],
    ['DNComponentRev(CRef([dn]),3)', 'US'],
    ['DNComponentRev(CRef([dn]),1,"DC")', 'US'],
    ['EscapeDNComponent("cn=" & "Lovelace, Ada")', String.raw`cn=Lovelace\, Ada`],
    ['EscapeDNComponent("#a+b ")', String.raw`\#a\+b\ `],
  ],
};

describe('an expression', () => {
  for (const [name, rows] of Object.entries(tables)) {
    describe(name, () => {
      for (const [text, result] of rows) it(text, () => assert.deepEqual(evaluate(text), result));
    });
  }

  it('has a row here for every function', () => {
    const texts = Object.values(tables)
      .flat()
      .map(([text]) => text)
      .join('\n');
    const untested = functionNames.filter((name) => name !== 'Error' && !texts.includes(`${name}(`));
    assert.deepEqual(untested, []);
  });

  for (const [text, message] of [
    ['Error("No primary address")', /^No primary address$/],
    ['IIF(IsPresent([missing]),"a",Error("AccountName is required"))', /AccountName is required/],
    ['Item([proxyAddresses],4)', /no value 4 of 3/],
    ['CNum("12a")', /"12a" is not a number/],
    ['CDate("yesterday")', /not a date/],
    ['CGuid("x")', /not a GUID/],
    [`StringFromSid([objectGUID])`, /SID/],
    ['StringFromGuid([objectSid])', /16 bytes/],
    ['Split("a","")', /one character/],
    ['PadLeft("a",3,"")', /one character/],
    ['PadLeft("a",999999,"0")', /1024/],
    ['ReplaceChars("a","ab:c")', /one character/],
    ['FormatDateTime(Now(),"qqq")', /no part of a date/],
    ['DateAdd("z",1,Now())', /no interval/],
    ['DateAdd("constructor",1,Now())', /no interval/],
    ['FormatDateTime(Now(),"constructor")', /no part of a date/],
    ['DateAdd("yyyy",999999,Now())', /out of range/],
    ['DNComponent(CRef([dn]),9)', /no component 9/],
    ['%Forest.FQDN%', /gives no %Forest.FQDN%/],
    ['[proxyAddresses] & [otherPhone]', /equally many/],
    ['IIF([unknownNumber],1,2)', /neither True nor False/],
    ['Trim(IIF(True,AuthoritativeNull,"x"))', /can only be a result/],
  ] as const) {
    it(`${text} is an error of the object`, () => {
      assert.throws(
        () => evaluate(text),
        (error: { code?: string; message?: string }) => {
          assert.equal(error.code, 'ERR_SYNC_RULES_VALUE');
          assert.match(error.message ?? '', message);
          return true;
        },
      );
    });
  }

  it('keeps a kind for what it gives', () => {
    assert.equal(kindOf('IIF(True,[objectGUID],NULL)'), 'binary');
    assert.equal(kindOf('IIF(True,"a",IgnoreThisFlow)'), 'string');
    assert.equal(kindOf('IIF(True,"a",1)'), 'unknown');
    assert.equal(kindOf('IIF(True,NULL,AuthoritativeNull)'), 'control');
  });
});
