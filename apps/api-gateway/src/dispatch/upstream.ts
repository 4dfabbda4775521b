import type { RoutedService } from '../routes.js';
import type { Call, CallAnswer } from './call.js';
import type { Exchange } from './exchange.js';

/** One service, as the gateway reaches it: over HTTP or in memory. */
export interface Upstream {
  readonly service: RoutedService;
  /**
   * Hands a request over. Settles when it is answered or, where the gateway gave up after the answer had begun, cut off.
   * @throws ServiceFailed, a problem of the request's own (body too large, too slow) or ClientGone, with nothing answered yet
   */
  send(exchange: Exchange): Promise<void>;
  /**
   * Makes a request in a client's name and gives the whole answer.
   * @param budget milliseconds for it
   * @throws ServiceFailed when there is no answer in time; Unavailable for a service that is not there
   */
  call(call: Call, budget: number): Promise<CallAnswer>;
  /** Gives the JSON that the service answers to a GET of the gateway's own. */
  ask(path: string): Promise<unknown>;
  /** Whether the service has started: all of its parts were seen once. */
  started(): Promise<boolean>;
  close(): Promise<void>;
}
