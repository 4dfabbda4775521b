import { inDocuments } from './documents.js';
import type { Platform } from './platform.js';
import type { SentLedger } from './sent-ledger.js';

export interface StoredMessage {
  _id: string;
  conversation_id: string;
  seq: number;
  sender_id: string;
  type: string;
  content: string | null;
  client_id?: string;
  deleted_at: Date | null;
}

export interface StoredConversation {
  _id: string;
  last_seq: number;
  last_message: { id: string; seq: number } | null;
}

export interface StoredMember {
  conversation_id: string;
  user_id: string;
  active: boolean;
  joined_seq: number;
  read_seq: number;
  delivered_seq: number;
}

/** What messaging-service holds, as far as it is checked. */
export interface StoredChat {
  conversations: StoredConversation[];
  members: StoredMember[];
  messages: StoredMessage[];
  /** Messages that members have deleted for themselves, and that would otherwise count as unread: `<user>:<message>`. */
  hidden: string[];
}

/** A message as somebody was told of it. */
export interface Told {
  id: string;
  seq: number;
}

export function chatIn(platform: Platform): Promise<StoredChat> {
  return inDocuments(platform, async (db) => ({
    conversations: await db.collection<StoredConversation>('conversations').find().toArray(),
    members: await db.collection<StoredMember>('conversation_members').find().toArray(),
    messages: await db.collection<StoredMessage>('messages').find().sort({ conversation_id: 1, seq: 1 }).toArray(),
    hidden: (await db.collection<{ _id: string }>('hidden_messages').find().toArray()).map(({ _id }) => _id),
  }));
}

/** What was answered and is not there as it was, what is there twice, and what nobody sent, each as one line. */
export function wrongMessages({ messages }: StoredChat, ledger: SentLedger): string[] {
  const stored = Map.groupBy(messages, ({ client_id: clientId }) => clientId);
  const sent = [...ledger.messages].flatMap(([clientId, { answer, conversationId, senderId, content }]) => {
    const found = stored.get(clientId) ?? [];
    if (found.length === 0 && !answer) return [];
    const right = JSON.stringify([conversationId, senderId, content, ...(answer ? [answer.id, answer.seq] : [])]);
    const lines = found.map((one) => {
      const place = answer ? [one._id, one.seq] : [];
      return JSON.stringify([one.conversation_id, one.sender_id, one.content, ...place]);
    });
    return lines.length === 1 && lines[0] === right ? [] : [`${clientId}: ${lines}, should be ${right}`];
  });
  const others = messages.filter(({ type, client_id: id }) => type !== 'SYSTEM' && !(id && ledger.messages.has(id)));
  return [...sent, ...others.map(({ _id }) => `nobody sent ${_id}`)];
}

/** Conversations whose messages are not 1, 2, 3 ... up to the last one that they name, each as one line. */
export function wrongSeqs({ conversations, messages }: StoredChat): string[] {
  const byConversation = Map.groupBy(messages, ({ conversation_id: id }) => id);
  return conversations.flatMap(({ _id, last_seq: lastSeq, last_message: last }) => {
    const seqs = (byConversation.get(_id) ?? []).map(({ seq, _id: id }) => ({ seq, id })).sort((a, b) => a.seq - b.seq);
    const wrong = seqs.filter(({ seq }, index) => seq !== index + 1).map(({ seq }) => `${_id}: seq ${seq}`);
    const newest = seqs.at(-1);
    const named = [lastSeq, last?.seq ?? 0, last?.id].join();
    const right = [seqs.length, newest?.seq ?? 0, newest?.id].join();
    return [...wrong.slice(0, 1), ...(named === right ? [] : [`${_id}: names ${named}, should name ${right}`])];
  });
}

/** How many messages each member has not read, counted message by message, by `<conversation>:<user>`. */
export function recountUnread({ members, messages, hidden }: StoredChat): Map<string, number> {
  const byConversation = Map.groupBy(messages, ({ conversation_id: id }) => id);
  const gone = new Set(hidden);
  const counts = members
    .filter(({ active }) => active)
    .map(({ conversation_id: conversationId, user_id: userId, read_seq: readSeq, joined_seq: joinedSeq }) => {
      const unread = (byConversation.get(conversationId) ?? []).filter(
        ({ _id, seq, sender_id: senderId, deleted_at: deletedAt }) =>
          seq > Math.max(readSeq, joinedSeq) && senderId !== userId && !deletedAt && !gone.has(`${userId}:${_id}`),
      );
      return [`${conversationId}:${userId}`, unread.length] as const;
    });
  return new Map(counts);
}

/** Members who are shown another count of unread messages than a recount gives, each as one line. */
export function wrongUnread(chat: StoredChat, shown: ReadonlyMap<string, number>): string[] {
  const right = recountUnread(chat);
  const keys = new Set([...right.keys(), ...shown.keys()]);
  return [...keys]
    .filter((key) => right.get(key) !== shown.get(key))
    .map((key) => `${key}: ${shown.get(key)}, should be ${right.get(key)}`);
}

/** Members who are not where they were answered to be, each as one line. */
export function wrongReads({ members }: StoredChat, { reads }: SentLedger): string[] {
  return members
    .map(({ conversation_id: id, user_id: userId, read_seq: seq }) => ({ key: `${id}:${userId}`, seq }))
    .filter(({ key, seq }) => seq !== (reads.get(key) ?? 0))
    .map(({ key, seq }) => `${key}: has read up to ${seq}, should have up to ${reads.get(key) ?? 0}`);
}

/** Watermarks that can't be. */
export function wrongWatermarks({ members, conversations }: StoredChat): string[] {
  const last = new Map(conversations.map(({ _id, last_seq: lastSeq }) => [_id, lastSeq]));
  return members
    .filter(
      ({ read_seq: read, delivered_seq: delivered, conversation_id: id }) =>
        read > delivered || delivered > (last.get(id) ?? 0),
    )
    .map((it) => `${it.conversation_id}:${it.user_id}: read ${it.read_seq}, delivered ${it.delivered_seq}`);
}

/** What a member's client holds of a conversation and differs from what is stored, as one line. */
export function wrongList(chat: StoredChat, conversationId: string, held: readonly Told[]): string[] {
  const stored = chat.messages.filter(({ conversation_id: id }) => id === conversationId);
  const right = stored.map(({ _id, seq }) => `${seq} ${_id}`);
  const lines = held.map(({ id, seq }) => `${seq} ${id}`);
  const at = right.findIndex((line, index) => line !== lines[index]);
  if (at < 0 && lines.length === right.length) return [];
  const from = at < 0 ? right.length : at;
  return [`${conversationId}: ${lines.length} of ${right.length}, from ${lines[from]}, should be ${right[from]}`];
}

/** Messages of which not exactly one fact and one frame tell, each as one line. */
export async function wrongTold(platform: Platform, { messages }: StoredChat): Promise<string[]> {
  const told = await inDocuments(platform, (db) =>
    db
      .collection<{ type: string; payload: string }>('outbox')
      .find({ type: { $in: ['message.sent', 'frame.published'] } }, { projection: { _id: 0, type: 1, payload: 1 } })
      .toArray(),
  );
  const counts = new Map<string, number>();
  for (const { type, payload } of told) {
    const { id, frame } = JSON.parse(payload);
    const key = type === 'message.sent' ? `fact ${id}` : `frame of ${frame.type} ${frame.data.id}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return messages
    .flatMap(({ _id }) => [`fact ${_id}`, `frame of message.sent ${_id}`])
    .filter((key) => counts.get(key) !== 1)
    .map((key) => `${key}: ${counts.get(key) ?? 0}`);
}
