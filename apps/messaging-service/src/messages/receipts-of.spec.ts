import { knownWatermarks, readersOf, receiptsOf } from './receipts-of.js';

const SENDER = 'alice';
const message = { seq: 5, sender_id: SENDER };
const sender = marks(SENDER, { delivered: 9, read: 9 });

function marks(user_id: string, { delivered = 0, read = 0, joined = 0 }) {
  return { user_id, joined_seq: joined, delivered_seq: delivered, read_seq: read };
}

function person(readReceipts: boolean) {
  const levels = { message: 'EVERYONE', friendRequest: 'EVERYONE', invite: 'EVERYONE', tag: 'EVERYONE' } as const;
  const shown = { friendsList: 'EVERYONE', lastSeen: 'EVERYONE', presence: true, searchable: true } as const;
  return { audience: { ...levels, ...shown, readReceipts } };
}

it.each([
  ['SENT', 0, 'nobody else is there', []],
  [
    'SENT',
    0,
    'somebody has not received it',
    [marks('bob', { delivered: 5, read: 4 }), marks('carol', { delivered: 4 })],
  ],
  [
    'SENT',
    1,
    'one has read it, another not received it',
    [marks('bob', { delivered: 9, read: 9 }), marks('carol', {})],
  ],
  ['DELIVERED', 1, 'all have received it', [marks('bob', { delivered: 5, read: 5 }), marks('carol', { delivered: 5 })]],
  ['READ', 2, 'all have read it', [marks('bob', { delivered: 5, read: 5 }), marks('carol', { delivered: 7, read: 6 })]],
  [
    'READ',
    1,
    'who came later does not count',
    [marks('bob', { delivered: 5, read: 5 }), marks('carol', { joined: 5 })],
  ],
])('is %s, read by %i: %s', (status, readByCount, _, others) => {
  expect(receiptsOf(message, [sender, ...others])).toEqual({ status, readByCount });
});

it('tells nobody what somebody has read who does not show it', () => {
  const members = [sender, marks('bob', { delivered: 5, read: 5 })];
  const known = knownWatermarks(SENDER, members, new Map([['bob', person(false)]]));
  expect(receiptsOf(message, known)).toEqual({ status: 'DELIVERED', readByCount: 0 });
});

it('does not tell who does not show it what others have read, but what they have read themselves', () => {
  const members = [marks('bob', { delivered: 5, read: 5 }), marks('carol', { delivered: 5, read: 5 })];
  const known = knownWatermarks('bob', members, new Map([['bob', person(false)]]));
  expect(readersOf(message, known).map(({ user_id }) => user_id)).toEqual(['bob']);
});

it('shows what is read by people of whom nothing is known yet', () => {
  const known = knownWatermarks(SENDER, [sender, marks('bob', { delivered: 5, read: 5 })], new Map());
  expect(receiptsOf(message, known)).toEqual({ status: 'READ', readByCount: 1 });
});
