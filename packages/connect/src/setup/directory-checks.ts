import { DirectoryError, type StatusResponse } from '@causeway/contract';
import { CredentialSealer } from '@causeway/seal/seal';
import type { ConnectConfig } from '../config.ts';
import { keyMismatchError } from '../errors.ts';
import { failureOf, failed, ok, warning, type Check, type CheckOutcome } from './check.ts';
import { judgeCertificate } from './network-checks.ts';
import type { SetupContext } from './setup-context.ts';

export const directoryIds = { reach: 'directory.reach', agent: 'directory.agent' } as const;

/** Whether the directory can be reached, knows this agent, and has the tenant's key that is pinned here. */
export const directoryChecks: readonly Check<SetupContext>[] = [
  {
    id: directoryIds.reach,
    title: 'the directory answers',
    part: 'directory',
    run: async ({ directory }, signal) => {
      await directory.readHealth({ signal });
      return ok(directory.url);
    },
  },
  {
    id: 'directory.certificate',
    title: 'the certificate of the directory lasts',
    part: 'directory',
    needs: [directoryIds.reach],
    run: async ({ config, probes, clock }) => {
      const { url, ca } = config.directory;
      return judgeCertificate('the directory', await probes.directoryCertificateEnd(url, ca), clock.now());
    },
  },
  {
    id: directoryIds.agent,
    title: 'the directory knows this agent',
    part: 'directory',
    needs: [directoryIds.reach],
    run: async ({ config, directory, agentPublicKey }, signal) => {
      try {
        return judgeAgent(config, agentPublicKey, await directory.readStatus({ signal }));
      } catch (error) {
        return agentFailure(error, config, agentPublicKey);
      }
    },
  },
  {
    id: 'directory.key',
    title: "the tenant's key is the one that is pinned here",
    part: 'directory',
    needs: [directoryIds.agent],
    run: async ({ config, directory }, signal) => {
      const { keyId } = await directory.readTenant({ signal });
      const sealer = await CredentialSealer.create({ publicKey: Buffer.from(config.tenant.publicKey, 'base64') });
      return judgeKey(config, { pinned: sealer.keyId, registered: keyId });
    },
  },
];

/** The line that lets the directory know an agent. */
export function agentLine({ directory }: Pick<ConnectConfig, 'directory'>, publicKey: string): string {
  return `- { id: ${directory.agent}, role: connect, publicKey: "${publicKey}" }`;
}

/** Whether the directory knows this agent in the role that it needs. */
export function judgeAgent(
  config: Pick<ConnectConfig, 'tenant' | 'directory'>,
  publicKey: string,
  { agents }: Pick<StatusResponse, 'agents'>,
): CheckOutcome {
  const own = agents.find(({ agent }) => agent === config.directory.agent);
  if (own?.role === 'connect') return ok(`${own.agent}, role connect`);
  return failed(
    `the directory knows ${config.directory.agent} as ${own?.role ?? 'none of its agents'}`,
    addAgent(config, publicKey),
  );
}

/** The outcome for a refused agent: the line to add is the cure. */
export function agentFailure(
  error: unknown,
  config: Pick<ConnectConfig, 'tenant' | 'directory'>,
  publicKey: string,
): CheckOutcome {
  const outcome = failureOf(error);
  const isOfAgent =
    error instanceof DirectoryError && ['unauthenticated', 'forbidden', 'tenant_unknown'].includes(error.errorCode);
  return isOfAgent ? { ...outcome, nextStep: addAgent(config, publicKey) } : outcome;
}

function addAgent(config: Pick<ConnectConfig, 'tenant' | 'directory'>, publicKey: string): string {
  return `add to the agents of the tenant ${config.tenant.id} in the directory's configuration, and restart it:\n  ${agentLine(config, publicKey)}`;
}

/** Whether the tenant's key is the pinned one. */
export function judgeKey(
  { tenant }: Pick<ConnectConfig, 'tenant'>,
  { pinned, registered }: { readonly pinned: string; readonly registered: string | null },
): CheckOutcome {
  if (registered === pinned) return ok(`key ${pinned}`);
  if (registered !== null) return failureOf(keyMismatchError({ tenant: tenant.id, pinned, registered }));
  return warning(
    `the managed domain has not registered the tenant's key yet; the one that is pinned here has the id ${pinned}`,
    "start the domain service on the managed domain controller's host: causeway domain run",
  );
}
