import { ConnectionClosed, ConnectionOpened, ConnectionsHeld, fact } from '@plaza/contracts';
import { type ConnectionFact, connectionNews } from './connection-news.js';
import { Heartbeats } from './heartbeats.js';

const at = '2026-11-25T12:00:00.000Z';

function opened(connectionId: string, gatewayId = 'g'): ConnectionOpened {
  return fact(ConnectionOpened, { connectionId, userId: 'u', gatewayId, openedAt: at });
}

function closed(connectionId: string, gatewayId = 'g'): ConnectionClosed {
  return fact(ConnectionClosed, { connectionId, userId: 'u', gatewayId, closedAt: at });
}

function held(beat: number, ids: string[], gatewayId = 'g'): ConnectionsHeld {
  const connections = ids.map((connectionId) => ({ connectionId, userId: 'u' }));
  return fact(ConnectionsHeld, { gatewayId, beat, part: 1, parts: 1, connections, heldAt: at });
}

function newsOf(facts: ConnectionFact[], known: Array<[string, number]> = []) {
  const beats = new Heartbeats();
  const news = connectionNews(facts, { known: new Map(known), whole: (part) => beats.take(part) });
  return {
    opened: [...news.opened.keys()],
    closed: [...news.closed.keys()],
    held: [...news.held].map(([id, { beat, sockets }]) => [id, beat, [...sockets.keys()]]),
    heard: [...news.heard],
  };
}

it('ends with what came last of each connection', () => {
  expect(newsOf([opened('a'), opened('b'), closed('a'), opened('c'), closed('d')])).toMatchObject({
    opened: ['b', 'c'],
    closed: ['a', 'd'],
  });
});

it('believes a heartbeat rather than what came before it, and changes it by what came after', () => {
  const facts = [opened('a'), closed('b'), held(2, ['b', 'c']), opened('d'), closed('c')];
  expect(newsOf(facts)).toEqual({ opened: [], closed: [], held: [['g', 2, ['b', 'd']]], heard: ['g'] });
});

it('keeps gateways apart', () => {
  const news = newsOf([opened('a', 'one'), held(1, ['b'], 'other'), closed('c', 'one')]);
  expect(news).toMatchObject({ opened: ['a'], closed: ['c'], held: [['other', 1, ['b']]], heard: ['one', 'other'] });
});

it('learns nothing from a heartbeat that is older than a known one', () => {
  expect(newsOf([held(3, ['a']), held(2, ['b'])], [['g', 2]]).held).toEqual([['g', 3, ['a']]]);
  expect(newsOf([held(2, ['a'])], [['g', 2]]).held).toEqual([]);
});
