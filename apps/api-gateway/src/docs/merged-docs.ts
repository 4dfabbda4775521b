import type { Logger } from 'pino';
import type { Upstream } from '../dispatch/upstream.js';
import { withUnread } from '../unread/unread-api.js';
import { type MergedDocument, mergeOpenApi, type OpenApiDocument } from './merge-openapi.js';

const FRESH_MS = 5_000;

/** The services' documentation as one document, asked for anew when it is some seconds old. */
export class MergedDocs {
  private current?: Promise<MergedDocument>;
  private askedAt = 0;

  constructor(
    private readonly upstreams: readonly Upstream[],
    private readonly logger: Logger,
    private readonly now: () => number = Date.now,
  ) {}

  get(): Promise<MergedDocument> {
    if (!this.current || this.now() - this.askedAt >= FRESH_MS) {
      this.askedAt = this.now();
      this.current = this.askAll();
    }
    return this.current;
  }

  private async askAll(): Promise<MergedDocument> {
    const answers = this.upstreams.map(async (upstream) => [upstream.service, await this.ask(upstream)] as const);
    return withUnread(mergeOpenApi(new Map(await Promise.all(answers))));
  }

  private async ask(upstream: Upstream): Promise<OpenApiDocument | undefined> {
    try {
      return (await upstream.ask('/openapi.json')) as OpenApiDocument;
    } catch (err) {
      this.logger.warn({ err }, `${upstream.service} does not give its documentation`);
      return undefined;
    }
  }
}
