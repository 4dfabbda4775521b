import { randomUUID } from 'node:crypto';
import type { MemberRole } from '@plaza/contracts';
import type { Answer } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import type { MessageView } from '../../src/messages/message.view.js';
import { lastMessageOf, messageDocument } from '../../src/messages/new-message.js';
import { collections, pairKey } from '../../src/storage/collections.js';
import type { ConversationDocument, MessageDocument } from '../../src/storage/documents.js';
import { changeMember, storedConversation } from '../stored.js';

export { changeMember };

export interface Listed<T = MessageView> {
  items: T[];
  nextCursor: string | null;
}

export interface GivenConversation extends Pick<Partial<ConversationDocument>, 'type' | 'request'> {
  roles?: Record<string, MemberRole>;
  settings?: Partial<ConversationDocument['settings']>;
}

/** A conversation of these people, of whom the first one owns it, as its documents. */
export async function conversationOf(
  service: ServiceUnderTest,
  people: string[],
  { roles = {}, settings, ...o }: GivenConversation = {},
): Promise<string> {
  const [one = '', other = ''] = people;
  // There is one for each two people.
  if (o.type === 'DIRECT') await collections.conversations(service.db).deleteOne({ pair_key: pairKey(one, other) });
  const all = { send: 'MEMBER', invite: 'MEMBER', pin: 'MEMBER', ...settings } as const;
  const id = await storedConversation(service, people, { ...o, settings: all });
  for (const [user, role] of Object.entries(roles)) await changeMember(service, id, user, { role });
  return id;
}

/** Messages of one sender as their documents, one second apart. */
export async function say(
  service: ServiceUnderTest,
  conversationId: string,
  sender: string,
  contents: string[],
  o: Partial<MessageDocument> = {},
): Promise<MessageDocument[]> {
  const said: MessageDocument[] = [];
  const { last_seq } = await conversation(service, conversationId);
  for (const [index, content] of contents.entries()) {
    const draft = {
      id: randomUUID(),
      conversationId,
      senderId: sender,
      type: 'TEXT',
      content,
      metadata: null,
    } as const;
    const createdAt = new Date(Date.now() - 60_000 + (last_seq + index) * 1_000);
    said.push({ ...messageDocument(draft, { seq: last_seq + index + 1, createdAt }), ...o });
  }
  await collections.messages(service.db).insertMany(said);
  const last = said.at(-1);
  if (last) await remember(service, last);
  return said;
}

/** One message. */
export async function sayOne(
  service: ServiceUnderTest,
  conversationId: string,
  sender: string,
  o: Partial<MessageDocument> = {},
): Promise<MessageDocument> {
  const [message] = await say(service, conversationId, sender, ['Hello'], o);
  if (!message) throw new Error('nothing was said');
  return message;
}

async function remember(service: ServiceUnderTest, last: MessageDocument): Promise<void> {
  const moved = { last_seq: last.seq, last_message: lastMessageOf(last), last_activity_at: last.created_at };
  await collections.conversations(service.db).updateOne({ _id: last.conversation_id }, { $set: moved });
}

export async function conversation(service: ServiceUnderTest, id: string): Promise<ConversationDocument> {
  const found = await collections.conversations(service.db).findOne({ _id: id });
  if (!found) throw new Error('there is no such conversation');
  return found;
}

export async function stored(service: ServiceUnderTest, id: string): Promise<MessageDocument> {
  const found = await collections.messages(service.db).findOne({ _id: id });
  if (!found) throw new Error('there is no such message');
  return found;
}

/** Asks for something that is there. */
export async function get<T = Listed>(service: ServiceUnderTest, as: string, path: string): Promise<T> {
  const { status, body } = await service.request<T>('GET', path, { as });
  if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** All pages of a list, put together, with how many were on each. */
export async function allPages<T = MessageView>(
  service: ServiceUnderTest,
  as: string,
  path: string,
): Promise<{ items: T[]; sizes: number[] }> {
  const items: T[] = [];
  const sizes: number[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const more: string = cursor ? `${path.includes('?') ? '&' : '?'}cursor=${cursor}` : '';
    const page: Listed<T> = await get<Listed<T>>(service, as, `${path}${more}`);
    items.push(...page.items);
    sizes.push(page.items.length);
    cursor = page.nextCursor;
  }
  return { items, sizes };
}

export interface ToldRow {
  type: string;
  /** Of a frame. */
  frame?: string;
  clock: number;
  data: Record<string, unknown>;
}

/** What was told with a key (a conversation or a user), in the order of the clocks. */
export async function told(service: ServiceUnderTest, key: string): Promise<ToldRow[]> {
  const rows = await service.db
    .collection('outbox')
    .find({ key }, { sort: { clock: 1 } })
    .toArray();
  return rows.map(({ type, clock, payload }) => {
    const { frame, ...fact } = JSON.parse(payload);
    return type === 'frame.published'
      ? { type, frame: frame.type, clock, data: frame.data }
      : { type, clock, data: fact };
  });
}

/** The kinds of what was told: `message.edited`, and `frame message.edited`. */
export async function toldKinds(service: ServiceUnderTest, key: string): Promise<string[]> {
  return (await told(service, key)).map(({ type, frame }) => (frame ? `frame ${frame}` : type));
}

/** Its status and code. */
export function refused({ status, body }: Answer<unknown>): string {
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : '';
  return `${status} ${code}`;
}
