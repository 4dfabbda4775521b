import { Client, type ClientConfig } from 'pg';
import type { Logger } from 'pino';
import type { DataSource, DataSourceOptions } from 'typeorm';
import type { RelayListener } from '../relay/wake.js';
import { backoff, pause } from '../retry.js';

/** The channel on which instances that do not hold the lease tell the holder of new facts. */
export const outboxChannel = 'plaza_outbox';

/**
 * LISTEN on a connection of its own, connected again when it breaks. Where it can't work (behind a pooler that hands
 * connections round), the relay's poll does.
 */
export class PostgresListener implements RelayListener {
  private stopping: AbortController | undefined;
  private client: Client | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly logger: Logger,
    private readonly onNotify: () => void,
  ) {}

  start(): void {
    if (this.stopping) return;
    this.stopping = new AbortController();
    void this.listen(this.stopping.signal);
  }

  async stop(): Promise<void> {
    this.stopping?.abort();
    this.stopping = undefined;
    const { client } = this;
    this.client = undefined;
    await client?.end();
  }

  private async listen(signal: AbortSignal): Promise<void> {
    for (let failures = 1; !signal.aborted; failures += 1) {
      const client = new Client(clientConfig(this.dataSource.options));
      const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
      client.on('error', (error) => this.logger.debug({ err: error }, 'the listening connection broke'));
      client.on('notification', () => this.onNotify());
      try {
        await client.connect();
        await client.query(`LISTEN ${outboxChannel}`);
        this.client = client;
        failures = 0;
        if (signal.aborted) await client.end();
        await ended;
      } catch (error) {
        this.logger.debug({ err: error }, 'LISTEN failed');
        await client.end();
      }
      await pause(backoff(failures + 1), signal).catch(() => undefined);
    }
  }
}

function clientConfig(options: DataSourceOptions): ClientConfig {
  if (options.type !== 'postgres') throw new Error('The outbox is for PostgreSQL');
  const { url, host, port, username, password, database, ssl } = options;
  return {
    connectionString: url,
    host,
    port,
    user: username,
    password,
    database,
    // TypeORM types it for a server's socket; what it does with it is the same as here: hand it to pg.
    ssl: ssl as ClientConfig['ssl'],
    application_name: 'relay-listener',
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
  };
}
