import { type Exchange, hasBody } from './exchange.js';
import { bodyTooLarge, bodyTooSlow, ClientGone, ServiceFailed } from './handover-problems.js';

export type WhyGivenUp = ReturnType<typeof bodyTooLarge> | ServiceFailed | ClientGone;

/**
 * Watches a request that was handed over: the service must begin to answer in time, the body must not grow past its
 * limit, the client must stay. Gives up at most once; returns what ends the watch.
 */
export function watch(exchange: Exchange, service: string, giveUp: (why: WhyGivenUp) => void): () => void {
  const { request, response, budget, bodyLimit } = exchange;
  let over = false;
  const end = (why?: WhyGivenUp) => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    response.off('close', onClose);
    if (why) giveUp(why);
  };
  const onTime = () => {
    if (!response.headersSent) return end(slowOne(exchange, service));
    exchange.answered?.();
    end();
  };
  const timer = setTimeout(onTime, budget);
  const onClose = () => end(response.writableFinished ? undefined : new ClientGone());
  response.once('close', onClose);
  if (!request.complete && hasBody(request)) {
    meterBody(exchange, { seen: () => over || timer.refresh(), tooLarge: () => end(bodyTooLarge(bodyLimit)) });
  }
  return () => end();
}

/** Who kept us waiting? A client whose body is not all here, unless pieces of it lie unread. */
function slowOne({ request }: Exchange, service: string): WhyGivenUp {
  const unread = request.readableLength > 0;
  return request.complete || unread ? new ServiceFailed(service, 'does not answer') : bodyTooSlow();
}

/**
 * Node pushes each piece of a body into the request as it comes in: the one place to look at it before anybody reads,
 * without taking it from who reads. Pieces past the limit are dropped.
 */
function meterBody({ request, bodyLimit }: Exchange, tell: { seen(): void; tooLarge(): void }): void {
  const push = request.push.bind(request);
  let bytes = request.readableLength;
  request.push = (chunk: Buffer | null, encoding) => {
    if (chunk === null) return push(chunk);
    bytes += chunk.length;
    if (bytes > bodyLimit) {
      tell.tooLarge();
      return true;
    }
    tell.seen();
    return push(chunk, encoding);
  };
}
