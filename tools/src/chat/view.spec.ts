import { PLAIN } from './style.js';
import { conversationLine, elsewhereLine, memberLine, messageLine, presenceLine } from './view.js';
import type { Conversation, Message } from './views.js';

const bob = { id: 'b', username: 'bob', displayName: 'Bob' };
const alice = { id: 'a', username: 'alice', displayName: 'Alice' };
const looks = { me: 'a', style: PLAIN, clock: (time: string) => time.slice(11, 16) };
const TIME = '2026-11-25T10:31:00.000Z';

function message(changes: Partial<Message> = {}): Message {
  return {
    id: 'm',
    conversationId: 'c',
    seq: 12,
    sender: bob,
    type: 'TEXT',
    content: 'Hello',
    replyTo: null,
    metadata: null,
    emotions: {},
    createdAt: TIME,
    editedAt: null,
    deletedAt: null,
    ...changes,
  };
}

function conversation(changes: Partial<Conversation> = {}): Conversation {
  return {
    id: 'c',
    type: 'DIRECT',
    name: null,
    participants: [alice, bob],
    memberCount: 2,
    request: null,
    unreadCount: 0,
    lastMessage: null,
    lastSeq: 0,
    lastActivityAt: TIME,
    ...changes,
  };
}

describe('a message', () => {
  it.each<[string, Partial<Message>]>([
    ['#12 10:31 Bob: Hello', {}],
    ['#12 10:31 you: Hello', { sender: alice }],
    ['#12 10:31 Bob (to #3): Hello', { replyTo: { seq: 3 } }],
    ['#12 10:31 Bob: Hello (edited) [LIKE 2, WOW 1]', { editedAt: TIME, emotions: { LIKE: 2, WOW: 1 } }],
    ['#12 10:31 Bob: (deleted)', { content: null, deletedAt: TIME }],
    [
      '#12 10:31 Bob: [image https://x.org/i] Look',
      { type: 'IMAGE', content: 'Look', metadata: { url: 'https://x.org/i' } },
    ],
    [
      '#12 10:31 * renamed: Friends, by Bob',
      { type: 'SYSTEM', content: null, metadata: { event: 'renamed', name: 'Friends' } },
    ],
    ['#12 10:31 bob: Hello', { sender: { ...bob, displayName: null } }],
  ])('is shown as %j', (line, changes) => {
    expect(messageLine(message(changes), looks)).toBe(line);
  });

  it('cannot give commands to the terminal', () => {
    const sender = { ...bob, displayName: 'B\u001b[31mob\u202e' };
    const line = messageLine(message({ sender, content: 'a\u001b]0;title\u0007b\u009b2Jc\rd' }), looks);
    expect(line).toBe('#12 10:31 B\u00b7[31mob\u00b7: a\u00b7]0;title\u00b7b\u00b72Jc\u00b7d');
  });

  it('cannot look like two', () => {
    expect(messageLine(message({ content: 'one\n#13 10:32 Alice: two\u2028three' }), looks)).toBe(
      '#12 10:31 Bob: one\n    #13 10:32 Alice: two\u00b7three',
    );
  });
});

describe('a conversation in the list', () => {
  it('is named after the other, with what is unread and what was said last', () => {
    const last = { seq: 2, sender: bob, type: 'TEXT', preview: 'Hello', createdAt: TIME };
    expect(conversationLine(1, conversation({ unreadCount: 2, lastMessage: last }), looks)).toBe(
      ' 1  Bob 2 unread  10:31 Bob: Hello',
    );
  });

  it('has the name that it was given', () => {
    expect(conversationLine(10, conversation({ type: 'GROUP', name: 'Friends' }), looks)).toBe('10  Friends');
  });
});

it('tells of a message elsewhere by its beginning', () => {
  const long = message({ content: 'x'.repeat(100) });
  expect(elsewhereLine(conversation({ type: 'GROUP', name: 'Friends' }), long, looks)).toBe(
    `(Bob in Friends: ${'x'.repeat(60)})`,
  );
});

it('says who is there', () => {
  const [online, gone] = [
    { userId: 'b', status: 'ONLINE', lastSeenAt: null },
    { userId: 'b', status: 'OFFLINE', lastSeenAt: TIME },
  ];
  expect(memberLine({ user: bob, role: 'OWNER' }, online, looks)).toBe('  Bob @bob owner, online');
  expect(memberLine({ user: alice, role: 'MEMBER' }, undefined, looks)).toBe('  you @alice member');
  expect(presenceLine('Bob', gone, looks)).toBe('Bob is offline since 10:31');
});
