import type { ProcessStatus } from '@causeway/control';
import { CausewayError, type Clock, type Logger } from '@causeway/model';
import fastify from 'fastify';
import type { Registry } from 'prom-client';
import { assessHealth } from './health.ts';
import type { Metrics } from './metrics.ts';

export interface MetricsServerOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly registry: Registry;
  readonly metrics: Pick<Metrics, 'refresh'>;
  readonly processes: () => readonly ProcessStatus[];
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface MetricsServer {
  /** `http://127.0.0.1:9464`. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * Serves `GET /metrics` in Prometheus' text format, and `GET /health`: 200 while the agent does its work and 503 while it
 * does not, with a line a process as JSON.
 *
 * @throws {CausewayError} ERR_CONNECT_METRICS_LISTEN
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { listen, registry, metrics, processes, clock, logger } = options;
  const server = fastify({ logger: false, bodyLimit: 1_024, requestTimeout: 10_000, forceCloseConnections: true });
  server.get('/metrics', async (_, reply) => {
    metrics.refresh();
    const text = await registry.metrics();
    return reply.type(registry.contentType).send(text);
  });
  server.get('/health', (_, reply) => {
    const health = assessHealth(processes(), clock.now());
    return reply.status(health.ready ? 200 : 503).send(health);
  });
  server.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) logger.error({ route: request.routeOptions.url, err: error }, 'metrics: request failed');
    return reply.status(status).send({ error: status >= 500 ? 'failed' : 'refused' });
  });
  try {
    return { url: await server.listen({ ...listen }), close: () => server.close() };
  } catch (cause) {
    await server.close();
    throw listenFailed(listen, cause);
  }
}

function listenFailed({ host, port }: MetricsServerOptions['listen'], cause: unknown): CausewayError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'the reason is not known';
  return new CausewayError({
    code: 'ERR_CONNECT_METRICS_LISTEN',
    message: `Metrics cannot be served at ${host} port ${port}: ${code}.`,
    nextStep: 'Set metrics.listen to an address of this host and a port that no other program has.',
    disposition: 'halt',
    cause,
  });
}
