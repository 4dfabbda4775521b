import type { MemberDocument, MessageDocument } from '../storage/documents.js';
import { type AskedReaction, ReactionDecisions } from './reaction-decisions.js';

const message = messageAt(5);

function messageAt(seq: number, changes: Partial<MessageDocument> = {}): MessageDocument {
  return {
    _id: `message-${seq}`,
    ...{ conversation_id: 'here', seq, sender_id: 'alice', type: 'TEXT', content: 'Hello', reply_to: null },
    ...{ thread_id: null, mentions: [], metadata: null, emotions: {}, edited_at: null, deleted_at: null },
    ...{ deleted_by: null, pinned_at: null, pinned_by: null, created_at: new Date() },
    ...changes,
  };
}

function member(user_id: string, joined_seq = 0): MemberDocument {
  const at = new Date();
  return {
    _id: `here:${user_id}`,
    ...{ conversation_id: 'here', user_id, role: 'MEMBER', permissions: {}, active: true },
    ...{ joined_seq, joined_at: at, joined_clock: 0, left_at: null, left_clock: null, delivered_seq: 0, read_seq: 0 },
    ...{ muted_until: null, archived: false, pinned_at: null, receipts_due: false },
  };
}

const like = (userId: string, reacted = true): AskedReaction => {
  return { userId, messageId: message._id, emotion: 'LIKE', reacted };
};

it('counts one after the other, each as the ones before leave the message', () => {
  const decisions = new ReactionDecisions({
    messages: [message],
    members: ['bob', 'carol'].map((id) => member(id)),
    reactions: [],
  });
  const asked = [like('bob'), like('carol'), like('bob'), like('bob', false)];
  const counts = asked.map((one) => decisions.decide(one)).map((it) => ('done' in it ? it.done.emotions : it.refused));
  expect(counts).toEqual([{ LIKE: 1 }, { LIKE: 2 }, { LIKE: 2 }, { LIKE: 1 }]);
  expect(decisions.changes).toHaveLength(3);
});

it.each([
  ['who is no member any more', 'MESSAGE_NOT_FOUND', [message], []],
  ['who has come back since and begins anew', 'MESSAGE_NOT_FOUND', [message], [member('bob', 5)]],
  ['where there is no such message', 'MESSAGE_NOT_FOUND', [], [member('bob')]],
  ['where it was deleted', 'MESSAGE_DELETED', [messageAt(5, { deleted_at: new Date() })], [member('bob')]],
])('refuses one %s', (_, code, messages, members) => {
  const decisions = new ReactionDecisions({ messages, members, reactions: [] });
  expect(decisions.decide(like('bob'))).toMatchObject({ refused: { code } });
  expect(decisions.changes).toEqual([]);
});
