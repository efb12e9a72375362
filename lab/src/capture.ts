import { spawn } from 'node:child_process';
import type { Container } from './container.ts';
import { LabError } from './errors.ts';

/** A recording of a host's packets that is going on. */
export interface Capture {
  /** Ends it; the file is complete then. */
  readonly stop: () => Promise<void>;
}

/** Starts recording every packet of a container into a pcap file on the machine; returns when it sees packets. */
export async function startCapture(container: Container, file: string): Promise<Capture> {
  // Only the network is the host's, so that the file is the machine's.
  const into = ['--target', String(container.initPid()), '--net'];
  const child = spawn(
    'nsenter',
    [...into, 'tcpdump', '-i', 'any', '-U', '--immediate-mode', '-Z', 'root', '-w', file],
    {
      env: container.environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let said = '';
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      if (said.includes('listening on')) resolve();
    });
    child.once('close', () => {
      reject(new LabError('ERR_LAB_PROGRAM', `tcpdump on ${container.name} has ended: ${said.trim()}`));
    });
  });
  return {
    stop: async () => {
      child.kill('SIGINT');
      await closed;
    },
  };
}
