import { ConnectionsHeld, fact } from '@plaza/contracts';
import { Heartbeats } from './heartbeats.js';

const heldAt = '2026-11-25T12:00:00.000Z';

function held(beat: number, part: number, parts: number, gatewayId = 'g'): ConnectionsHeld {
  const connections = [{ connectionId: `c${part}`, userId: `u${part}` }];
  return fact(ConnectionsHeld, { gatewayId, beat, part, parts, connections, heldAt });
}

it('gives a heartbeat of one part at once', () => {
  expect(new Heartbeats().take(held(1, 1, 1))).toMatchObject({ beat: 1, connections: [{ connectionId: 'c1' }] });
});

it('gives one of several once all are there, in whatever order, and again for a part that comes again', () => {
  const beats = new Heartbeats();
  expect(beats.take(held(1, 2, 3))).toBeUndefined();
  expect(beats.take(held(1, 1, 3))).toBeUndefined();
  expect(beats.take(held(1, 3, 3))?.connections).toHaveLength(3);
  expect(beats.take(held(1, 3, 3))?.connections).toHaveLength(3);
  beats.forget({ gatewayId: 'g', beat: 1 });
  expect(beats.take(held(1, 3, 3))).toBeUndefined();
});

it('passes over one of which a part is missing, and parts that come late', () => {
  const beats = new Heartbeats();
  beats.take(held(1, 1, 2));
  expect(beats.take(held(2, 1, 2))).toBeUndefined();
  expect(beats.take(held(1, 2, 2))).toBeUndefined();
  expect(beats.take(held(2, 2, 2))).toMatchObject({ beat: 2 });
});

it('keeps those of gateways apart, and not for ever', () => {
  const beats = new Heartbeats();
  beats.take(held(1, 1, 2, 'one'));
  expect(beats.take(held(1, 2, 2, 'other'))).toBeUndefined();
  for (let gateway = 0; gateway < 200; gateway += 1) beats.take(held(1, 1, 2, `dead ${gateway}`));
  expect(beats.take(held(1, 2, 2, 'one'))).toBeUndefined();
});
