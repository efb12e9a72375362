import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { spawnSync } from 'node:child_process';
import {
  controlSocketOf,
  createControlClient,
  operations,
  type Administration,
  type ControlClient,
  type OperationName,
} from '@causeway/control';
import { CausewayError, type Logger } from '@causeway/model';
import { startControlServer, type ControlServer } from '../../src/control/control-server.ts';
import { administrationOf, exchanges } from './administration.ts';

const folder = mkdtempSync(join(tmpdir(), 'causeway-control-'));
const socket = controlSocketOf(folder);
const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
after(() => rmSync(folder, { recursive: true }));

interface Line {
  readonly level: string;
  readonly fields: object;
  readonly message: string;
}

function collectLog(): { logger: Logger; lines: Line[] } {
  const lines: Line[] = [];
  const at = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message });
  return { logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, lines };
}

async function serve(administration: Administration, { closeWithinMs = 10_000 } = {}) {
  const { logger, lines } = collectLog();
  const server: ControlServer = await startControlServer({ administration, socket, logger, closeWithinMs });
  const client: ControlClient = createControlClient({ socket });
  open.push(() => server.close(), client.close);
  return { server, client, lines };
}

/** What comes back to bytes that no client of ours sends; whatever it is, the server goes on. */
async function sendBytes(bytes: string | Uint8Array): Promise<string> {
  const connection = connect(socket);
  const chunks: Buffer[] = [];
  connection.on('data', (chunk: Buffer) => chunks.push(chunk));
  connection.on('error', () => undefined);
  connection.end(bytes);
  await once(connection, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

function post(path: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: agent\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
}

describe('a running agent at its socket', () => {
  test('answers every operation as its schema says', async () => {
    const { administration, asked } = administrationOf();
    const { client } = await serve(administration);
    for (const name of Object.keys(operations) as OperationName[]) {
      const [request, answer] = exchanges[name];
      const call = client[name] as (request: unknown) => Promise<unknown>;
      assert.deepEqual(await call(request), answer, name);
      const received = asked.at(-1);
      assert.equal(received?.operation, name);
      assert.deepEqual(received.request, operations[name].request.parse(request), name);
    }
  });

  test('fills in what a request leaves out', async () => {
    const { administration, asked } = administrationOf();
    const { client } = await serve(administration);
    await client.listRuns({});
    await client.preview({});
    assert.deepEqual(
      asked.map(({ request }) => request),
      [{ count: 100 }, { policyType: 'Delta', entries: 1_000 }],
    );
  });

  test('opens its socket to its own user only', async () => {
    const mask = process.umask(0);
    open.push(async () => void process.umask(mask));
    await serve(administrationOf().administration);
    assert.equal(statSync(socket).mode & 0o777, 0o600);
    assert.equal(process.umask(), 0, 'the umask of the process is as it was');
  });

  test('logs every change once, with the connector and nothing else of the request', async () => {
    const { client, lines } = await serve(administrationOf().administration);
    const secret = 'value-that-may-be-secret';
    await client.saveConnector({
      identifier: '3c0d8f3a-7f7f-4a53-9f5b-7d1f3e0c2a11',
      name: 'corp.example',
      globalParameters: [{ name: 'Microsoft.Synchronize.ForceFullPasswordSync', value: secret }],
    });
    await client.writePasswordSync({ sourceConnector: 'corp.example', targetConnector: 'x - AAD', enabled: false });
    await client.stopRun({});
    await client.readScheduler({});
    assert.deepEqual(lines, [
      {
        level: 'info',
        fields: { operation: 'saveConnector', connector: 'corp.example' },
        message: 'administration: saveConnector',
      },
      {
        level: 'info',
        fields: { operation: 'writePasswordSync', connector: 'corp.example' },
        message: 'administration: writePasswordSync',
      },
      { level: 'info', fields: { operation: 'stopRun', connector: undefined }, message: 'administration: stopRun' },
    ]);
  });

  test('passes its errors on with code, next step and disposition', async () => {
    const busy = new CausewayError({
      code: 'ERR_CONNECT_CYCLE_RUNS',
      message: 'A cycle is under way.',
      nextStep: 'Wait for its end.',
      disposition: 'retry',
      cause: new Error('inner'),
    });
    const { client, lines } = await serve(
      administrationOf({ startSyncCycle: () => Promise.reject(busy) }).administration,
    );
    await assert.rejects(client.startSyncCycle({ policyType: 'Delta' }), (error) => {
      assert.ok(error instanceof CausewayError);
      for (const field of ['code', 'message', 'nextStep', 'disposition'] as const) {
        assert.equal(error[field], busy[field]);
      }
      assert.equal(error.cause, undefined);
      return true;
    });
    assert.deepEqual(
      lines.map(({ level }) => level),
      ['info'],
    );
  });

  test('keeps the inner workings of a defect to its own log', async () => {
    const defect = new TypeError('undefined of /srv/inner');
    const { client, lines } = await serve(
      administrationOf({ readStatus: () => Promise.reject(defect) }).administration,
    );
    await assert.rejects(client.readStatus({}), (error) => {
      assert.ok(error instanceof CausewayError);
      assert.equal(error.code, 'ERR_CONTROL_UNEXPECTED');
      assert.ok(!`${error.message}${error.nextStep}`.includes('inner'));
      return true;
    });
    assert.deepEqual(lines[0]?.fields, { operation: 'readStatus', code: 'ERR_CONTROL_UNEXPECTED', err: defect });
  });

  test('goes on with an operation whose caller has gone', async () => {
    const begun = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const { client } = await serve(
      administrationOf({
        async runProfile() {
          begun.resolve();
          await end.promise;
          ended.resolve();
          return { ...exchanges.runProfile[1], errors: [] };
        },
      }).administration,
    );
    const controller = new AbortController();
    const call = client.runProfile({ connector: 'corp.example', runProfile: 'Export' }, { signal: controller.signal });
    await begun.promise;
    controller.abort(new DOMException('interrupted', 'AbortError'));
    await assert.rejects(call, { name: 'AbortError', message: 'interrupted' });
    end.resolve();
    await ended.promise;
    assert.equal((await client.readStatus({})).pid, 1);
    await assert.rejects(client.readStatus({}, { signal: controller.signal }), { message: 'interrupted' });
  });
});

describe('a request that is wrong', () => {
  test('is refused by the client before it is sent, naming the field', async () => {
    const { administration, asked } = administrationOf();
    const { client } = await serve(administration);
    const wrong: [Promise<unknown>, RegExp][] = [
      [client.listRuns({ count: 0 }), /listRuns is not valid: count: /],
      [client.runProfile({ connector: 'x', runProfile: 'Full' as 'Export' }), /runProfile: /],
      [client.readCsObject({ identifier: 'not-a-guid' }), /identifier: expected a lower-case GUID/],
      [client.readStatus({ extra: 1 } as never), /the request: .*extra/],
    ];
    for (const [call, message] of wrong) await assert.rejects(call, { code: 'ERR_CONTROL_REQUEST', message });
    assert.deepEqual(asked, []);
  });

  const refused: [string, string, RegExp][] = [
    ['a field of the wrong kind', post('/v1/listRuns', '{"count":"secret"}'), /ERR_CONTROL_REQUEST.*count: /],
    ['a body that is no object', post('/v1/readStatus', '[1]'), /ERR_CONTROL_REQUEST.*the request: /],
    ['no body', post('/v1/readStatus', ''), /ERR_CONTROL_REQUEST/],
    ['a body that is no JSON', post('/v1/readStatus', '{"secret'), /ERR_CONTROL_REQUEST.*not well-formed/],
    ['a prototype in the body', post('/v1/readStatus', '{"__proto__":{"a":1}}'), /ERR_CONTROL_REQUEST/],
    ['an operation that is not there', post('/v1/destroy', '{}'), /ERR_CONTROL_OPERATION.*\/v1\/destroy/],
    ['an operation named like a method of objects', post('/v1/constructor', '{}'), /ERR_CONTROL_OPERATION/],
    ['an address that cannot be decoded', post('/v1/%zz', '{}'), /ERR_CONTROL_REQUEST/],
    [
      'another method',
      'GET /v1/readStatus HTTP/1.1\r\nHost: agent\r\nConnection: close\r\n\r\n',
      /ERR_CONTROL_OPERATION/,
    ],
    [
      'another kind of body',
      post('/v1/readStatus', '{}').replace('application/json', 'text/xml'),
      /ERR_CONTROL_REQUEST/,
    ],
    [
      'an absurd length',
      'POST /v1/readStatus HTTP/1.1\r\nHost: agent\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{}',
      /ERR_CONTROL_REQUEST.*longer than/,
    ],
  ];
  for (const [what, bytes, expected] of refused) {
    test(`with ${what} is refused`, async () => {
      const { administration, asked } = administrationOf();
      await serve(administration);
      const answer = await sendBytes(bytes);
      assert.match(answer, /^HTTP\/1\.1 4\d\d /);
      assert.match(answer, expected);
      assert.ok(!answer.includes('secret'));
      assert.deepEqual(asked, []);
    });
  }

  test('never ends the agent, whatever its bytes are', async () => {
    const { administration, asked } = administrationOf();
    const { client } = await serve(administration);
    let state = 42;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return state % below;
    };
    const names = Object.keys(operations);
    for (let round = 0; round < 300; round += 1) {
      const body = JSON.stringify({ connector: 'x', count: random(9), policyType: 'Delta' });
      const bytes = Buffer.from(post(`/v1/${names[random(names.length)] ?? ''}`, body));
      for (let change = 0; change <= random(8); change += 1) bytes[random(bytes.length)] = random(256);
      await sendBytes(round % 3 === 0 ? bytes.subarray(0, random(bytes.length)) : bytes);
    }
    for (const { operation, request } of asked) operations[operation as OperationName].request.parse(request);
    assert.equal((await client.readStatus({})).pid, 1);
  });
});

describe('an agent that is not there', () => {
  test('is told with how to start it', async () => {
    const client = createControlClient({ socket });
    open.push(client.close);
    await assert.rejects(client.readStatus({}), (error) => {
      assert.ok(error instanceof CausewayError);
      assert.equal(error.code, 'ERR_CONTROL_UNREACHABLE');
      assert.ok(error.message.includes(socket));
      assert.match(error.message, /does not run/);
      assert.match(error.nextStep, /systemctl start causeway-connect/);
      return true;
    });
  });

  test('and one that ends in the middle of an answer', async () => {
    const server = createServer((connection) => connection.destroy());
    server.listen(socket);
    await once(server, 'listening');
    open.push(async () => void server.close());
    const client = createControlClient({ socket });
    open.push(client.close);
    await assert.rejects(client.readStatus({}), { code: 'ERR_CONTROL_UNREACHABLE', message: /closed the connection/ });
  });

  const strange: [string, number, string, string, RegExp][] = [
    ['no JSON', 200, '<html>', 'ERR_CONTROL_ANSWER', /status 200 and no JSON/],
    ['another answer', 200, '{"version":1}', 'ERR_CONTROL_ANSWER', /the field version breaks the schema of readStatus/],
    ['a refusal in other words', 404, '{"error":"no"}', 'ERR_CONTROL_ANSWER', /status 404/],
    ['that it is about to end', 503, '{"statusCode":503}', 'ERR_CONTROL_UNREACHABLE', /is stopping/],
  ];
  for (const [what, status, body, code, message] of strange) {
    test(`and one that gives ${what}`, async () => {
      const server = createServer((connection) => {
        connection.once('data', () =>
          connection.end(`HTTP/1.1 ${status} X\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`),
        );
      });
      server.listen(socket);
      await once(server, 'listening');
      open.push(async () => void server.close());
      const client = createControlClient({ socket });
      open.push(client.close);
      await assert.rejects(client.readStatus({}), { code, message });
    });
  }
});

describe('the socket', () => {
  test('that a killed agent left behind is replaced', async () => {
    const program = `require('node:net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', program]);
    assert.ok(existsSync(socket));
    const { client } = await serve(administrationOf().administration);
    assert.equal((await client.readStatus({})).pid, 1);
  });

  test('at which another agent answers is left alone', async () => {
    const { client } = await serve(administrationOf().administration);
    await assert.rejects(serve(administrationOf().administration), { code: 'ERR_CONTROL_IN_USE' });
    assert.equal((await client.readStatus({})).pid, 1);
  });

  test('is not made over a file', async () => {
    writeFileSync(socket, 'kept');
    open.push(async () => rmSync(socket));
    await assert.rejects(serve(administrationOf().administration), {
      code: 'ERR_CONTROL_SOCKET',
      message: /no socket/,
    });
    assert.equal(statSync(socket).size, 4);
  });

  test('with a path that is too long for the kernel is refused with the limit', async () => {
    const start = startControlServer({
      administration: administrationOf().administration,
      socket: join(folder, 'x'.repeat(120)),
      logger: collectLog().logger,
    });
    await assert.rejects(start, { code: 'ERR_CONTROL_SOCKET', message: /107 are the most/ });
  });

  test('in a folder that is not there is refused', async () => {
    const start = startControlServer({
      administration: administrationOf().administration,
      socket: join(folder, 'missing', 'connect.sock'),
      logger: collectLog().logger,
    });
    await assert.rejects(start, { code: 'ERR_CONTROL_SOCKET' });
  });

  test('goes away at the end, after what runs has ended', async () => {
    const begun = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    const { client, server } = await serve(
      administrationOf({
        async stopRun() {
          begun.resolve();
          await end.promise;
          return { stopped: true };
        },
      }).administration,
    );
    const call = client.stopRun({});
    await begun.promise;
    const closed = server.close();
    end.resolve();
    assert.deepEqual(await call, { stopped: true });
    await closed;
    assert.ok(!existsSync(socket));
  });

  test('goes away even when an operation does not end', async () => {
    const begun = Promise.withResolvers<void>();
    const { client, server } = await serve(
      administrationOf({
        stopRun() {
          begun.resolve();
          return new Promise(() => undefined);
        },
      }).administration,
      { closeWithinMs: 1 },
    );
    const call = assert.rejects(client.stopRun({}), { code: 'ERR_CONTROL_UNREACHABLE' });
    await begun.promise;
    await server.close();
    await call;
    assert.ok(!existsSync(socket));
  });
});
