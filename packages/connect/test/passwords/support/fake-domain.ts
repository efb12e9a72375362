import { createHash } from 'node:crypto';
import { encodeSupplementalCredentials } from '@ad-protocols/credentials';
import type { ReplicatedAttribute, ReplicatedObject, ReplicationCursor, ReplicationPage } from '@ad-protocols/drsr';
import { CausewayError } from '@causeway/model';
import { encodeUtf16, parseGuid, Writer, type Guid, type Sid } from '@ad-protocols/wire';
import { credentialAttributes } from '../../../src/passwords/credential-decision.ts';
import type { DomainReader } from '../../../src/passwords/domain-reader.ts';

const NORMAL_ACCOUNT = 0x200;
const kerberos = {
  salt: 'CORP.CONTOSO.TESTsomebody',
  iterationCount: 4096,
  aes256: new Uint8Array(32).fill(0x32),
  aes128: new Uint8Array(16).fill(0x16),
};

/** A GUID that a text always gives. */
export function guidOf(text: string): Guid {
  const hex = createHash('sha256').update(text).digest('hex');
  return parseGuid(
    [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-'),
  );
}

interface Stored {
  readonly guid: Guid;
  readonly name: string;
  isDeleted: boolean;
  readonly attributes: Map<string, ReplicatedAttribute & { readonly usn: number }>;
}

/** A domain in memory that replicates as a DC does: objects in the order of their last change, each with what has changed. */
export class FakeDomain {
  readonly name: string;
  readonly baseDn: string;
  readonly domainGuid: Guid;
  invocationId: Guid;
  usn = 100;
  pageObjects = 20;
  /** Reads of single objects, by name. */
  readonly singles: string[] = [];
  /** Objects that were sent in pages. */
  sent = 0;
  /** What the next call of any kind fails with, once. */
  failure: Error | undefined;
  /** Domain controllers that were opened, and those that do not answer. */
  readonly hosts: string[] = [];
  readonly down = new Set<string>();
  readonly #objects = new Map<Guid, Stored>();
  #listeners: (() => void)[] = [];
  #time = Date.parse('2026-11-01T08:00:00Z');

  constructor(name = 'corp.contoso.test') {
    this.name = name;
    this.baseDn = name
      .split('.')
      .map((label) => `DC=${label}`)
      .join(',');
    this.domainGuid = guidOf(`domain ${name}`);
    this.invocationId = guidOf(`dc of ${name}`);
  }

  guid(user: string): Guid {
    return guidOf(`${user} of ${this.name}`);
  }

  dn(user: string): string {
    return `CN=${user},OU=Staff,${this.baseDn}`;
  }

  addUser(name: string, options: { accountControl?: number; noPassword?: boolean; temporary?: boolean } = {}): Guid {
    const guid = this.guid(name);
    this.#objects.set(guid, { guid, name, isDeleted: false, attributes: new Map() });
    this.change(name, {
      sAMAccountName: encodeUtf16(name),
      userAccountControl: new Writer(4).u32(options.accountControl ?? NORMAL_ACCOUNT).finish(),
      pwdLastSet: pwdLastSet(options.temporary === true ? 0n : 134_398_471_554_387_180n),
      ...(options.noPassword === true ? {} : this.#secrets(1)),
    });
    return guid;
  }

  setPassword(name: string, options: { temporary?: boolean } = {}): void {
    const present = this.#require(name).attributes.get('unicodePwd')?.metadata.version ?? 0;
    this.change(name, {
      ...this.#secrets(present + 1),
      pwdLastSet: pwdLastSet(options.temporary === true ? 0n : 134_398_471_554_387_181n),
    });
  }

  /** Ends or begins that a password has to be changed first. */
  setTemporary(name: string, temporary: boolean): void {
    this.change(name, { pwdLastSet: pwdLastSet(temporary ? 0n : 134_398_471_554_387_182n) });
  }

  setAccountControl(name: string, value: number): void {
    this.change(name, { userAccountControl: new Writer(4).u32(value).finish() });
  }

  remove(name: string): void {
    this.#require(name).isDeleted = true;
    this.change(name, { isDeleted: new Writer(4).u32(1).finish() });
  }

  /** Sets attributes of an object in one transaction. */
  change(name: string, attributes: Readonly<Record<string, Uint8Array>>): void {
    const object = this.#require(name);
    this.usn += 1;
    this.#time += 1000;
    for (const [attribute, value] of Object.entries(attributes)) {
      const version = (object.attributes.get(attribute)?.metadata.version ?? 0) + 1;
      object.attributes.set(attribute, {
        values: [value],
        usn: this.usn,
        metadata: {
          version,
          changedAt: new Date(this.#time),
          originatingDsa: this.invocationId,
          originatingUsn: BigInt(this.usn),
        },
      });
    }
    for (const listener of this.#listeners) listener();
  }

  /** Copies the database; the function that it gives puts it back: USNs go back, time does not. */
  copy(): () => void {
    const { usn } = this;
    const objects = structuredClone([...this.#objects]);
    return () => {
      this.usn = usn;
      this.#objects.clear();
      for (const [guid, object] of objects) this.#objects.set(guid, object);
    };
  }

  /** Whether the password need not be changed at the next logon. */
  isLasting(name: string): boolean {
    return (
      this.#require(name)
        .attributes.get('pwdLastSet')
        ?.values[0]?.some((byte) => byte !== 0) === true
    );
  }

  versionOf(name: string): number {
    return this.#require(name).attributes.get('unicodePwd')?.metadata.version ?? 0;
  }

  reader(host = `dc1.${this.name}`): DomainReader {
    this.hosts.push(host);
    if (this.down.has(host)) throw dcUnreachable();
    this.#fail();
    return {
      host,
      domainGuid: this.domainGuid,
      baseDn: this.baseDn,
      invocationId: this.invocationId,
      readHighestUsn: async () => {
        this.#fail();
        return BigInt(this.usn);
      },
      waitForChange: async (seen, signal) => this.#wait(seen.usn, signal),
      pages: (cursor) => this.#pages(cursor),
      readObject: async (guid) => {
        this.#fail();
        const object = this.#objects.get(guid);
        if (object === undefined || object.isDeleted) return undefined;
        this.singles.push(object.name);
        return this.#replicated(object, 0);
      },
      close: async () => undefined,
    };
  }

  async *#pages(cursor: ReplicationCursor | undefined): AsyncGenerator<ReplicationPage> {
    this.#fail();
    const isBeginning = cursor === undefined || cursor.sourceInvocationId !== this.invocationId;
    const since = isBeginning ? 0 : Number(cursor.usnVector.reserved);
    let after = isBeginning ? 0 : Number(cursor.usnVector.objectUpdate);
    const highest = this.usn;
    for (;;) {
      const objects = [...this.#objects.values()]
        .filter((object) => lastUsn(object) > after && lastUsn(object) <= highest)
        .sort((left, right) => lastUsn(left) - lastUsn(right));
      const page = objects.slice(0, this.pageObjects);
      const more = objects.length > page.length;
      const last = page.at(-1);
      after = more && last ? lastUsn(last) : highest;
      this.sent += page.length;
      yield {
        objects: page.map((object) => this.#replicated(object, since)),
        linkValues: [],
        more,
        start: isBeginning ? 'beginning' : 'cursor',
        cursor: this.#cursorAt(after, since, more),
      };
      this.#fail();
      if (!more) return;
    }
  }

  /** `reserved` remembers where the cycle began; the vector is there once one has been finished. */
  #cursorAt(usn: number, since: number, more: boolean): ReplicationCursor {
    const isFinished = !more || since > 0;
    return {
      namingContext: this.domainGuid,
      attributes: [...credentialAttributes, 'isDeleted'].sort(),
      sourceInvocationId: this.invocationId,
      usnVector: {
        objectUpdate: BigInt(usn),
        reserved: BigInt(more ? since : usn),
        propertyUpdate: isFinished ? BigInt(more ? since : usn) : 0n,
      },
      upToDateVector: isFinished ? [{ dsa: this.invocationId, usn: BigInt(more ? since : usn) }] : [],
    };
  }

  #replicated(object: Stored, since: number): ReplicatedObject {
    const changed = [...object.attributes].filter(([, { usn }]) => usn > since);
    return {
      guid: object.guid,
      sid: 'S-1-5-21-1-2-3-1105' as Sid,
      dn: this.dn(object.name),
      isDeleted: object.isDeleted,
      // Secrets are the reader's to wipe: each time others.
      attributes: new Map(
        changed.map(([name, { values, metadata }]) => [
          name,
          { values: values.map((value) => value.slice()), metadata },
        ]),
      ),
    };
  }

  async #wait(seen: bigint, signal: AbortSignal): Promise<void> {
    if (BigInt(this.usn) !== seen) return;
    await new Promise<void>((resolve, reject) => {
      const ended = (): void => reject(signal.reason);
      signal.addEventListener('abort', ended, { once: true });
      this.#listeners.push(() => {
        signal.removeEventListener('abort', ended);
        resolve();
      });
    });
    this.#listeners = [];
  }

  #secrets(version: number) {
    return {
      unicodePwd: new Uint8Array(16).fill(version),
      supplementalCredentials: encodeSupplementalCredentials({ kerberos }),
    };
  }

  #require(name: string): Stored {
    const object = this.#objects.get(this.guid(name));
    if (object === undefined) throw new RangeError(`no user ${name}`);
    return object;
  }

  #fail(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }
}

/** What a domain controller that does not answer fails with. */
export function dcUnreachable(): CausewayError {
  return new CausewayError({
    code: 'ERR_CONNECT_DC_UNREACHABLE',
    message: 'the domain controller does not answer',
    nextStep: 'check that it runs',
    disposition: 'retry',
  });
}

function lastUsn({ attributes }: Stored): number {
  return Math.max(...[...attributes.values()].map(({ usn }) => usn));
}

function pwdLastSet(value: bigint): Uint8Array {
  return new Writer(8).i64(value).finish();
}
