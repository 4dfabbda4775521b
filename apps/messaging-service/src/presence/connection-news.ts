import type { ConnectionClosed, ConnectionOpened, ConnectionsHeld } from '@plaza/contracts';
import type { ConnectionDocument } from '../storage/documents.js';
import type { WholeBeat } from './heartbeats.js';

export type ConnectionFact = ConnectionOpened | ConnectionClosed | ConnectionsHeld;
export type Socket = Pick<ConnectionDocument, '_id' | 'user_id' | 'gateway_id'>;

/** What a run of facts says in the end: of some gateways all that they hold, of others what came and went. */
export interface ConnectionNews {
  opened: Map<string, Socket>;
  closed: Map<string, Socket>;
  held: Map<string, { beat: number; sockets: Map<string, Socket> }>;
  /** Gateways that were heard of. */
  heard: Set<string>;
}

/**
 * Brings facts together, in their order.
 * @param known the last heartbeat of each gateway that was taken in before: older ones say nothing new
 * @param whole puts the parts of a heartbeat together
 */
export function connectionNews(
  facts: readonly ConnectionFact[],
  { known, whole }: { known: ReadonlyMap<string, number>; whole: (part: ConnectionsHeld) => WholeBeat | undefined },
): ConnectionNews {
  const news: ConnectionNews = { opened: new Map(), closed: new Map(), held: new Map(), heard: new Set() };
  for (const fact of facts) {
    news.heard.add(fact.gatewayId);
    if ('connectionId' in fact) comeOrGo(news, fact);
    else hold(news, whole(fact), known.get(fact.gatewayId) ?? 0);
  }
  return news;
}

function comeOrGo({ opened, closed, held }: ConnectionNews, fact: ConnectionOpened | ConnectionClosed): void {
  const socket = socketOf(fact, fact.gatewayId);
  const all = held.get(fact.gatewayId);
  const isOpen = 'openedAt' in fact;
  if (all && isOpen) all.sockets.set(socket._id, socket);
  else if (all) all.sockets.delete(socket._id);
  else {
    (isOpen ? opened : closed).set(socket._id, socket);
    (isOpen ? closed : opened).delete(socket._id);
  }
}

function hold({ opened, closed, held }: ConnectionNews, beat: WholeBeat | undefined, known: number): void {
  if (!beat || beat.beat <= Math.max(known, held.get(beat.gatewayId)?.beat ?? 0)) return;
  for (const some of [opened, closed]) {
    for (const [id, { gateway_id }] of some) if (gateway_id === beat.gatewayId) some.delete(id);
  }
  const sockets = beat.connections.map((one) => socketOf(one, beat.gatewayId));
  held.set(beat.gatewayId, { beat: beat.beat, sockets: new Map(sockets.map((socket) => [socket._id, socket])) });
}

function socketOf({ connectionId, userId }: { connectionId: string; userId: string }, gatewayId: string): Socket {
  return { _id: connectionId, user_id: userId, gateway_id: gatewayId };
}
