import { pino, type Logger } from 'pino';

/**
 * Structured logs as JSON lines on standard output, where journald and containers pick them up.
 *
 * Services log fields by name and never pass a secret; the redaction here is the second fence.
 */
export function createLogger(service: string, level: string): Logger {
  const secrets = ['password', 'ntHash', 'aes256', 'aes128', 'privateKey', 'authorization'];
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[secret]' },
  });
}
