import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { NdrReader } from '@ad-protocols/ndr';
import { hex } from '@ad-protocols/testing';
import { decompress } from '../../src/compression/decompress.ts';

/** What `samba-compression.py` tells. */
interface Compressed {
  readonly reply: string;
  readonly plain: string;
}

/** Algorithm, size and compressed bytes of a reply of version 7. @see [MS-DRSR] DRS_MSG_GETCHGREPLY_V7 (4.1.10.2.13) */
function readCompressed(reply: Uint8Array): Parameters<typeof decompress> {
  const reader = new NdrReader(reply, 'DRS_MSG_GETCHGREPLY_V7');
  assert.deepEqual([reader.u32(), reader.u32(), reader.u32()], [7, 7, 6], 'versions');
  const [algorithm, uncompressedBytes] = [reader.u32(), reader.u32()];
  reader.u32();
  assert.ok(reader.pointer());
  return [algorithm, reader.conformantBytes(), uncompressedBytes];
}

describe("replies that Samba's own codec compresses", () => {
  let samba: ChildProcessByStdio<Writable, Readable, null>;
  let answers: AsyncIterator<string>;
  before(() => {
    const program = path.join(import.meta.dirname, 'samba-compression.py');
    samba = spawn('/usr/bin/python3', [program], { stdio: ['pipe', 'pipe', 'inherit'] });
    answers = createInterface({ input: samba.stdout })[Symbol.asyncIterator]();
  });
  after(async () => {
    samba.stdin.end();
    await once(samba, 'exit');
  });

  for (const algorithm of ['mszip', 'xpress']) {
    it(`come back as they were: ${algorithm}`, async () => {
      let compressedBytes = 0;
      let plainBytes = 0;
      for (let seed = 1; seed <= 12; seed += 1) {
        samba.stdin.write(`${JSON.stringify([seed, algorithm])}\n`);
        const { reply, plain } = JSON.parse(String((await answers.next()).value)) as Compressed;
        const compressed = readCompressed(hex(reply));
        assert.equal(Buffer.from(decompress(...compressed)).toString('hex'), plain, `seed ${seed}`);
        compressedBytes += compressed[1].length;
        plainBytes += plain.length / 2;
      }
      assert.ok(compressedBytes < plainBytes / 4, `${plainBytes} bytes became ${compressedBytes}`);
    });
  }
});
