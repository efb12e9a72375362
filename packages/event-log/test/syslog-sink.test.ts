import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { describeEvent } from '../src/event.ts';
import { eventLogConfigSchema, SyslogSink, type SyslogSinkOptions } from '../src/index.ts';
import { authority, receiveDatagrams, receiveStream } from './support/receivers.ts';

type Line = [method: string, fields: object, message: string];

/** A sink for a receiver, with what it logs; `random` 1 makes each back-off the shortest there is. */
function openSink(syslog: object, options: Partial<SyslogSinkOptions> = {}) {
  const lines: Line[] = [];
  let logged: (() => void) | undefined;
  const record = (name: string) => (fields: object, message: string) => {
    lines.push([name, fields, message]);
    logged?.();
  };
  const config = eventLogConfigSchema.parse({ syslog }).syslog ?? assert.fail();
  const logger = { debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') };
  const sink = SyslogSink.open({ config, logger, random: () => 1, ...options });
  const nextLine = async (): Promise<void> =>
    new Promise((resolve) => {
      logged = resolve;
    });
  return { sink, lines, nextLine };
}

function send(sink: SyslogSink, count: number): void {
  sink.accept(describeEvent(668, { connector: 'Köln', count }, 0));
}

function countIn(message: string): number {
  return Number(/Count: (\d+)$/.exec(message)?.[1]);
}

const streams = ['tcp', 'tls'] as const;

describe('syslog over UDP', () => {
  it('sends each event as one datagram', async () => {
    const receiver = await receiveDatagrams();
    const { sink, lines } = openSink({ host: '127.0.0.1', port: receiver.port });
    for (let count = 0; count < 3; count += 1) send(sink, count);
    for (let count = 0; count < 3; count += 1) {
      const message = await receiver.next();
      assert.match(
        message,
        /^<30>1 1970-01-01T00:00:00\.000Z \S+ causeway \d+ 668 \[causeway@32473 event="668" [^\]]* connector="Köln"\] \uFEFFConnector Köln/,
      );
      assert.equal(countIn(message), count);
    }
    await sink.close();
    assert.deepEqual(lines, []);
    await receiver.stop();
  });

  it('tells once when the host refuses, goes on when it does not, and says so', async () => {
    const first = await receiveDatagrams();
    const { port } = first;
    await first.stop();
    const { sink, lines, nextLine } = openSink({ host: '127.0.0.1', port });
    send(sink, 1);
    // The refusal of the first datagram comes back before the second is sent.
    const told = nextLine();
    const timer = setInterval(() => send(sink, 2), 5);
    await told;
    clearInterval(timer);
    assert.equal(lines.length, 1);
    assert.deepEqual(lines[0]?.[0], 'warn');
    assert.match(lines[0]?.[2] ?? '', /^syslog receiver 127\.0\.0\.1:\d+ \(udp\) cannot be reached: .*ECONNREFUSED/);
    const receiver = await receiveDatagrams(port);
    assert.equal(countIn(await receiver.next()), 2);
    await sink.close();
    assert.deepEqual(
      lines.map(([method]) => method),
      ['warn', 'info'],
    );
    await receiver.stop();
  });
});

for (const transport of streams) {
  const where = { host: 'localhost', transport, ...(transport === 'tls' ? { ca: authority } : {}) };

  describe(`syslog over ${transport}`, () => {
    it('sends events in order, counted in octets, and closes when the receiver has them', async () => {
      const receiver = await receiveStream(transport);
      const { sink, lines } = openSink({ ...where, port: receiver.port });
      for (let count = 0; count < 1500; count += 1) send(sink, count);
      await sink.close();
      for (let count = 0; count < 1500; count += 1) assert.equal(countIn(await receiver.next()), count);
      assert.equal(sink.dropped, 0);
      assert.deepEqual(lines, []);
      await receiver.stop();
    });

    it('keeps events while the receiver is away, drops the oldest beyond its queue, counts and tells them', async () => {
      const first = await receiveStream(transport);
      const { port } = first;
      const { sink, lines, nextLine } = openSink({ ...where, port }, { queueLength: 10 });
      send(sink, 0);
      assert.equal(countIn(await first.next()), 0);
      await first.stop();

      const told = nextLine();
      // The first may still go into the connection that is ending.
      const timer = setInterval(() => send(sink, 1), 5);
      await told;
      clearInterval(timer);
      assert.match(lines[0]?.[2] ?? '', /cannot be reached/);
      const before = sink.dropped;
      for (let count = 100; count < 150; count += 1) send(sink, count);
      assert.ok(sink.dropped - before >= 40, `${sink.dropped - before} are dropped`);

      const second = await receiveStream(transport, port);
      const received: number[] = [];
      while (received.at(-1) !== 149) received.push(countIn(await second.next()));
      assert.deepEqual(
        received.filter((count) => count >= 100),
        [140, 141, 142, 143, 144, 145, 146, 147, 148, 149],
      );
      await sink.close();
      assert.deepEqual(
        lines.map(([method]) => method),
        ['warn', 'info'],
      );
      assert.match(lines[1]?.[2] ?? '', new RegExp(`takes events again; ${sink.dropped} were dropped$`));
      await second.stop();
    });

    it('tries again and again, tells once, and closes although the receiver cannot be reached', async () => {
      const receiver = await receiveStream(transport);
      await receiver.stop();
      const { promise: failedTwice, resolve } = Promise.withResolvers<void>();
      let failures = 0;
      const random = (): number => {
        failures += 1;
        if (failures === 2) resolve();
        return 1;
      };
      const { sink, lines } = openSink({ ...where, port: receiver.port }, { random });
      send(sink, 1);
      await failedTwice;
      await sink.close();
      assert.deepEqual(
        lines.map(([method]) => method),
        ['warn'],
      );
    });
  });
}

describe('syslog over tcp to a receiver that takes nothing', () => {
  it('holds no more than its queue, and closes', async () => {
    const sockets: Socket[] = [];
    const server = createServer({ pauseOnConnect: true }, (socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { sink } = openSink({ host: '127.0.0.1', port, transport: 'tcp' }, { queueLength: 100 });
    const reason = 'x'.repeat(100_000);
    for (let round = 0; round < 40; round += 1) {
      for (let count = 0; count < 10; count += 1) sink.accept(describeEvent(603, { reason }, 0));
      await new Promise(setImmediate);
    }
    assert.ok(sink.dropped > 0);
    await sink.close();
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
});

describe('syslog over tls', () => {
  const refusals: readonly [what: string, syslog: object, reason: RegExp][] = [
    ['of an authority that is not trusted', { host: 'localhost' }, /self-signed certificate/],
    ['for another name', { host: '127.0.0.1', ca: authority }, /IP: 127\.0\.0\.1/],
  ];
  for (const [what, syslog, reason] of refusals) {
    it(`sends nothing to a receiver with a certificate ${what}`, async () => {
      const receiver = await receiveStream('tls');
      const { sink, lines, nextLine } = openSink({ ...syslog, port: receiver.port, transport: 'tls' });
      const told = nextLine();
      send(sink, 1);
      await told;
      assert.match(lines[0]?.[2] ?? '', reason);
      await sink.close();
      await receiver.stop();
    });
  }

  it('needs a file of an authority that can be read', () => {
    const syslog = { host: 'localhost', transport: 'tls', ca: '/nonexistent/ca.pem' };
    assert.throws(() => openSink(syslog), { code: 'ERR_EVENTS_SYSLOG_AUTHORITY', message: /\/nonexistent\/ca\.pem/ });
  });
});
