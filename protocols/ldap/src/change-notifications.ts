import { notificationControl } from './controls.ts';
import type { LdapEntry } from './entry.ts';
import { closedError, protocolError } from './errors.ts';
import { openLdapStream, type LdapOpenOptions } from './ldap-client.ts';
import type { MessageStream } from './message-stream.ts';
import { RequestChannel } from './request-channel.ts';
import type { LdapSearch } from './requests.ts';

/** Entries that wait for the caller before reading stops. */
const WAITING_MAX = 1000;
const KEEP_ALIVE_MS = 60_000;
const ANSWER_TIMEOUT_MS = 30_000;

/** What is watched. The server allows no filter, and a few watches a connection. */
export interface ChangeWatchOptions {
  readonly base: string;
  readonly scope: LdapSearch['scope'];
  /** Given with each entry, whether they changed or not. */
  readonly attributes: readonly string[];
  /** Milliseconds between two questions that show whether a silent server is still there. Default 60 s. */
  readonly keepAliveMs?: number | undefined;
  /** Milliseconds for the answer to each. Default 30 s. */
  readonly answerTimeoutMs?: number | undefined;
}

/**
 * The objects that change, each as it is after the change and in order, on a connection of their own.
 *
 * A change is a hint to read, not a log: what happens while there is no connection is not told later. Iterate once; the
 * iteration ends when {@link ChangeNotifications.close} is called, and throws when the signal is raised, when the server
 * ends the watch (LdapResultError), ends the connection (ERR_LDAP_CLOSED) or stops answering (ERR_LDAP_TIMEOUT).
 *
 * @see [MS-ADTS] LDAP_SERVER_NOTIFICATION_OID (3.1.1.3.4.1.9)
 */
export class ChangeNotifications implements AsyncIterable<LdapEntry>, Disposable {
  readonly #channel: RequestChannel;
  readonly #options: ChangeWatchOptions;
  readonly #waiting: LdapEntry[] = [];
  readonly #keepAlive: NodeJS.Timeout;
  #failure: Error | undefined;
  #closed = false;
  #wake: () => void = () => undefined;

  private constructor(channel: RequestChannel, options: ChangeWatchOptions) {
    this.#channel = channel;
    this.#options = options;
    this.#keepAlive = setInterval(() => void this.#ask().catch(() => undefined), options.keepAliveMs ?? KEEP_ALIVE_MS);
  }

  /**
   * Connects, signs in and asks for notifications; resolves when the server watches, so that no later change is missed.
   *
   * @throws {LdapError} as `LdapClient.open`, and ERR_LDAP_CONTROL or ERR_LDAP_RESULT when the server refuses to watch.
   */
  static async open(connection: LdapOpenOptions, options: ChangeWatchOptions): Promise<ChangeNotifications> {
    return await ChangeNotifications.start(await openLdapStream(connection), connection, options);
  }

  /** The same on a bound stream of messages, which it takes over. */
  static async start(
    stream: MessageStream,
    { host, signal }: { host: string; signal?: AbortSignal | undefined },
    options: ChangeWatchOptions,
  ): Promise<ChangeNotifications> {
    const notifications = new ChangeNotifications(new RequestChannel(stream, host), options);
    notifications.#watch(signal);
    try {
      // The server takes the requests of a connection in order.
      await notifications.#ask();
      if (notifications.#failure) throw notifications.#failure;
      return notifications;
    } catch (error) {
      notifications.close();
      throw notifications.#failure ?? error;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<LdapEntry, void> {
    try {
      for (;;) {
        const entry = this.#waiting.shift();
        if (entry !== undefined) {
          if (this.#waiting.length === 0) this.#channel.resume();
          yield entry;
        } else if (this.#closed) {
          return;
        } else if (this.#failure) {
          throw this.#failure;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      this.close();
    }
  }

  /** Ends the watch and its connection. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#keepAlive);
    this.#channel.close();
    this.#wake();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #watch(signal: AbortSignal | undefined): void {
    const { base, scope, attributes } = this.#options;
    const search: LdapSearch = { base, scope, filter: '(objectClass=*)', attributes };
    const entry = (changed: LdapEntry): void => {
      this.#waiting.push(changed);
      if (this.#waiting.length >= WAITING_MAX) this.#channel.pause();
      this.#wake();
    };
    this.#channel.search(search, { controls: [notificationControl], entry, timeoutMs: 0, signal }).then(
      () => this.#fail(protocolError(this.#channel.server, 'ended a watch')),
      (error: unknown) => this.#fail(error instanceof Error ? error : closedError(this.#channel.server)),
    );
  }

  /** Asks for nothing at all, so that the server has to answer. */
  async #ask(): Promise<void> {
    // A server that has sent more than the caller takes is still there.
    if (this.#waiting.length >= WAITING_MAX) return;
    const timeoutMs = this.#options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS;
    const search: LdapSearch = { base: '', scope: 'base', filter: '(objectClass=*)', attributes: ['1.1'] };
    await this.#channel.search(search, { entry: () => undefined, timeoutMs });
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    clearInterval(this.#keepAlive);
    this.#channel.close(error);
    this.#wake();
  }
}
