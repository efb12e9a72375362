import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import {
  controlSocketOf,
  formatControlError,
  operations,
  type OperationName,
  type ReceivedOf,
  type ResponseOf,
} from '@causeway/control';
import { CausewayError } from '@causeway/model';

/** What an agent answers, for the operations that a test needs. */
export type Answers = {
  readonly [Name in OperationName]?: (request: ReceivedOf<Name>) => ResponseOf<Name> | Promise<ResponseOf<Name>>;
};

export interface TestAgent {
  /** Its configuration file. */
  readonly config: string;
  readonly asked: { readonly operation: string; readonly request: unknown }[];
  readonly close: () => Promise<void>;
}

/** An agent at its socket that gives these answers, and refuses everything else. */
export async function startAgent(answers: Answers): Promise<TestAgent> {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-agent-'));
  const config = join(folder, 'connect.yaml');
  writeFileSync(config, `stateDir: ${folder}\ntenant: { id: contoso }\n`);
  const asked: TestAgent['asked'] = [];
  const server = createServer((request, response) => {
    const name = (request.url ?? '').replace('/v1/', '') as OperationName;
    const answer = async (): Promise<unknown> => {
      const received = operations[name].request.parse(await json(request));
      asked.push({ operation: name, request: received });
      const operate = answers[name] as ((request: unknown) => unknown) | undefined;
      if (operate === undefined) throw refusal(name);
      return operate(received);
    };
    answer().then(
      (body) => response.writeHead(200).end(JSON.stringify(body)),
      (error: unknown) => response.writeHead(422).end(JSON.stringify(formatControlError(error as CausewayError))),
    );
  });
  server.listen(controlSocketOf(folder));
  await once(server, 'listening');
  return {
    config,
    asked,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      rmSync(folder, { recursive: true });
    },
  };
}

function refusal(name: string): CausewayError {
  return new CausewayError({
    code: 'ERR_TEST_REFUSED',
    message: `${name} is refused`,
    nextStep: 'ask for something else',
    disposition: 'halt',
  });
}
