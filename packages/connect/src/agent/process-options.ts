import type { DirectoryClient } from '@causeway/contract';
import type { Clock, Logger } from '@causeway/model';
import type { ConnectConfig } from '../config.ts';
import type { ProcessReport } from './process-report.ts';

/** One step of long work. `total` is an estimate until `done` reaches it; it is missing while nobody knows it. */
export interface ConnectProgress {
  readonly stage: string;
  readonly done: number;
  readonly total?: number;
}

/** What both processes are made of. */
export interface ProcessOptions {
  readonly config: ConnectConfig;
  readonly directory: DirectoryClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly report: ProcessReport;
  readonly onProgress: (progress: ConnectProgress) => void;
}

/** Batches that only move the cursor are sent no more often than this: a busy DC moves it all day. */
export const CURSOR_ONLY_INTERVAL_MS = 60_000;
