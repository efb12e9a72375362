import { Command } from '@commander-js/extra-typings';
import type { ConnectConfig, SecretPurpose, SecretState } from '@causeway/connect/setup';
import { CausewayError } from '@causeway/model';
import { configOption, jsonOption } from '../options.ts';

/** `causeway connect secret …`: the account passwords and the agent key as they lie on this machine. */
export function secretCommand(configFile: string) {
  const set = new Command('set')
    .description("seal a service account's password to this machine; asked without echo, or read from standard input")
    .argument('<connector>', 'name of a connector, or path of its password file')
    .addOption(configOption(configFile))
    .action(async (connector, { config }) => {
      const { file, account } = passwordFileOf(await load(config), connector);
      const { readPassword } = await import('./answers.ts');
      const password = await readPassword({ account, file: undefined, sealedFile: '' });
      const bytes = Buffer.from(password ?? '');
      try {
        await (await secretsOf(config)).write(file, 'account-password', bytes);
      } finally {
        bytes.fill(0);
      }
      console.log(`sealed: ${file}; a running connect takes it at its next connection`);
    });
  const check = new Command('check')
    .description('whether every secret is sealed, and opens on this machine; exit code 1 if not')
    .addOption(configOption(configFile))
    .addOption(jsonOption())
    .action(async ({ config, json }) => {
      const states = await inspectSecrets(config);
      if (json === true) console.log(JSON.stringify({ secrets: states }));
      else for (const { file, purpose, problem } of states) console.log(`${file}  ${purpose}: ${problem ?? 'sealed'}`);
      if (states.some(({ problem }) => problem !== null)) process.exitCode = 1;
    });
  return new Command('secret')
    .description('secrets at rest: account passwords and the agent key, sealed to this machine')
    .addCommand(set)
    .addCommand(check);
}

async function load(config: string): Promise<ConnectConfig> {
  const { loadConfig } = await import('../../config.ts');
  const { connectConfigSchema } = await import('@causeway/connect/setup');
  return loadConfig(config, connectConfigSchema);
}

async function secretsOf(config: string) {
  const { machineSecrets, quietLogger } = await import('../../machine-secrets.ts');
  return machineSecrets((await load(config)).stateDir, quietLogger);
}

/** The password file of a connector, by the connector's name or its own path. */
export function passwordFileOf(
  { connectors }: Pick<ConnectConfig, 'connectors'>,
  which: string,
): { file: string; account: string } {
  const connector = connectors.find(({ name, account }) => name === which || account.passwordFile === which);
  if (connector !== undefined) return { file: connector.account.passwordFile, account: connector.account.name };
  const known = connectors.map(({ name, account }) => `${name} (${account.passwordFile})`).join(', ');
  throw new CausewayError({
    code: 'ERR_CONFIG_CONNECTOR',
    message: `the configuration has no connector ${which}; it has ${known}`,
    nextStep: 'name one of these, or its password file',
    disposition: 'halt',
  });
}

interface Inspected {
  readonly file: string;
  readonly purpose: SecretPurpose;
  readonly state: SecretState | null;
  /** What is wrong; null for a sealed secret that opens here. */
  readonly problem: string | null;
}

async function inspectSecrets(configFile: string): Promise<Inspected[]> {
  const config = await load(configFile);
  const secrets = await secretsOf(configFile);
  const files: readonly (readonly [string, SecretPurpose])[] = [
    ...config.connectors.map(({ account }) => [account.passwordFile, 'account-password'] as const),
    [config.directory.key, 'agent-key'],
  ];
  return Promise.all(
    files.map(async ([file, purpose]): Promise<Inspected> => {
      try {
        const state = await secrets.inspect(file, purpose);
        return { file, purpose, state, problem: problems[state] };
      } catch (error) {
        if (!(error instanceof CausewayError)) throw error;
        return { file, purpose, state: null, problem: `${error.message}; next step: ${error.nextStep}` };
      }
    }),
  );
}

const problems: Readonly<Record<SecretState, string | null>> = {
  sealed: null,
  clear: 'in clear: connect seals it when it starts',
  missing: 'missing',
};
