import type { Chain } from '@causeway/control';

/** The chain of one user: the one reason in the first line, then the stages with their times. */
export function formatChain({ user, usable, reason, nextStep, stages, anchor }: Chain): string {
  const width = Math.max(...stages.map(({ stage }) => stage.length));
  const timeWidth = Math.max(...stages.map(({ at }) => at?.length ?? 1));
  return [
    `${usable ? '✔' : '✖'} ${user}: ${reason}`,
    ...(nextStep === null ? [] : [`    next step: ${nextStep}`]),
    ...stages.map(
      ({ stage, ok, at, detail }) =>
        `${ok ? '✔' : '✖'} ${stage.padEnd(width)}  ${(at ?? '–').padEnd(timeWidth)}  ${detail}`,
    ),
    ...(anchor === null ? [] : [`source anchor ${anchor}`]),
  ].join('\n');
}
