import type { ConversationType } from '@plaza/contracts';
import { advancedClock, type MongoOutbox } from '@plaza/kafka';
import type { ClientSession, Db } from 'mongodb';
import { memberAdded } from '../members/member.facts.js';
import { newMember } from '../members/new-member.js';
import type { People } from '../members/people.js';
import { collections } from '../storage/collections.js';
import type { ConversationDocument, ConversationSettings } from '../storage/documents.js';
import { clocksUpTo, publishChange } from '../storage/publishing.js';
import { conversationCreated, frameOfConversation } from './conversation.facts.js';

/** How many members a conversation shows without being asked for them. */
export const PREVIEWED = 10;

/** All that makes a conversation but its times and its clock, which are the database's. */
export interface NewConversation
  extends Pick<ConversationDocument, '_id' | 'type' | 'name' | 'description' | 'avatar_url' | 'request' | 'pair_key'> {
  creatorId: string;
  otherIds: string[];
}

/** A conversation that is to be. */
export interface ConversationDraft extends NewConversation {
  /** Who is shown in the frame that tells of it. */
  people: People;
}

type Timeless = Omit<ConversationDocument, 'clock' | 'created_at' | 'updated_at' | 'last_activity_at'>;

const settings: Record<ConversationType, ConversationSettings> = {
  DIRECT: { send: 'MEMBER', invite: 'MEMBER', pin: 'MEMBER' },
  GROUP: { send: 'MEMBER', invite: 'MEMBER', pin: 'MEMBER' },
  CHANNEL: { send: 'ADMIN', invite: 'ADMIN', pin: 'ADMIN' },
};

/** Stores a conversation with its members and tells of it. */
export async function insertConversation(
  { db, session, outbox }: { db: Db; session: ClientSession; outbox: MongoOutbox },
  draft: ConversationDraft,
): Promise<void> {
  const memberIds = [draft.creatorId, ...draft.otherIds];
  const conversation = await insertDocument(db, session, draft, memberIds.length + 2);
  const clocks = clocksUpTo(conversation.clock, memberIds.length + 2);
  const joining = { seq: 0, clock: clocks[0] ?? 0, at: conversation.created_at };
  const members = memberIds.map((id) => {
    return newMember(conversation._id, id, { ...joining, role: id === conversation.owner_id ? 'OWNER' : 'MEMBER' });
  });
  await collections.members(db).insertMany(members, { session });
  // In a direct conversation the other learns of it by its first message.
  const exceptUserId = draft.type === 'DIRECT' ? draft.otherIds[0] : undefined;
  const frame = { people: draft.people, joined: memberIds, exceptUserId };
  await publishChange(outbox, session, clocks, [
    frameOfConversation('conversation.created', conversation, frame),
    conversationCreated(conversation),
    ...members.map((member) => memberAdded(member, conversation.type)),
  ]);
}

/** A conversation in which nothing has been said. */
export function conversationDocument({ creatorId, otherIds, ...looks }: NewConversation): Timeless {
  return {
    ...looks,
    owner_id: looks.type === 'DIRECT' ? null : creatorId,
    settings: settings[looks.type],
    last_seq: 0,
    last_message: null,
    member_count: otherIds.length + 1,
    member_preview: [creatorId, ...otherIds].slice(0, PREVIEWED),
    created_by: creatorId,
  };
}

/** By an upsert, because only an update can take the time and the clock from the database. */
async function insertDocument(
  db: Db,
  session: ClientSession,
  { people, ...draft }: ConversationDraft,
  facts: number,
): Promise<ConversationDocument> {
  const times = { created_at: '$$NOW', updated_at: '$$NOW', last_activity_at: '$$NOW' };
  const clock = advancedClock('$clock', facts);
  const whole = { $mergeObjects: [{ $literal: conversationDocument(draft) }, times, { clock }] };
  const inserted = await collections.conversations(db).findOneAndUpdate({ _id: draft._id }, [{ $replaceWith: whole }], {
    session,
    upsert: true,
    returnDocument: 'after',
  });
  if (!inserted) throw new Error(`The conversation ${draft._id} was not stored`);
  return inserted;
}
