import type { CausewayError, Clock } from '@causeway/model';
import type { StatusFile } from './status-file.ts';

/** What a process is doing. */
export type ProcessState = 'off' | 'opening' | 'reading' | 'waiting' | 'paused' | 'failed' | 'stopped';

/** Why a process does not work at the moment. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly nextStep: string;
  /** When it failed first, ISO 8601. */
  readonly at: string;
  /** Attempts that have failed since then. */
  readonly attempts: number;
}

/** What happened since connect was started. */
export interface ProcessCounts {
  /** Cycles that came to their end. */
  readonly cycles: number;
  /** Of these, reads of the whole domain. */
  readonly fullCycles: number;
  /** Objects that the DC sent. */
  readonly objectsRead: number;
  /** Credentials sealed; 0 for object sync. */
  readonly sealed: number;
  /** Users or credentials that the directory acknowledged. */
  readonly delivered: number;
  /** Accounts left out, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
}

/** A process as `causeway status` shows it. */
export interface ProcessStatus {
  readonly process: string;
  readonly state: ProcessState;
  readonly since: string;
  readonly lastSuccessAt: string | null;
  readonly failure: Failure | null;
  /** The last cursor that the directory acknowledged. */
  readonly cursor: string | null;
  readonly counts: ProcessCounts;
}

/** Keeps the status of one process, and its file. */
export class ProcessReport {
  readonly #clock: Clock;
  readonly #file: StatusFile<ProcessStatus>;
  #status: ProcessStatus;

  constructor(options: { process: string; clock: Clock; file: StatusFile<ProcessStatus> }) {
    this.#clock = options.clock;
    this.#file = options.file;
    this.#status = {
      process: options.process,
      state: 'off',
      since: this.#now(),
      lastSuccessAt: null,
      failure: null,
      cursor: null,
      counts: { cycles: 0, fullCycles: 0, objectsRead: 0, sealed: 0, delivered: 0, skipped: {} },
    };
  }

  get status(): ProcessStatus {
    return this.#status;
  }

  enter(state: ProcessState): void {
    if (state !== this.#status.state && this.#status.failure === null) {
      this.#status = { ...this.#status, state, since: this.#now() };
    }
    if (state === 'stopped') this.#file.write(this.#status);
  }

  /**
   * Notes a failed attempt; true when it is another failure than the last, so that it is logged once and not at every
   * attempt. It is the same while the same is to be done about it: messages hold times and request ids.
   */
  fail({ code, message, nextStep }: CausewayError): boolean {
    const last = this.#status.failure;
    const isSame = last?.code === code && last.nextStep === nextStep;
    const at = last?.at ?? this.#now();
    const failure = { code, message, nextStep, at, attempts: (last?.attempts ?? 0) + 1 };
    this.#status = { ...this.#status, state: 'failed', since: isSame ? this.#status.since : this.#now(), failure };
    this.#file.write(this.#status);
    return !isSame;
  }

  /** Notes the end of a cycle; gives the failure that is over. */
  succeed(): Failure | undefined {
    const { failure, counts } = this.#status;
    this.#status = {
      ...this.#status,
      state: 'waiting',
      since: this.#now(),
      lastSuccessAt: this.#now(),
      failure: null,
      counts: { ...counts, cycles: counts.cycles + 1 },
    };
    if (failure === null) return undefined;
    this.#file.write(this.#status);
    return failure;
  }

  /** Adds to the counts. */
  count(more: Partial<Omit<ProcessCounts, 'skipped' | 'cycles'>>): void {
    const { counts } = this.#status;
    this.#status = {
      ...this.#status,
      counts: {
        ...counts,
        fullCycles: counts.fullCycles + (more.fullCycles ?? 0),
        objectsRead: counts.objectsRead + (more.objectsRead ?? 0),
        sealed: counts.sealed + (more.sealed ?? 0),
        delivered: counts.delivered + (more.delivered ?? 0),
      },
    };
  }

  skip(reason: string): void {
    const { counts } = this.#status;
    const skipped = { ...counts.skipped, [reason]: (counts.skipped[reason] ?? 0) + 1 };
    this.#status = { ...this.#status, counts: { ...counts, skipped } };
  }

  /** Notes the cursor that the directory has just acknowledged, durably. */
  acknowledge(cursor: string): void {
    this.#status = { ...this.#status, cursor };
    this.#file.write(this.#status);
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}
