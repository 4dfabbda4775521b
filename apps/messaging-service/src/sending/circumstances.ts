import type { ClientSession, Db, Document } from 'mongodb';
import { collections, memberId } from '../storage/collections.js';
import type { ConversationDocument, MemberDocument, MessageDocument } from '../storage/documents.js';
import type { Batch } from './send.js';

/** A user as `user_cache` has one. */
export interface KnownUser {
  _id: string;
  username: string | null;
  display_name: string | null;
  avatar_url: string | null;
  verified: boolean;
  account_status: string | null;
  deleted: boolean;
}

export interface SentTo
  extends Pick<
    ConversationDocument,
    '_id' | 'type' | 'pair_key' | 'settings' | 'request' | 'last_seq' | 'clock' | 'member_count'
  > {
  /** Where a send changes more than what each one does. */
  updated_at?: Date;
  /** All of it where a request waits for an answer, which may be one of these sends. */
  whole?: ConversationDocument;
}
export type SendingMember = Pick<MemberDocument, '_id' | 'active' | 'role' | 'permissions' | 'joined_seq'>;

/** All that decides about the sends of a batch, from one snapshot. */
export interface Circumstances {
  /** The database's time. */
  now: Date;
  conversations: Map<string, SentTo>;
  /** By `memberId`: those who send, and who are mentioned. */
  members: Map<string, SendingMember>;
  users: Map<string, KnownUser>;
  /** Messages that are answered, or were sent before. */
  messages: Map<string, MessageDocument>;
  /** By `sentBefore`. */
  byClientId: Map<string, MessageDocument>;
  /** By `hiddenId`: answered messages that the user has deleted for themselves. */
  hidden: Set<string>;
  /** `<blocker>:<blocked>`. */
  blocks: Set<string>;
}

/** What the read gives: all rows in one document. */
interface Read {
  now: Date;
  conversations: SentTo[];
  members: SendingMember[];
  senders: KnownUser[];
  others?: KnownUser[];
  blocks?: Array<{ _id: string }>;
  messages?: MessageDocument[];
  sentBefore?: MessageDocument[];
  hidden?: Array<{ _id: string }>;
}

export function sentBefore(senderId: string, clientId: string): string {
  return `${senderId}:${clientId}`;
}

export function hiddenId({ senderId, replyToId }: { senderId: string; replyToId: string }): string {
  return `${senderId}:${replyToId}`;
}

/** Both ways in which one of two people may block the other. */
export function blockIds(a: string, b: string): [string, string] {
  return [`${a}:${b}`, `${b}:${a}`];
}

/** The other one of a direct conversation. */
export function otherOf({ pair_key = ':' }: Pick<SentTo, 'pair_key'>, userId: string): string {
  const [a = '', b = ''] = pair_key.split(':');
  return a === userId ? b : a;
}

/**
 * Reads what decides about sends, in one round trip (MongoDB has no `$unionWith` in a transaction).
 * @param direct there may be direct conversations: the other ones, and who blocks whom, matter then
 */
export async function readCircumstances(
  db: Db,
  session: ClientSession,
  { direct, ...batch }: Batch & { direct: boolean },
): Promise<Circumstances> {
  const stages = [...aboutSends(batch), ...(direct ? aboutOthers : []), ...aboutMessages(batch)];
  const [read] = await collections.conversations(db).aggregate<Read>(stages, { session }).toArray();
  const messages = [...(read?.messages ?? []), ...(read?.sentBefore ?? [])];
  return {
    now: read?.now ?? new Date(0),
    conversations: byId(read?.conversations),
    members: byId(read?.members),
    users: byId([...(read?.senders ?? []), ...(read?.others ?? [])]),
    messages: byId(messages),
    byClientId: new Map(messages.map((one) => [sentBefore(one.sender_id, one.client_id ?? ''), one])),
    hidden: new Set(read?.hidden?.map(({ _id }) => _id)),
    blocks: new Set(read?.blocks?.map(({ _id }) => _id)),
  };
}

function aboutSends({ sends }: Batch): Document[] {
  const members = sends.flatMap(({ conversationId, senderId, mentionedUserIds }) =>
    [senderId, ...mentionedUserIds].map((userId) => memberId(conversationId, userId)),
  );
  return [
    { $match: idIn(sends.map(({ conversationId }) => conversationId)) },
    { $group: { _id: null, conversations: { $push: picked.conversation } } },
    { $set: { now: '$$NOW' } },
    these('members', 'conversation_members', idIn(members), picked.member),
    these('senders', 'user_cache', idIn(sends.map(({ senderId }) => senderId)), picked.user),
  ];
}

function aboutMessages({ sends, again }: Batch): Document[] {
  const answered = sends.flatMap(({ senderId, replyToId }) => (replyToId ? [{ senderId, replyToId }] : []));
  const messages = [...answered.map(({ replyToId }) => replyToId), ...(again ? sends.map(({ id }) => id) : [])];
  const clientIds = again ? sends.flatMap(({ client }) => (client ? [client.id] : [])) : [];
  return [
    ...(messages.length > 0 ? [these('messages', 'messages', idIn(messages))] : []),
    ...(clientIds.length > 0 ? [these('sentBefore', 'messages', { client_id: { $in: clientIds } })] : []),
    ...(answered.length > 0 ? [these('hidden', 'hidden_messages', idIn(answered.map(hiddenId)))] : []),
  ];
}

const pair = { $split: ['$$this.pair_key', ':'] };
const turned = { $concat: [{ $arrayElemAt: [pair, 1] }, ':', { $arrayElemAt: [pair, 0] }] };
const direct = { $filter: { input: '$conversations', cond: { $eq: ['$$this.type', 'DIRECT'] } } };

const aboutOthers: Document[] = [
  { $set: { people: gathered(pair), pairs: gathered(['$$this.pair_key', turned]) } },
  { $lookup: { from: 'user_cache', localField: 'people', foreignField: '_id', as: 'others' } },
  {
    $lookup: {
      from: 'blocks',
      localField: 'pairs',
      foreignField: '_id',
      as: 'blocks',
      pipeline: [{ $match: { active: true } }],
    },
  },
];

/** The texts that each direct conversation gives. */
function gathered(texts: Document | unknown[]): Document {
  return { $reduce: { input: direct, initialValue: [], in: { $concatArrays: ['$$value', texts] } } };
}

const picked = {
  conversation: {
    ...fields('_id', 'type', 'pair_key', 'settings', 'request', 'last_seq', 'clock', 'member_count'),
    whole: { $cond: [{ $in: ['$request.state', ['PENDING', 'DECLINED']] }, '$$ROOT', '$$REMOVE'] },
  },
  member: fields('_id', 'active', 'role', 'permissions', 'joined_seq'),
  user: fields('_id', 'username', 'display_name', 'avatar_url', 'verified', 'account_status', 'deleted'),
};

function fields(...names: string[]): Document {
  return Object.fromEntries(names.map((name) => [name, `$${name}`]));
}

/** Rows of another collection, whichever conversations there are. */
function these(as: string, from: string, match: Document, row?: Document): Document {
  return { $lookup: { from, as, pipeline: [{ $match: match }, ...(row ? [{ $project: row }] : [])] } };
}

function idIn(ids: string[]): Document {
  return { _id: { $in: [...new Set(ids)] } };
}

function byId<T extends { _id: string }>(rows: T[] = []): Map<string, T> {
  return new Map(rows.map((row) => [row._id, row]));
}
