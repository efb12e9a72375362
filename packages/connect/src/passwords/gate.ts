/** Whether the passwords of a connector are carried, or why not. */
export type Gate = 'run' | 'off' | 'staging' | 'paused';

/**
 * | condition                                                           | gate    |
 * | ------------------------------------------------------------------- | ------- |
 * | password hash sync is off in the configuration or for the connector | off     |
 * | the agent is in staging mode                                        | staging |
 * | the connector's first synchronization of objects is not complete    | paused  |
 * | none of these                                                       | run     |
 */
export function decideGate(about: { enabled: boolean; staging: boolean; ready: boolean }): Gate {
  if (!about.enabled) return 'off';
  if (about.staging) return 'staging';
  return about.ready ? 'run' : 'paused';
}
