import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import {
  configFileOf,
  connectConfigSchema,
  hasFailed,
  networkProbes,
  runSetup,
  withDomains,
  writeWholeFile,
  type CheckResult,
  type ConfigFile,
  type ConnectConfig,
  type SecretFiles,
  type SetupAnswers,
  type SetupReport,
} from '@causeway/connect/setup';
import { CausewayError, systemClock } from '@causeway/model';
import { stringify } from 'yaml';
import { loadConfig } from '../../config.ts';
import { ensureAgentKey, openDirectoryClient } from '../../directory-client.ts';
import { interruptSignal } from '../../interrupt.ts';
import { machineSecrets, quietLogger } from '../../machine-secrets.ts';
import { agentOf } from '../../connect-agent.ts';
import { collectAnswers, readPassword, type GivenAnswers } from './answers.ts';
import { formatCounts, formatResult } from './check-list.ts';
import { ask, isInteractive } from './prompt.ts';

export interface InitOptions {
  readonly config: string;
  readonly answers: GivenAnswers;
  readonly answersFile: string | undefined;
  readonly passwordFile: string | undefined;
  readonly yes: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

/** What set-up came to, as `--json` prints it. */
interface InitAnswer {
  readonly config: string;
  readonly written: boolean;
  readonly agentPublicKey: string;
  readonly checks: readonly CheckResult[];
}

/** Tests a configuration that is there; true when nothing failed. */
export async function checkConfig({ config: file, json }: { config: string; json: boolean }): Promise<boolean> {
  const config = loadConfig(file, connectConfigSchema);
  const secrets = machineSecrets(config.stateDir, quietLogger);
  const { report, agentPublicKey } = await test(config, { secrets, addsDomains: false, json });
  const failed = hasFailed(report.results);
  finish({ config: file, written: false, agentPublicKey, checks: report.results }, json);
  return !failed;
}

/** Asks, tests, and writes the configuration; true when nothing failed. */
export async function initConnect(options: InitOptions): Promise<boolean> {
  const { config: file, json, yes, force } = options;
  if (existsSync(file) && !force) throw configExists(file);
  const answers = await collectAnswers(options.answers, options.answersFile, yes);
  const written = configFileOf(answers, await domainControllersOf(answers));
  const config = parseConfig(written);
  const sealed = machineSecrets(config.stateDir, quietLogger);
  const [connector] = config.connectors;
  if (connector === undefined) throw new TypeError('a configuration has a connector');
  const { name: account, passwordFile: sealedFile } = connector.account;
  const password = await readPassword({ account, file: options.passwordFile, sealedFile });

  const secrets = password === undefined ? sealed : { read: async () => new Uint8Array(Buffer.from(password)) };
  const { report, agentPublicKey } = await test(config, { secrets, addsDomains: true, json });
  const checks = report.results;
  const usable = !hasFailed(checks, 'forest');
  const wanted = usable && (yes || !isInteractive() || /^y/i.test(await ask(`write ${file}?`, 'yes')));
  if (wanted) {
    if (password !== undefined) await seal(sealed, sealedFile, password);
    await writeConfig(file, withDomains(written, connector.name, report.added.get(connector.name) ?? []));
  }
  finish({ config: file, written: wanted, agentPublicKey, checks }, json);
  return !hasFailed(checks);
}

async function test(
  config: ConnectConfig,
  { secrets, addsDomains, json }: { secrets: Pick<SecretFiles, 'read'>; addsDomains: boolean; json: boolean },
): Promise<{ report: SetupReport; agentPublicKey: string }> {
  const agent = agentOf(config, quietLogger);
  const agentPublicKey = await ensureAgentKey(agent);
  const directory = await openDirectoryClient(agent);
  const onResult = json ? () => undefined : (result: CheckResult) => console.log(formatResult(result));
  const ports = { probes: networkProbes, clock: systemClock, logger: quietLogger };
  try {
    const report = await runSetup(
      { config, secrets, directory, agentPublicKey, addsDomains, ...ports },
      { signal: interruptSignal(), onResult },
    );
    return { report, agentPublicKey };
  } finally {
    await directory.close();
  }
}

async function seal(secrets: SecretFiles, file: string, password: string): Promise<void> {
  const bytes = Buffer.from(password);
  try {
    await secrets.write(file, 'account-password', bytes);
  } finally {
    bytes.fill(0);
  }
}

async function domainControllersOf({ forest, domainControllers }: SetupAnswers): Promise<readonly string[]> {
  if (domainControllers !== undefined) return domainControllers;
  const record = `_ldap._tcp.dc._msdcs.${forest}`;
  const found = await networkProbes.services(record);
  if (found.length > 0) return found;
  throw new CausewayError({
    code: 'ERR_CONNECT_DC_NAME',
    message: `DNS names no domain controller of ${forest}: there is no SRV record ${record}`,
    nextStep: `check the name of the forest, and that this host asks a DNS server of it: host -t SRV ${record}; or name domain controllers with --dc`,
    disposition: 'halt',
  });
}

function parseConfig(file: ConfigFile): ConnectConfig {
  const parsed = connectConfigSchema.safeParse(file);
  if (parsed.success) return parsed.data;
  throw new CausewayError({
    code: 'ERR_CONFIG_ANSWERS',
    message: `these answers make no configuration:\n  ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n  ')}`,
    nextStep: 'give them again; docs/configuration.md describes every key',
    disposition: 'halt',
  });
}

/** Writes the configuration with mode 0600; one that is there is kept beside it. */
async function writeConfig(file: string, config: ConfigFile): Promise<void> {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
  if (existsSync(file))
    copyFileSync(file, `${file}.${new Date(systemClock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`);
  const head =
    '# Written by `causeway connect init`; docs/configuration.md describes every key. No secret belongs in this file.\n';
  await writeWholeFile(file, head + stringify(config));
}

function configExists(file: string): CausewayError {
  return new CausewayError({
    code: 'ERR_CONFIG_EXISTS',
    message: `there is a configuration at ${file} already`,
    nextStep: 'test it with --check, or write it anew with --force, which keeps a copy of it',
    disposition: 'halt',
  });
}

/** Says what came out, and what is next. */
function finish(answer: InitAnswer, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(answer));
    return;
  }
  const { checks, written, config, agentPublicKey } = answer;
  console.log(`\n${formatCounts(checks)}`);
  if (written) {
    console.log(`written: ${config}, and the password sealed to this machine`);
    if (hasFailed(checks, 'directory'))
      console.log('only the directory part failed: mend it as said above, then test again with --check');
    else console.log('start it: systemctl enable --now causeway-connect, or causeway connect run');
  }
  console.log(`this agent's public key: ${agentPublicKey}`);
}
