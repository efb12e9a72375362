/** One step of long work, for a progress line. */
export interface Progress {
  /** What is being done, such as `add 1000 users`. */
  readonly step: string;
  /** From 0 to 1, where the work can be measured. */
  readonly fraction?: number;
}

/** Told about each step of long work. */
export type OnProgress = (progress: Progress) => void;
