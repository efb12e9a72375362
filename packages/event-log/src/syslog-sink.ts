import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { backOffMs, type Logger } from '@causeway/model';
import type { SyslogConfig } from './config.ts';
import { syslogAuthorityError, syslogUnreachableError } from './errors.ts';
import type { EventSink } from './event-sink.ts';
import type { LoggedEvent } from './event.ts';
import { openSyslogConnection, type SyslogConnection } from './syslog-connection.ts';
import { formatSyslogMessage, type SyslogOrigin } from './syslog-message.ts';

/** Messages that wait at most, unless the options say otherwise. */
const QUEUE_LENGTH = 2000;
/** How long closing waits for messages to go out. */
const CLOSE_MS = 1000;

/** What {@link SyslogSink.open} takes. */
export interface SyslogSinkOptions {
  readonly config: SyslogConfig;
  /** Told once when the receiver cannot be reached, and once when it can again. */
  readonly logger: Logger;
  /** For the back-off. */
  readonly random?: () => number;
  /** Messages that wait for the receiver at most; beyond them the oldest are dropped. */
  readonly queueLength?: number;
}

/**
 * Sends events to a syslog receiver, in order, one after another. While it cannot be reached they wait in memory; when too
 * many wait, the oldest are dropped and counted. Neither an event nor the agent ever waits for it, save a second on closing.
 */
export class SyslogSink implements EventSink {
  readonly #options: Required<SyslogSinkOptions>;
  readonly #origin: SyslogOrigin;
  readonly #ca: string | undefined;
  readonly #closing = new AbortController();
  #queue: string[] = [];
  #sending: Promise<void> | undefined;
  #connection: SyslogConnection | undefined;
  #failures = 0;
  #dropped = 0;
  #droppedBefore = 0;

  private constructor(options: SyslogSinkOptions, ca: string | undefined) {
    this.#options = { random: Math.random, queueLength: QUEUE_LENGTH, ...options };
    this.#origin = { facility: options.config.facility, hostname: hostname(), processId: process.pid };
    this.#ca = ca;
  }

  /**
   * A sink that connects when the first event comes.
   *
   * @throws {CausewayError} ERR_EVENTS_SYSLOG_AUTHORITY when the file of the receiver's authority cannot be read.
   */
  static open(options: SyslogSinkOptions): SyslogSink {
    const file = options.config.ca;
    return new SyslogSink(options, file === undefined ? undefined : readAuthority(file));
  }

  /** Events that were dropped since the start because too many waited. */
  get dropped(): number {
    return this.#dropped;
  }

  accept(event: LoggedEvent): void {
    if (this.#queue.length >= this.#options.queueLength) {
      this.#queue.shift();
      this.#dropped += 1;
    }
    this.#queue.push(formatSyslogMessage(event, this.#origin));
    this.#sending ??= this.#sendAll();
  }

  /** Gives waiting messages a second to go out, unless the receiver cannot be reached. */
  async close(): Promise<void> {
    const deadline = sleep(CLOSE_MS, undefined, { ref: false });
    if (this.#failures === 0) await Promise.race([this.#sending, deadline]);
    if (this.#sending === undefined) this.#connection?.close();
    else this.#connection?.abandon();
    this.#connection = undefined;
    this.#closing.abort();
  }

  async #sendAll(): Promise<void> {
    for (let message = this.#queue.shift(); message !== undefined; message = this.#queue.shift()) {
      if (!(await this.#sendUntilTaken(message))) break;
    }
    this.#sending = undefined;
    if (this.#closing.signal.aborted) this.#connection?.abandon();
  }

  /** False when the sink is closed before the receiver took the message. */
  async #sendUntilTaken(message: string): Promise<boolean> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        this.#connection ??= await openSyslogConnection(this.#options.config, this.#ca, signal);
        await this.#connection.send(message);
        this.#recovered();
        return true;
      } catch (error) {
        if (signal.aborted) return false;
        this.#connection?.abandon();
        this.#connection = undefined;
        this.#failed(error);
        await sleep(backOffMs(this.#failures, this.#options.random), undefined, { ref: false, signal }).catch(
          () => undefined,
        );
      }
    }
    return false;
  }

  #failed(cause: unknown): void {
    this.#failures += 1;
    if (this.#failures > 1) return;
    this.#droppedBefore = this.#dropped;
    const { code, message, nextStep } = syslogUnreachableError(this.#options.config, cause);
    this.#options.logger.warn({ code, nextStep }, message);
  }

  #recovered(): void {
    if (this.#failures === 0) return;
    this.#failures = 0;
    const { host, port } = this.#options.config;
    const dropped = this.#dropped - this.#droppedBefore;
    this.#options.logger.info(
      { dropped },
      `syslog receiver ${host}:${port} takes events again; ${dropped} were dropped`,
    );
  }
}

function readAuthority(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw syslogAuthorityError(file, error);
  }
}
