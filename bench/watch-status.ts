/**
 * Prints the tenant's status, as the directory gives it to an agent, again and again: one line of JSON each. Reads whom to
 * ask, and as which agent, from standard input. Ends with its input, or when it is killed.
 */
import { readFile } from 'node:fs/promises';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentSigner, DirectoryClient } from '@causeway/contract';
import { readSealedAgentKey } from '../test/e2e/support/agent-key.ts';

/** An agent and its directory, as the agent's configuration names them. */
export interface WatchTask {
  readonly tenant: string;
  readonly url: string;
  readonly ca: string;
  readonly agent: string;
  /** Path of its private key. */
  readonly key: string;
  /** Folder with the key that it is sealed with. */
  readonly stateDir: string;
  readonly intervalMs: number;
}

const task = (await json(process.stdin)) as WatchTask;
const directory = new DirectoryClient({
  url: task.url,
  signer: new AgentSigner({
    agentId: task.agent,
    tenant: task.tenant,
    privateKey: await readSealedAgentKey(task.key, task.stateDir),
  }),
  certificateAuthority: await readFile(task.ca, 'utf8'),
});
for (;;) {
  // Before the directory listens there is nothing to print.
  const status = await directory.readStatus().catch(() => undefined);
  if (status !== undefined) process.stdout.write(`${JSON.stringify(status)}\n`);
  await sleep(task.intervalMs);
}
