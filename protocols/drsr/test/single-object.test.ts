import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attributeValue } from '@ad-protocols/drsr';
import { nilGuid, parseGuid } from '@ad-protocols/wire';
import { extendedOperations } from '../src/extended-operation.ts';
import { encodeGetChangesReply } from '../src/get-changes-reply-encoder.ts';
import type { GetChangesReply } from '../src/get-changes-reply.ts';
import {
  guidOf,
  hashOf,
  here,
  page,
  user,
  withDomainController,
  type Answer,
  type Asked,
} from './faults/domain-controller.ts';

const attributes = ['unicodePwd'] as const;
const rodc = parseGuid('0c0fa595-680a-4bbf-a37c-a0c57118daea');
const guid = guidOf(7);
const success = { extendedResult: 1 };

/** A reply with user 7 and another one, whom nobody asked for. */
const found = ({ sessionKey }: Asked): GetChangesReply => page([user(8, sessionKey), user(7, sessionKey)], 1n, success);
/** A call that is refused as Samba refuses it: an empty message and a status. */
const refusedWith = (status: number): Uint8Array => encodeGetChangesReply(page([], 1n), 'ndr', status);

describe('a single object', () => {
  it('is asked for with a class, which every object has, and is the one of that GUID', async () => {
    await withDomainController(found, async (client, requests) => {
      const object = await client.replicateObject(guid, attributes);
      assert.equal(object?.guid, guid);
      assert.ok(Buffer.from(hashOf(7)).equals(attributeValue(object, 'unicodePwd') ?? new Uint8Array()));
      const [request] = requests;
      assert.equal(request?.extendedOperation, extendedOperations.replicateObject);
      assert.deepEqual(
        request.attributeTypes.map((type) => request.prefixTable.oid(type)),
        // objectClass, isDeleted, unicodePwd
        ['2.5.4.0', '1.2.840.113556.1.2.48', '1.2.840.113556.1.4.90'],
      );
    });
  });

  it('is asked for again on behalf of the domain controller itself, when it wants to know the caller', async () => {
    await withDomainController(
      (asked) => (asked.index === 0 ? page([], 1n, { extendedResult: 6 }) : found(asked)),
      async (client, requests) => {
        assert.equal((await client.replicateObject(guid, attributes))?.guid, guid);
        assert.deepEqual(
          requests.map(({ destinationDsa }) => destinationDsa),
          [nilGuid, here],
        );
      },
    );
  });

  it('that is not replicated gives the name of the result', async () => {
    await withDomainController(
      () => page([], 1n, { extendedResult: 16 }),
      async (client) =>
        assert.rejects(client.replicateObject(guid, attributes), {
          code: 'ERR_DRSR_EXTENDED_OPERATION',
          message: /EXOP_ERR_PARAM_ERR \(16\)/,
        }),
    );
  });

  for (const status of [8240, 8333, 8420, 8439, 8440]) {
    it(`that does not exist (${status}) is undefined`, async () => {
      await withDomainController(
        () => refusedWith(status),
        async (client) => assert.equal(await client.replicateObject(guid, attributes), undefined),
      );
    });
  }

  it('is not said to be gone by a domain controller that does not hold its naming context in full', async () => {
    await withDomainController(
      () => refusedWith(8465),
      async (client) =>
        assert.rejects(client.replicateObject(guid, attributes), { code: 'ERR_DRSR_NAMING_CONTEXT', status: 8465 }),
    );
  });
});

describe('the secrets of a single object', () => {
  it('are asked for as a read-only domain controller asks: on its behalf, and not as for a writable replica', async () => {
    await withDomainController(
      found,
      async (client, requests) => {
        const object = await client.replicateSecrets(guid, attributes);
        assert.ok(object && Buffer.from(hashOf(7)).equals(attributeValue(object, 'unicodePwd') ?? new Uint8Array()));
        assert.deepEqual(
          requests.map(({ extendedOperation, destinationDsa, options }) => [
            extendedOperation,
            destinationDsa,
            options,
          ]),
          [[extendedOperations.replicateSecrets, rodc, 0]],
        );
      },
      { destinationDsa: rodc },
    );
  });

  it('are asked for on behalf of the domain controller itself, which a question without secrets tells', async () => {
    await withDomainController(found, async (client, requests) => {
      await client.replicateSecrets(guid, attributes);
      const [first, second] = requests;
      assert.equal(first?.destinationDsa, nilGuid);
      assert.ok(!first.attributeTypes.includes(0x0009_005a), 'the first question has no secrets');
      assert.deepEqual(
        [second?.extendedOperation, second?.destinationDsa],
        [extendedOperations.replicateSecrets, here],
      );
    });
  });

  const denied: [how: string, answer: (asked: Asked) => Answer, told: RegExp][] = [
    ['by the password replication policy', () => refusedWith(8630), /ERROR_DS_DRA_SECRETS_DENIED \(8630\)/],
    ['by an account that may not', () => refusedWith(8453), /ERROR_DS_DRA_ACCESS_DENIED \(8453\)/],
    ['by success without the object', () => page([], 1n, success), /it sent no object/],
    ['by success with another object', ({ sessionKey }) => page([user(8, sessionKey)], 1n, success), /sent no object/],
  ];
  for (const [how, answer, message] of denied) {
    it(`that are refused ${how} give ERR_DRSR_SECRETS_DENIED with the cure`, async () => {
      await withDomainController(
        answer,
        async (client) =>
          assert.rejects(client.replicateSecrets(guid, attributes), {
            code: 'ERR_DRSR_SECRETS_DENIED',
            message,
            nextStep: /replicateObject.*destinationDsa.*msDS-RevealOnDemandGroup/,
          }),
        { destinationDsa: rodc },
      );
    });
  }

  it('of an object that does not exist are undefined', async () => {
    await withDomainController(
      () => refusedWith(8420),
      async (client) => assert.equal(await client.replicateSecrets(guid, attributes), undefined),
    );
  });

  it('are refused like all others when the checksum is wrong', async () => {
    await withDomainController(
      () => page([user(7, new Uint8Array(16).fill(0x55))], 1n, success),
      async (client) => assert.rejects(client.replicateSecrets(guid, attributes), { code: 'ERR_DRSR_CHECKSUM' }),
      { destinationDsa: rodc },
    );
  });
});
