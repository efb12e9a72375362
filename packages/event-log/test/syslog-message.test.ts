import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { describeEvent } from '../src/event.ts';
import type { LoggedEvent } from '../src/index.ts';
import { countOctets, cutToDatagram } from '../src/syslog-connection.ts';
import { formatSyslogMessage, type SyslogOrigin } from '../src/syslog-message.ts';

const origin: SyslogOrigin = { facility: 'daemon', hostname: 'connect-1.corp.contoso.test', processId: 4711 };
const time = Date.parse('2026-11-27T08:00:00.123Z');
const connector = 'corp.contoso.test';
const BOM = '\uFEFF';

/** RFC 5424, section 6: what an event is as a message. */
const messages: readonly [what: string, event: LoggedEvent, origin: Partial<SyslogOrigin>, message: string][] = [
  [
    'a warning (30 = daemon × 8 + 4 … 28)',
    describeEvent(613, { connector }, time),
    {},
    `<28>1 2026-11-27T08:00:00.123Z connect-1.corp.contoso.test causeway 4711 613 [causeway@32473 event="613" name="pausedForFullSync" level="Warning" connector="corp.contoso.test"] ${BOM}Password hash synchronization of connector corp.contoso.test is paused: the full synchronization of its objects is not finished.`,
  ],
  [
    'information without a connector',
    describeEvent(663, {}, time),
    {},
    `<30>1 2026-11-27T08:00:00.123Z connect-1.corp.contoso.test causeway 4711 663 [causeway@32473 event="663" name="managerAlive" level="Information"] ${BOM}Password hash synchronization is running.`,
  ],
  [
    'an error of facility local7 with a domain',
    describeEvent(665, { connector, domain: 'emea.test', reason: 'Disk full.' }, time),
    { facility: 'local7' },
    `<187>1 2026-11-27T08:00:00.123Z connect-1.corp.contoso.test causeway 4711 665 [causeway@32473 event="665" name="cycleStateNotStored" level="Error" connector="corp.contoso.test" domain="emea.test"] ${BOM}The state of the cycle of domain emea.test, connector corp.contoso.test, could not be stored. Disk full.`,
  ],
  [
    'quotation marks, backslashes, brackets and characters beyond ASCII in a name',
    describeEvent(664, { connector: 'c', dn: String.raw`CN=J\C3\B6rg "J" [x],OU=Köln 😀`, reason: 'No.' }, time),
    {},
    String.raw`<27>1 2026-11-27T08:00:00.123Z connect-1.corp.contoso.test causeway 4711 664 [causeway@32473 event="664" name="singleObjectFailed" level="Error" connector="c" dn="CN=J\\C3\\B6rg \"J\" [x\],OU=Köln 😀"] ${BOM}Password hash synchronization of one object of connector c failed. No. Dn: CN=J\C3\B6rg "J" [x],OU=Köln 😀.`,
  ],
  [
    'several lines as one',
    describeEvent(620, { connector: 'c', users: ['CN=A', 'CN=B'] }, time),
    {},
    `<28>1 2026-11-27T08:00:00.123Z connect-1.corp.contoso.test causeway 4711 620 [causeway@32473 event="620" name="notRetried" level="Warning" connector="c"] ${BOM}Connector c: 2 users will not be retried.; CN=A; CN=B`,
  ],
  [
    'control characters and half a surrogate pair, which are not sent',
    describeEvent(603, { reason: 'a\u0000\u0007b\uD800c\u001B[31m' }, time),
    {},
    `<27>1 2026-11-27T08:00:00.123Z connect-1.corp.contoso.test causeway 4711 603 [causeway@32473 event="603" name="unexpectedError" level="Error"] ${BOM}Password hash synchronization met an unexpected error. a b\uFFFDc [31m`,
  ],
  [
    'a host whose name cannot be sent',
    describeEvent(663, {}, time),
    { hostname: 'größe 1' },
    `<30>1 2026-11-27T08:00:00.123Z gre1 causeway 4711 663 [causeway@32473 event="663" name="managerAlive" level="Information"] ${BOM}Password hash synchronization is running.`,
  ],
  [
    'a host without a name',
    describeEvent(663, {}, time),
    { hostname: '' },
    `<30>1 2026-11-27T08:00:00.123Z - causeway 4711 663 [causeway@32473 event="663" name="managerAlive" level="Information"] ${BOM}Password hash synchronization is running.`,
  ],
];

describe('an event in syslog', () => {
  for (const [what, event, from, message] of messages) {
    it(`says ${what}`, () => {
      assert.equal(formatSyslogMessage(event, { ...origin, ...from }), message);
    });
  }

  it('keeps to the grammar whatever a connector, a name, a reason or a host holds', () => {
    const anything = fc.string({ unit: 'binary', maxLength: 300 });
    const grammar =
      /^<\d{1,3}>1 \S{24} [\x21-\x7e]{1,255} causeway 4711 664 \[causeway@32473(?: [a-z]+="(?:[^"\\\]\p{Cc}]|\\["\\\]])*")+\] \uFEFF\P{Cc}*$/u;
    fc.assert(
      fc.property(anything, anything, anything, anything, (name, dn, reason, hostname) => {
        const event = describeEvent(664, { connector: name, dn, reason }, time);
        assert.match(formatSyslogMessage(event, { ...origin, hostname }), grammar);
      }),
    );
  });

  it('cuts a host name to 255 characters', () => {
    const message = formatSyslogMessage(describeEvent(663, {}, time), { ...origin, hostname: 'h'.repeat(300) });
    assert.equal(message.split(' ')[2], 'h'.repeat(255));
  });
});

describe('a frame of a stream', () => {
  it('begins with the length in bytes, not in characters', () => {
    assert.equal(countOctets('abc'), '3 abc');
    assert.equal(countOctets('Köln 😀'), '10 Köln 😀');
  });
});

describe('a datagram', () => {
  const cases: readonly [text: string, characters: number][] = [
    ['a'.repeat(8192), 8192],
    ['a'.repeat(8193), 8192],
    [`${'a'.repeat(8191)}ö`, 8191],
    [`${'a'.repeat(8190)}ö`, 8191],
    [`${'a'.repeat(8189)}😀`, 8189],
    [`${'a'.repeat(8188)}😀x`, 8190],
    ['ö'.repeat(100_000), 4096],
  ];
  for (const [text, characters] of cases) {
    it(`holds ${characters} characters of ${text.length} and never half of one`, () => {
      assert.equal(Buffer.from(cutToDatagram(text)).toString(), text.slice(0, characters));
    });
  }
});
