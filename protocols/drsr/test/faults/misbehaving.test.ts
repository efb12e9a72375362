import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type DrsClient,
  type ReadOptions,
  type ReplicatedObject,
  type ReplicationCursor,
  type ReplicationPage,
} from '@ad-protocols/drsr';
import { compressionAlgorithms } from '../../src/compression/decompress.ts';
import {
  encodeCompressedGetChangesReply,
  encodeGetChangesReply,
  pickleGetChangesReply,
} from '../../src/get-changes-reply-encoder.ts';
import { compressMszip, compressWin2k3 } from '../compression/compressors.ts';
import {
  elsewhere,
  guidOf,
  hashOf,
  here,
  namingContext,
  page,
  user,
  withDomainController,
  type Answer,
  type Asked,
} from './domain-controller.ts';

const attributes = ['unicodePwd'] as const;
const lostKey = new Uint8Array(16).fill(0x55);
const moreData = true;
const cursor: ReplicationCursor = {
  namingContext: namingContext.guid,
  attributes: ['isDeleted', 'unicodePwd'],
  sourceInvocationId: here,
  usnVector: { objectUpdate: 50n, reserved: 0n, propertyUpdate: 50n },
  upToDateVector: [{ dsa: here, usn: 50n }],
};

/** Every hash that is given out must be the right one, whatever else happens. */
function assertRightHashes(objects: readonly ReplicatedObject[]): number[] {
  return objects.map((object) => {
    const rid = Number(object.sid?.split('-').at(-1));
    assert.equal(object.guid, guidOf(rid));
    const value = object.attributes.get('unicodePwd')?.values[0];
    assert.ok(value !== undefined && Buffer.from(hashOf(rid)).equals(value), `the hash of user ${rid} is wrong`);
    return rid;
  });
}

/** The RIDs of the users of a whole cycle, with the pages. */
async function read(
  client: DrsClient,
  options: Partial<ReadOptions> = {},
): Promise<{ rids: number[]; pages: ReplicationPage[] }> {
  const pages: ReplicationPage[] = [];
  const rids: number[] = [];
  for await (const next of client.pages({ namingContext, attributes, ...options })) {
    pages.push(next);
    rids.push(...assertRightHashes(next.objects));
    // Nothing here goes on for ever: a test that does has failed.
    assert.ok(pages.length < 20, 'the cycle does not end');
  }
  return { rids, pages };
}

/** A reply with one user that says to hold so many: cNumObjects is at offset 112. */
function stating(count: number, sessionKey: Uint8Array): Uint8Array {
  const stub = Buffer.from(encodeGetChangesReply(page([user(1, sessionKey)], 1n)));
  assert.equal(stub.readUInt32LE(112), 1);
  stub.writeUInt32LE(count, 112);
  return stub;
}

/** Three pages of one user each. */
function threePages({ index, sessionKey }: Asked): Answer {
  return page([user(index + 1, sessionKey)], BigInt(index + 1), { moreData: index < 2 });
}

describe('a domain controller that behaves', () => {
  it('is read to the end, and every vector is sent back exactly', async () => {
    await withDomainController(threePages, async (client, requests) => {
      const { rids, pages } = await read(client);
      assert.deepEqual(rids, [1, 2, 3]);
      assert.deepEqual(pages.at(-1)?.cursor.upToDateVector, [{ dsa: here, usn: 3n }]);
      assert.deepEqual(
        requests.map(({ usnVector }) => usnVector.objectUpdate),
        [0n, 1n, 2n],
      );
    });
  });

  it('may put anything into the reserved part of its vector, which comes back as it was', async () => {
    const usnVector = { objectUpdate: 1n, reserved: 0xffff_ffff_ffff_fff0n, propertyUpdate: 2n };
    await withDomainController(
      ({ index, sessionKey }) =>
        index === 0
          ? page([user(1, sessionKey)], 1n, { moreData, usnVector })
          : page([user(2, sessionKey)], 2n, { usnVector: { objectUpdate: 2n, reserved: 0n, propertyUpdate: 2n } }),
      async (client, requests) => {
        await read(client);
        assert.deepEqual(requests[1]?.usnVector, usnVector);
      },
    );
  });

  it('may send pages without objects that move on', async () => {
    await withDomainController(
      ({ index, sessionKey }) =>
        index === 1
          ? page([], 2n, { moreData })
          : page([user(index + 1, sessionKey)], BigInt(index + 1), { moreData: index < 2 }),
      async (client) => assert.deepEqual((await read(client)).rids, [1, 3]),
    );
  });
});

describe('a domain controller that compresses', () => {
  for (const [name, algorithm, compress] of [
    ['mszip', compressionAlgorithms.mszip, compressMszip],
    ['win2k3', compressionAlgorithms.win2k3, compressWin2k3],
  ] as const) {
    it(`in ${name} is read like any other`, async () => {
      await withDomainController(
        ({ sessionKey }) => {
          const plain = pickleGetChangesReply(page([user(1, sessionKey), user(2, sessionKey)], 1n));
          const bytes = compress(plain);
          return encodeCompressedGetChangesReply({ version: 6, algorithm, uncompressedSize: plain.length, bytes });
        },
        async (client) => assert.deepEqual((await read(client)).rids, [1, 2]),
        { compression: true },
      );
    });
  }
});

describe('a session that is renegotiated', () => {
  it('between pages goes on, with the new key', async () => {
    const keys = new Set<string>();
    await withDomainController(
      (asked) => {
        keys.add(Buffer.from(asked.sessionKey).toString('hex'));
        return threePages(asked);
      },
      async (client) => {
        const rids: number[] = [];
        for await (const { objects } of client.pages({ namingContext, attributes })) {
          rids.push(...assertRightHashes(objects));
          if (rids.length === 1) await client.reauthenticate();
        }
        assert.deepEqual(rids, [1, 2, 3]);
        assert.equal(keys.size, 2);
      },
    );
  });

  it('inside a page gives secrets under either key', async () => {
    const keys: Uint8Array[] = [];
    await withDomainController(
      ({ index, sessionKey }) => {
        keys.push(sessionKey);
        const [first = sessionKey] = keys;
        return page([user(1, first), user(2, sessionKey), user(3, first)], BigInt(index + 1));
      },
      async (client) => {
        await read(client);
        await client.reauthenticate();
        assert.deepEqual((await read(client)).rids, [1, 2, 3]);
        assert.notDeepEqual(keys[0], keys[1]);
      },
    );
  });

  it('without our knowledge ends in the error of a checksum, and nothing of the page is given out', async () => {
    await withDomainController(
      ({ index, sessionKey }) =>
        index === 0 ? page([user(1, sessionKey)], 1n, { moreData }) : page([user(2, sessionKey), user(3, lostKey)], 2n),
      async (client) => {
        const given: number[] = [];
        const reading = async (): Promise<void> => {
          for await (const { objects } of client.pages({ namingContext, attributes })) {
            given.push(...assertRightHashes(objects));
          }
        };
        await assert.rejects(reading, { code: 'ERR_DRSR_CHECKSUM', keysTried: 1 });
        assert.deepEqual(given, [1]);
      },
    );
  });
});

describe('a domain controller that misbehaves', () => {
  const failures: [what: string, code: string, answer: (asked: Asked) => Answer][] = [
    [
      'repeats a page for ever',
      'ERR_DRSR_NO_PROGRESS',
      ({ sessionKey }) => page([user(1, sessionKey)], 1n, { moreData }),
    ],
    ['promises more and sends nothing', 'ERR_DRSR_NO_PROGRESS', () => page([], 0n, { moreData })],
    [
      'tears a reply',
      'ERR_DRSR_REPLY',
      ({ sessionKey }) => encodeGetChangesReply(page([user(1, sessionKey)], 1n)).subarray(0, -40),
    ],
    ['sends an empty reply', 'ERR_DRSR_REPLY', () => new Uint8Array()],
    ['answers with garbage', 'ERR_DRSR_REPLY_VERSION', () => new Uint8Array(500).fill(0)],
    ['states an absurd count of objects', 'ERR_DRSR_REPLY', ({ sessionKey }) => stating(0xffff_ffff, sessionKey)],
    ['states more objects than it sends', 'ERR_DRSR_REPLY', ({ sessionKey }) => stating(2, sessionKey)],
    [
      'sends a hash without the SID that it is wrapped with',
      'ERR_DRSR_REPLY',
      ({ sessionKey }) => {
        const entry = user(1, sessionKey);
        return page([{ ...entry, name: { guid: guidOf(1), dn: 'CN=user 1' } }], 1n);
      },
    ],
    [
      'gives up in the middle of a page and says so',
      'ERR_DRSR_SOURCE_FAILED',
      ({ sessionKey }) => page([user(1, sessionKey)], 1n, {}, { error: 8451 }),
    ],
    [
      'changes its epoch in the middle of a cycle',
      'ERR_DRSR_EPOCH',
      (asked) => (asked.index === 1 ? 8593 : threePages(asked)),
    ],
    [
      'takes the rights away in the middle of a cycle',
      'ERR_DRSR_ACCESS_DENIED',
      (asked) => (asked.index === 1 ? 8453 : threePages(asked)),
    ],
    [
      'returns a status in the middle of a cycle',
      'ERR_DRSR_SOURCE_DISABLED',
      (asked) => (asked.index === 1 ? encodeGetChangesReply(page([], 1n), 'ndr', 8456) : threePages(asked)),
    ],
  ];
  for (const [what, code, answer] of failures) {
    it(`and ${what} gives ${code}`, async () => {
      await withDomainController(answer, async (client) => {
        await assert.rejects(read(client), (error) => {
          assert.ok(error instanceof Error && 'code' in error && 'nextStep' in error, String(error));
          assert.equal(error.code, code, error.message);
          return true;
        });
      });
    });
  }

  it('and sends one page twice is not believed, but nothing wrong comes of it', async () => {
    await withDomainController(
      ({ index, sessionKey }) =>
        page([user(Math.max(index, 1), sessionKey)], BigInt(Math.max(index, 1)), { moreData: index < 3 }),
      async (client) => assert.rejects(read(client), { code: 'ERR_DRSR_NO_PROGRESS' }),
    );
  });

  it('and is another one than the cursor is of is asked again, from the up-to-dateness vector', async () => {
    const source = { sourceInvocationId: elsewhere };
    await withDomainController(
      ({ index, sessionKey }) => page([user(index + 1, sessionKey)], 700n, source),
      async (client, requests) => {
        const { rids, pages } = await read(client, { cursor });
        assert.deepEqual(rids, [2], 'what answers a foreign USN is thrown away');
        assert.equal(pages[0]?.start, 'up-to-dateness vector');
        assert.equal(requests[1]?.usnVector.objectUpdate, 0n);
        assert.deepEqual(
          requests[1].upToDateVector.map(({ dsa, usn }) => [dsa, usn]),
          [[here, 50n]],
        );
      },
    );
  });

  it('and gets a new invocation id in the middle of a cycle, as after a restore, is read anew', async () => {
    await withDomainController(
      ({ index, sessionKey }) =>
        page([user(index + 1, sessionKey)], BigInt(index + 1), {
          moreData: index < 3,
          sourceInvocationId: index === 0 ? here : elsewhere,
        }),
      async (client, requests) => {
        const { rids } = await read(client);
        assert.deepEqual(rids, [1, 3, 4]);
        assert.deepEqual(
          requests.map(({ usnVector }) => usnVector.objectUpdate),
          [0n, 1n, 0n, 3n],
        );
      },
    );
  });
});

describe('what is asked for', () => {
  it('includes ancestors, targets of links and compression when they are wanted, and else not', async () => {
    await withDomainController(
      ({ sessionKey }) => page([user(1, sessionKey)], 1n),
      async (client, requests) => {
        await read(client, { ancestorsFirst: true, linkTargets: true });
        await read(client);
        assert.deepEqual(
          requests.map(({ options, moreOptions }) => [options >>> 0, moreOptions]),
          [
            [0x1000_1810, 1],
            [0x1000_1010, 0],
          ],
        );
      },
      { compression: true },
    );
  });
});
