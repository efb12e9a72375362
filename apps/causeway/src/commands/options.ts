import { Option } from '@commander-js/extra-typings';

export function configOption(defaultFile: string) {
  return new Option('-c, --config <file>', 'configuration file (YAML)').default(defaultFile);
}

export function jsonOption() {
  return new Option('--json', 'print JSON');
}

export function jsonErrorsOption() {
  return new Option('--json', 'print errors as JSON (the log always is)');
}

export function logLevelOption() {
  return new Option('--log-level <level>', 'least severe messages to log')
    .choices(['debug', 'info', 'warn', 'error'] as const)
    .default('info' as const);
}
