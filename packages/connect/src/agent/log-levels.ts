import type { loggerSink } from '@causeway/event-log';

/**
 * Levels of the agent's log for events that have another one in the event log. The log says nothing twice, and its lines at
 * `info` are few enough to be read: of each batch it has one line, which the channel writes itself.
 *
 * | events                                 | at `debug`, because                                                   |
 * | -------------------------------------- | --------------------------------------------------------------------- |
 * | 604, 611, 612, 615, 621, 658, 665, 667 | the process logs the failure itself, once, with its code and next step |
 * | 616                                    | so does the choice of a domain controller                              |
 * | 605, 606, 650, 651, 652, 656, 657, 668 | there are several for each batch, with a line for each user            |
 * | 622, 904                               | the process logs the same with its counts                              |
 * | 653, 654                               | nothing was sent                                                       |
 */
export const logLevels = {
  604: 'debug',
  605: 'debug',
  606: 'debug',
  611: 'debug',
  612: 'debug',
  615: 'debug',
  616: 'debug',
  621: 'debug',
  622: 'debug',
  650: 'debug',
  651: 'debug',
  652: 'debug',
  653: 'debug',
  654: 'debug',
  656: 'debug',
  657: 'debug',
  658: 'debug',
  665: 'debug',
  667: 'debug',
  668: 'debug',
  904: 'debug',
} as const satisfies Parameters<typeof loggerSink>[1];
