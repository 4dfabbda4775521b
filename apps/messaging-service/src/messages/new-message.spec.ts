import { lastMessageOf, messageDocument, previewOf } from './new-message.js';

const draft = {
  id: 'm',
  conversationId: 'c',
  senderId: 'alice',
  type: 'TEXT',
  content: 'hello',
  metadata: null,
} as const;
const at = { seq: 7, createdAt: new Date('2026-11-25T08:00:00Z') };

it('has the client id of a client that chose one, and no such field otherwise', () => {
  expect(messageDocument(draft, at)).not.toHaveProperty('client_id');
  expect(messageDocument({ ...draft, client: { id: 'x', hash: 'h' } }, at)).toMatchObject({
    client_id: 'x',
    sent_hash: 'h',
  });
});

it('is shown by its conversation as its newest', () => {
  expect(lastMessageOf(messageDocument(draft, at))).toEqual({
    id: 'm',
    seq: 7,
    sender_id: 'alice',
    type: 'TEXT',
    preview: 'hello',
    created_at: at.createdAt,
  });
});

it.each([
  ['a short text', 'hello', 'hello'],
  ['a long one', 'x'.repeat(4_000), 'x'.repeat(100)],
  ['one of characters that take two units', `a${'😀'.repeat(300)}`, `a${'😀'.repeat(99)}`],
])('shows the beginning of %s', (_, content, preview) => {
  expect(previewOf({ type: 'TEXT', content })).toBe(preview);
});

it('shows nothing of captions and of deleted messages', () => {
  expect(previewOf({ type: 'IMAGE', content: 'a caption' })).toBeNull();
  expect(previewOf({ type: 'TEXT', content: null })).toBeNull();
});
