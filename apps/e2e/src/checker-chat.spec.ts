import {
  recountUnread,
  type StoredChat,
  type StoredMessage,
  wrongList,
  wrongMessages,
  wrongReads,
  wrongSeqs,
  wrongUnread,
  wrongWatermarks,
} from './checker-chat.js';
import { SentLedger } from './sent-ledger.js';

const MEMBER = { conversation_id: 'c', active: true, joined_seq: 0 };

function stored(seq: number, changes: Partial<StoredMessage> = {}): StoredMessage {
  return {
    _id: `m${seq}`,
    conversation_id: 'c',
    seq,
    sender_id: 'alice',
    type: 'TEXT',
    content: `text ${seq}`,
    client_id: `k${seq}`,
    deleted_at: null,
    ...changes,
  };
}

/** Three messages of alice, of which bob has read the first; all of it right. */
function chat(changes: Partial<StoredChat> = {}): StoredChat {
  return {
    conversations: [{ _id: 'c', last_seq: 3, last_message: { id: 'm3', seq: 3 } }],
    members: [
      { ...MEMBER, user_id: 'alice', read_seq: 0, delivered_seq: 0 },
      { ...MEMBER, user_id: 'bob', read_seq: 1, delivered_seq: 2 },
    ],
    messages: [stored(1), stored(2), stored(3)],
    hidden: [],
    ...changes,
  };
}

/** What alice sent; she was not answered about the third one. */
function ledger(): SentLedger {
  const sent = new SentLedger();
  for (const seq of [1, 2, 3]) {
    sent.begin(`k${seq}`, { conversationId: 'c', senderId: 'alice', content: `text ${seq}` });
    if (seq < 3) sent.answered(`k${seq}`, { id: `m${seq}`, seq });
  }
  return sent;
}

const without = (seq: number) => chat({ messages: chat().messages.filter((message) => message.seq !== seq) });
const instead = (message: StoredMessage) =>
  chat({ messages: chat().messages.map((one) => (one.client_id === message.client_id ? message : one)) });

describe('the check of what was sent', () => {
  it('has nothing to say where all is right', () => {
    expect(wrongMessages(chat(), ledger())).toEqual([]);
  });

  it('lets a message be missing of which nobody was told', () => {
    expect(wrongMessages(without(3), ledger())).toEqual([]);
  });

  it.each<[string, StoredChat]>([
    ['an acknowledged message that is not there', without(2)],
    ['one that is there twice', chat({ messages: [...chat().messages, stored(4, { client_id: 'k2' })] })],
    [
      'one without answer that is there twice',
      chat({ messages: [...chat().messages, stored(4, { client_id: 'k3' })] }),
    ],
    ['one with other words', instead(stored(2, { content: 'other' }))],
    ['one of somebody else', instead(stored(2, { sender_id: 'bob' }))],
    ['one with another id', instead(stored(2, { _id: 'm9' }))],
    ['one at another place', instead(stored(2, { seq: 4 }))],
    ['one that nobody sent', chat({ messages: [...chat().messages, stored(4, { client_id: 'unknown' })] })],
  ])('notices %s', (_what, wrong) => {
    expect(wrongMessages(wrong, ledger())).toHaveLength(1);
  });
});

describe('the check of the order', () => {
  it('has nothing to say where all is right', () => {
    expect(wrongSeqs(chat())).toEqual([]);
  });

  it.each<[string, Partial<StoredChat>]>([
    ['a gap', { messages: [stored(1), stored(3)] }],
    ['a double', { messages: [stored(1), stored(2), stored(2, { _id: 'm9' }), stored(3)] }],
    ['a beginning that is missing', { messages: [stored(2), stored(3)] }],
    ['an end that is missing', { messages: [stored(1), stored(2)] }],
    ['another last message', { conversations: [{ _id: 'c', last_seq: 3, last_message: { id: 'm2', seq: 2 } }] }],
    [
      'a count that has gone too far',
      { conversations: [{ _id: 'c', last_seq: 4, last_message: { id: 'm3', seq: 3 } }] },
    ],
  ])('notices %s', (_what, changes) => {
    expect(wrongSeqs(chat(changes))).not.toEqual([]);
  });
});

describe('the check of what is unread', () => {
  const right = new Map([
    ['c:alice', 0],
    ['c:bob', 2],
  ]);

  it('counts what others have said since, and neither what was deleted nor what is from before', () => {
    expect(recountUnread(chat())).toEqual(right);
    expect(recountUnread(instead(stored(2, { deleted_at: new Date(0) }))).get('c:bob')).toBe(1);
    expect(recountUnread(chat({ hidden: ['bob:m3', 'alice:m2'] })).get('c:bob')).toBe(1);
    const late = { ...MEMBER, user_id: 'bob', read_seq: 0, delivered_seq: 0, joined_seq: 2 };
    expect(recountUnread(chat({ members: [late] })).get('c:bob')).toBe(1);
  });

  it('notices who is shown something else, and who is shown nothing', () => {
    expect(wrongUnread(chat(), right)).toEqual([]);
    expect(wrongUnread(chat(), new Map([...right, ['c:bob', 1]]))).toEqual(['c:bob: 1, should be 2']);
    expect(wrongUnread(chat(), new Map([['c:alice', 0]]))).toEqual(['c:bob: undefined, should be 2']);
  });

  it('notices who has not read what the answer said', () => {
    const sent = ledger();
    sent.read('c', 'bob', 1);
    expect(wrongReads(chat(), sent)).toEqual([]);
    sent.read('c', 'alice', 2);
    expect(wrongReads(chat(), sent)).toEqual(['c:alice: has read up to 0, should have up to 2']);
  });

  it('notices watermarks that cannot be', () => {
    expect(wrongWatermarks(chat())).toEqual([]);
    expect(
      wrongWatermarks(chat({ members: [{ ...MEMBER, user_id: 'bob', read_seq: 3, delivered_seq: 2 }] })),
    ).toHaveLength(1);
    expect(
      wrongWatermarks(chat({ members: [{ ...MEMBER, user_id: 'bob', read_seq: 1, delivered_seq: 4 }] })),
    ).toHaveLength(1);
  });
});

describe('the check of what a client holds', () => {
  const held = (...seqs: number[]) => seqs.map((seq) => ({ id: `m${seq}`, seq }));

  it('has nothing to say where all is right', () => {
    expect(wrongList(chat(), 'c', held(1, 2, 3))).toEqual([]);
  });

  it.each([
    ['one is missing', held(1, 3)],
    ['the last one is missing', held(1, 2)],
    ['one is there twice', held(1, 2, 2, 3)],
    ['there is one more', held(1, 2, 3, 4)],
    ['two have changed places', held(1, 3, 2)],
  ])('notices that %s', (_what, list) => {
    expect(wrongList(chat(), 'c', list)).toHaveLength(1);
  });
});
