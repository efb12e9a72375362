import type { LoggedEvent } from './event.ts';

/** Where events go besides the store, as they happen. Neither function ever throws. */
export interface EventSink {
  accept(event: LoggedEvent): void;
  /** Sends what is left, as far as that takes only moments. */
  close?(): Promise<void>;
}
