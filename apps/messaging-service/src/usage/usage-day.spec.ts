import { dayOf, joinsOf, usageOf } from './usage-day.js';

const batch = { conversation_id: 'c', day: '2026-11-25' };
const noon = new Date('2026-11-25T12:00:00Z');
const messages = [1, 2, 3, 4, 5].map((seq) => ({ seq, sender_id: seq % 2 === 0 ? 'me' : 'other', at: noon }));
const member = { user_id: 'me', active: true, joined_seq: 0, left_at: null };

it('counts one’s own as sent and the others’ as received', () => {
  const usage = { userId: 'me', day: '2026-11-25', sent: 2, received: 3, conversationId: 'c' };
  expect(usageOf(member, batch, messages)).toEqual(usage);
});

it('counts from joining to leaving', () => {
  expect(usageOf({ ...member, joined_seq: 3 }, batch, messages)).toMatchObject({ sent: 1, received: 1 });
  const left = { ...member, active: false };
  expect(usageOf({ ...left, left_at: new Date(noon.getTime() + 1) }, batch, messages)).toMatchObject({ sent: 2 });
  expect(usageOf({ ...left, left_at: new Date(noon.getTime() - 1) }, batch, messages)).toBeUndefined();
  expect(usageOf({ ...member, joined_seq: 5 }, batch, messages)).toBeUndefined();
});

it('counts who joins a group, not who begins one, nor a talk of two', () => {
  const at = { conversationId: 'c', joinedAt: '2026-11-25T23:59:59.999Z' };
  expect(
    joinsOf([
      { ...at, userId: 'a', role: 'OWNER', conversationType: 'GROUP' },
      { ...at, userId: 'b', role: 'MEMBER', conversationType: 'GROUP' },
      { ...at, userId: 'c', role: 'ADMIN', conversationType: 'CHANNEL' },
      { ...at, userId: 'd', role: 'MEMBER', conversationType: 'DIRECT' },
    ]),
  ).toEqual(['b', 'c'].map((userId) => ({ userId, day: '2026-11-25', joined: 1 })));
});

it('takes days in UTC', () => {
  expect(dayOf('2026-11-26T00:30:00+01:00')).toBe('2026-11-25');
});
