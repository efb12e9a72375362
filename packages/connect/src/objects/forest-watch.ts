import { backOffMs } from '@causeway/model';
import type { ConnectorConfig, DomainConfig } from '../config.ts';
import { DcChoice } from '../dc/dc-choice.ts';
import { openDcSession } from '../dc/dc-session.ts';
import { readHighestUsn } from '../dc/domain-controller.ts';
import { sleep } from '../agent/sleep.ts';
import type { ObjectPorts } from './object-ports.ts';

/**
 * Notices that a domain may have something new, by asking one of its DCs for the highest committed USN over and over, over a
 * connection of its own. A DC that is lost counts as a change too: the import says what is wrong with it, and when it works again.
 */
export class DomainWatch {
  readonly #parts: { connector: ConnectorConfig; domain: DomainConfig; ports: ObjectPorts; pollIntervalMs: number };
  readonly #choice: DcChoice;
  readonly #onChange: () => void;
  #usn: string | undefined;

  constructor(
    parts: { connector: ConnectorConfig; domain: DomainConfig; ports: ObjectPorts; pollIntervalMs: number },
    onChange: () => void,
  ) {
    this.#parts = parts;
    this.#choice = new DcChoice(parts.domain.domainControllers, { ...parts.ports.logger, warn: () => undefined });
    this.#onChange = onChange;
  }

  /** Watches until the signal is raised; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      try {
        await this.#watch(signal, () => {
          failures = 0;
        });
      } catch (error) {
        this.#choice.noteFailure(error);
        failures += 1;
        if (failures === 1 && !signal.aborted) this.#onChange();
        await sleep(backOffMs(failures), signal).catch(() => undefined);
      }
    }
  }

  async #watch(signal: AbortSignal, onHeard: () => void): Promise<void> {
    const { connector, ports, pollIntervalMs } = this.#parts;
    const session = await ports
      .accountOf(connector)
      .guard(async () => this.#choice.open((host) => openDcSession({ connector, host }, ports, signal)));
    try {
      for (;;) {
        // USNs of two DCs, or of a restored one, mean nothing to each other: another DC counts as a change.
        const usn = `${session.dc.invocationId}:${await readHighestUsn(session.connection)}`;
        onHeard();
        if (usn !== this.#usn) {
          this.#usn = usn;
          this.#onChange();
        }
        await sleep(pollIntervalMs, signal);
      }
    } finally {
      session.connection.close();
    }
  }
}

/** Watches of all domains of all forests; the caller raises the signal to end them. */
export async function watchForests(
  connectors: readonly ConnectorConfig[],
  options: { readonly ports: ObjectPorts; readonly pollIntervalMs: number; readonly onChange: () => void },
  signal: AbortSignal,
): Promise<void> {
  const { ports, pollIntervalMs, onChange } = options;
  const watches = connectors.flatMap((connector) =>
    connector.domains.map((domain) => new DomainWatch({ connector, domain, ports, pollIntervalMs }, onChange)),
  );
  await Promise.all(watches.map(async (watch) => watch.run(signal)));
}
