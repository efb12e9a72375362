import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { LdapConnection } from '../../src/dc/ldap-connection.ts';
import { ChangeWatch, type ChangeNotices } from '../../src/dc/change-watch.ts';

/** A DC that counts the questions for its USN; a minute between two of them is for ever here. */
class FakeDc {
  usn = 10;
  questions = 0;
  readonly host = 'dc1.corp.contoso.test';

  async read(): ReturnType<LdapConnection['read']> {
    this.questions += 1;
    const value = new TextEncoder().encode(String(this.usn));
    return { dn: '', attributes: new Map([['highestcommittedusn', [value]]]) };
  }
}

/** Notices that a test gives, and an end that it makes. */
class FakeNotices implements ChangeNotices {
  #give: (result: 'change' | 'end') => void = () => undefined;
  closed = false;

  give(result: 'change' | 'end'): void {
    this.#give(result);
  }

  close(): void {
    this.closed = true;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<object, void> {
    for (;;) {
      const result = await new Promise<'change' | 'end'>((resolve) => {
        this.#give = resolve;
      });
      if (result === 'end') throw new Error('the connection of the notices is lost');
      yield {};
    }
  }
}

const turn = async (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

function watchOf(dc: FakeDc, more: { notices?: ChangeNotices; pollIntervalMs?: number; safetyIntervalMs?: number }) {
  const clock = { now: () => performance.now() };
  return new ChangeWatch({ connection: dc, clock, pollIntervalMs: 60_000, safetyIntervalMs: 600_000, ...more });
}

suite('noticing that a domain controller has something new', () => {
  const { signal } = new AbortController();
  const seen = { usn: 10n, readTookMs: 0 };

  test('a notice is enough: nobody waits for the next question', async () => {
    const dc = new FakeDc();
    const notices = new FakeNotices();
    const next = watchOf(dc, { notices }).next(seen, signal);
    await turn();
    assert.equal(dc.questions, 0);
    dc.usn = 11;
    notices.give('change');
    await next;
    assert.equal(dc.questions, 1);
  });

  test('a notice of something that moves no USN is looked at and waited over', async () => {
    const dc = new FakeDc();
    const notices = new FakeNotices();
    const next = watchOf(dc, { notices }).next(seen, signal);
    await turn();
    notices.give('change');
    while (dc.questions === 0) await turn();
    await turn();
    dc.usn = 12;
    notices.give('change');
    await next;
    assert.equal(dc.questions, 2);
  });

  test('notices that end leave the questions', async () => {
    const dc = new FakeDc();
    const notices = new FakeNotices();
    const next = watchOf(dc, { notices, pollIntervalMs: 1 }).next(seen, signal);
    await turn();
    notices.give('end');
    while (dc.questions < 3) await turn();
    dc.usn = 11;
    await next;
    assert.ok(notices.closed);
  });

  test('without any change it ends with the safety interval', async () => {
    const dc = new FakeDc();
    await watchOf(dc, { pollIntervalMs: 1, safetyIntervalMs: 5 }).next(seen, signal);
    assert.equal(dc.usn, 10);
  });

  test('a raised signal ends it with its reason', async () => {
    const end = new AbortController();
    const next = watchOf(new FakeDc(), {}).next(seen, end.signal);
    end.abort(new DOMException('stop', 'AbortError'));
    await assert.rejects(next, { name: 'AbortError' });
  });

  test('closing it closes the notices', () => {
    const notices = new FakeNotices();
    watchOf(new FakeDc(), { notices }).close();
    assert.ok(notices.closed);
  });
});
