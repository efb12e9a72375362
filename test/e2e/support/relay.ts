/**
 * A TCP relay, as a broken switch or a meddler would be one: `node relay.ts LISTEN TARGET PORT…` listens on the ports of
 * one address and passes everything on to the same ports of another.
 *
 * Each line on standard input is an order, and is answered on standard output when it holds: `pass`, or
 * `flip PORT BYTES` and `cut PORT BYTES`, which damage every answer of at least so many bytes on that port: one bit in its
 * middle, or the end of both connections after its first half. Port 0 stands for all ports above 49151, those of MS-RPC.
 */
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

const FIRST_DYNAMIC_PORT = 49_152;

const [listenOn = '', target = '', ...ports] = process.argv.slice(2);
let damage: { readonly kind: string; readonly port: number; readonly leastBytes: number } | undefined;

function isDamaged(port: number, bytes: number): boolean {
  if (damage === undefined || bytes < damage.leastBytes) return false;
  return damage.port === 0 ? port >= FIRST_DYNAMIC_PORT : damage.port === port;
}

function relay(client: Socket, port: number): void {
  const server = connect({ host: target, port });
  const end = (): void => {
    client.destroy();
    server.destroy();
  };
  client.on('data', (chunk) => server.write(chunk));
  server.on('data', (chunk: Buffer) => {
    if (!isDamaged(port, chunk.length)) {
      client.write(chunk);
      return;
    }
    const middle = chunk.length >> 1;
    if (damage?.kind === 'cut') {
      client.write(chunk.subarray(0, middle), end);
      return;
    }
    chunk.writeUInt8(chunk.readUInt8(middle) ^ 1, middle);
    client.write(chunk);
  });
  for (const socket of [client, server]) socket.setNoDelay(true).on('error', end).on('close', end);
}

await Promise.all(
  ports.map(Number).map(
    async (port) =>
      new Promise<void>((resolve) => {
        createServer((client) => {
          relay(client, port);
        }).listen(port, listenOn, resolve);
      }),
  ),
);
process.stdout.write('pass\n');
for await (const order of createInterface(process.stdin)) {
  const [kind = '', port, bytes] = order.split(' ');
  damage = kind === 'pass' ? undefined : { kind, port: Number(port), leastBytes: Number(bytes) };
  process.stdout.write(`${order}\n`);
}
process.exit();
