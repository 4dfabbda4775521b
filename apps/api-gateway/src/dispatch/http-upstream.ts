import { PassThrough } from 'node:stream';
import { Pool } from 'undici';
import { headersToAnswer, headersToSend } from '../edge/headers.js';
import type { RoutedService } from '../routes.js';
import { type Call, type CallAnswer, jsonOf } from './call.js';
import { type Exchange, hasBody } from './exchange.js';
import { ServiceFailed } from './handover-problems.js';
import type { Upstream } from './upstream.js';
import { type WhyGivenUp, watch } from './watch.js';

export interface HttpUpstreamOptions {
  /** Milliseconds to get a connection. */
  connectTimeout: number;
  /** Milliseconds without a byte after which an answer that has begun is cut off. */
  idleTimeout: number;
  /** Most connections to the service. */
  connections: number;
}

const ASK_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT = 408;

/** A service that listens elsewhere. */
export class HttpUpstream implements Upstream {
  private readonly pool: Pool;

  constructor(
    readonly service: RoutedService,
    url: string,
    { connectTimeout, idleTimeout, connections }: HttpUpstreamOptions,
  ) {
    this.pool = new Pool(url, {
      connections,
      connect: { timeout: connectTimeout },
      // The gateway watches the time until the head itself; undici the silence after it, client's own pauses apart.
      headersTimeout: 0,
      bodyTimeout: idleTimeout,
    });
  }

  async send(exchange: Exchange): Promise<void> {
    const { response } = exchange;
    const abort = new AbortController();
    let givenUp: WhyGivenUp | undefined;
    const endWatch = watch(exchange, this.service, (why) => {
      givenUp = why;
      abort.abort(why);
    });
    try {
      await this.forward(exchange, abort.signal);
    } catch (error) {
      if (!response.headersSent) throw givenUp ?? new ServiceFailed(this.service, 'can not be reached', error);
      response.destroy();
    } finally {
      endWatch();
    }
  }

  private async forward(exchange: Exchange, signal: AbortSignal): Promise<void> {
    const { request, response } = exchange;
    const { method = 'GET', url = '/', headers } = request;
    // undici destroys the body it is given when the service fails; the request itself is still needed, for the answer.
    const body = hasBody(request) ? request.pipe(new PassThrough()) : null;
    // A service may answer before it has read all. What is left then is in the way of the client's next request.
    body?.once('close', () => request.resume());
    await this.pool.stream(
      { method: method as 'GET', path: url, headers: headersToSend(headers), body, signal },
      ({ statusCode, headers: answered }) => {
        exchange.answered?.();
        // The service got tired of waiting for the body: who sends it that slowly must not keep the connection.
        if (statusCode === REQUEST_TIMEOUT) response.setHeader('connection', 'close');
        return response.writeHead(statusCode, headersToAnswer(answered));
      },
    );
  }

  async call({ method, path, headers, body }: Call, budget: number): Promise<CallAnswer> {
    try {
      const signal = AbortSignal.timeout(budget);
      const answer = await this.pool.request({ method, path, headers, body: body ?? null, signal });
      return { status: answer.statusCode, headers: answer.headers, body: jsonOf(await answer.body.text()) };
    } catch (error) {
      throw new ServiceFailed(this.service, 'does not answer', error);
    }
  }

  async ask(path: string): Promise<unknown> {
    const signal = AbortSignal.timeout(ASK_TIMEOUT_MS);
    const answer = await this.pool.request({ method: 'GET', path, signal });
    if (answer.statusCode === 200) return answer.body.json();
    await answer.body.dump();
    throw new Error(`${this.service} answered ${answer.statusCode} to ${path}`);
  }

  async started(): Promise<boolean> {
    try {
      await this.ask('/health/startup');
      return true;
    } catch {
      // Not there, or not yet: the same to who asks whether it has started.
      return false;
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}
