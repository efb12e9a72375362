import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { rpcMisbehaviours } from '@ad-protocols/testing';
import { withServer } from './peer/with-server.ts';

for (const [what, { code, answer, write }] of Object.entries(rpcMisbehaviours)) {
  for (const protectionLevel of ['privacy', 'integrity'] as const) {
    test(`${what} at ${protectionLevel} level gives ${code ?? 'the right answer'}`, async () => {
      const stub = new Uint8Array(randomBytes(200));
      let misbehaves = false;
      const onCall: Parameters<typeof withServer>[0]['onCall'] = (call) => {
        misbehaves = true;
        return answer(call, stub);
      };
      const server = {
        onCall,
        write: (...args: Parameters<NonNullable<typeof write>>) =>
          misbehaves && write ? write(...args) : void args[0].write(args[1]),
      };
      await withServer(server, async (open) => {
        const connection = await open({ protectionLevel });
        const call = connection.call(1, new Uint8Array(4));
        if (code === undefined) {
          assert.deepEqual(await call, stub);
          return;
        }
        await assert.rejects(call, { code });
        await assert.rejects(connection.call(1, new Uint8Array(4)), { code });
      });
    });
  }
}
