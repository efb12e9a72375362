import { DirectoryError, type DirectoryClient, type UserExplanation } from '@causeway/contract';
import type { Administration, Chain } from '@causeway/control';
import { CausewayError, type Clock, type Logger } from '@causeway/model';
import type { ConnectConfig } from '../../config.ts';
import { DcChoice } from '../../dc/dc-choice.ts';
import { openDcSession } from '../../dc/dc-session.ts';
import type { SecretFiles } from '../../secrets/secret-files.ts';
import { chainOf, type AgentFacts, type Problem } from './chain.ts';
import { findSourceUser, type SourceUser } from './source-user.ts';

/** Where the facts about a user come from. */
export interface ExplainOptions {
  readonly config: ConnectConfig;
  readonly secrets: Pick<SecretFiles, 'read'>;
  readonly directory: Pick<DirectoryClient, 'explainUser'>;
  /** The running agent, or the agent itself. It is asked as far as it answers. */
  readonly agent: Pick<Administration, 'readCsObject' | 'readMvObject' | 'readPasswordLog'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The whole chain of one user from the DC to the managed domain, and the one reason why the password is or is not usable. What does
 * not answer is said in its stage, and the others are looked at all the same.
 *
 * @param user Account name, user principal name, distinguished name or source anchor.
 * @throws the reason of `signal`.
 */
export async function explainUser(user: string, options: ExplainOptions, signal: AbortSignal): Promise<Chain> {
  const source = await orProblem(findUser(user, options, signal));
  const isSource = source !== undefined && !('problem' in source);
  const [agent, directory] = await Promise.all([
    orProblem(isSource ? askAgent(source, options) : Promise.resolve(nothing)),
    orProblem(askDirectory([...(isSource ? [source.anchor] : []), user], options, signal)),
  ]);
  signal.throwIfAborted();
  return chainOf({ user, source, agent, directory });
}

const nothing: AgentFacts = { connectorSpace: null, metaverse: null, tenantConnectorSpace: null, lastResult: null };

async function findUser(user: string, options: ExplainOptions, signal: AbortSignal): Promise<SourceUser | undefined> {
  let problem: unknown;
  for (const connector of options.config.connectors) {
    for (const domain of connector.domains) {
      try {
        const choice = new DcChoice(domain.domainControllers, options.logger);
        const session = await choice.open((host) => openDcSession({ connector, host }, options, signal));
        try {
          const found = await findSourceUser(session, connector.name, user);
          if (found !== undefined) return found;
        } finally {
          session.connection.close();
        }
      } catch (error) {
        signal.throwIfAborted();
        problem ??= error;
        // Each attempt with a wrong password counts towards the account's lock-out.
        if (error instanceof CausewayError && error.disposition === 'halt') break;
      }
    }
  }
  if (problem !== undefined) throw problem;
  return undefined;
}

async function askAgent({ connector, dn }: SourceUser, { agent }: ExplainOptions): Promise<AgentFacts> {
  const { object: connectorSpace } = await agent.readCsObject({ connector, dn });
  if (connectorSpace === null) return nothing;
  const { connectedMVObjectId, objectId } = connectorSpace;
  const { entries } = await agent.readPasswordLog({ identifier: objectId, count: 1 });
  const metaverse =
    connectedMVObjectId === null ? null : (await agent.readMvObject({ identifier: connectedMVObjectId })).object;
  const target = metaverse?.lineage.find(({ connectorName }) => connectorName.endsWith(' - AAD'));
  const tenantConnectorSpace =
    target === undefined ? null : (await agent.readCsObject({ identifier: target.csObjectId })).object;
  return { connectorSpace, metaverse, tenantConnectorSpace, lastResult: entries[0] ?? null };
}

/** What the directory knows under the first of these names that it knows. */
async function askDirectory(
  names: readonly string[],
  { directory }: ExplainOptions,
  signal: AbortSignal,
): Promise<UserExplanation | undefined> {
  for (const name of names) {
    try {
      return await directory.explainUser(name, { signal });
    } catch (error) {
      if (!(error instanceof DirectoryError) || error.errorCode !== 'user_unknown') throw error;
    }
  }
  return undefined;
}

async function orProblem<Fact>(asked: Promise<Fact>): Promise<Fact | Problem> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof CausewayError) return { problem: error.message, nextStep: error.nextStep };
    throw error;
  }
}
