import { Inject, Injectable } from '@nestjs/common';
import { factId, MongoOutbox } from '@plaza/kafka';
import { Invalid, isDuplicateKey, MONGO, mongoTransaction } from '@plaza/service-kit';
import { UserCache, type UserCacheEntry } from '@plaza/user-cache';
import type { ClientSession, Db } from 'mongodb';
import { Invitees } from '../members/invitees.js';
import { findPeople } from '../members/people.js';
import { collections, pairKey } from '../storage/collections.js';
import { Lanes } from '../storage/lanes.js';
import { type ConversationDraft, insertConversation } from './conversation-insert.js';
import type { CreateConversation } from './conversations.dto.js';

/** A conversation to answer with, and whether it was there before. */
export interface Opened {
  id: string;
  isNew: boolean;
}

/** Begins conversations. Two people have one, whoever begins it. */
@Injectable()
export class NewConversations {
  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly lanes: Lanes,
    private readonly invitees: Invitees,
    private readonly users: UserCache,
    private readonly outbox: MongoOutbox,
  ) {}

  async open(userId: string, body: CreateConversation): Promise<Opened> {
    if (body.type === 'DIRECT') return this.openDirect(userId, body);
    const otherIds = body.participantIds.filter((id) => id !== userId);
    if (!body.name) throw invalid('name', 'must be there');
    if (body.type === 'GROUP' && otherIds.length === 0) throw invalid('participantIds', 'must name somebody else');
    await this.invitees.mustWantInvitation(userId, await this.invitees.find(userId, otherIds));
    const draft = await this.draft(userId, { ...body, participantIds: otherIds });
    return mongoTransaction(this.db, (session) => this.insert(session, draft));
  }

  private async openDirect(userId: string, body: CreateConversation): Promise<Opened> {
    const otherId = onlyOther(userId, body);
    const other = (await this.invitees.find(userId, [otherId])).get(otherId);
    if (!other) throw new Error(`The user ${otherId} was not found, and not missed either`);
    const draft = { ...(await this.draft(userId, body)), pair_key: pairKey(userId, otherId) };
    const open = () => this.findOrInsert(userId, other, draft);
    return this.lanes.run([draft.pair_key], async () => {
      try {
        return await open();
      } catch (error) {
        // The other one has begun it at another instance, meanwhile.
        if (isDuplicateKey(error, 'uq_conversations_pair_key')) return open();
        throw error;
      }
    });
  }

  private findOrInsert(userId: string, other: UserCacheEntry, draft: ConversationDraft): Promise<Opened> {
    return mongoTransaction(this.db, async (session) => {
      const { pair_key } = draft;
      const known = await collections.conversations(this.db).findOne({ pair_key }, { session, projection: { _id: 1 } });
      if (known) return { id: known._id, isNew: false };
      const asks = await this.invitees.mustAsk(userId, other);
      return this.insert(session, { ...draft, request: asks ? { by: userId, state: 'PENDING' } : null });
    });
  }

  private async insert(session: ClientSession, draft: ConversationDraft): Promise<Opened> {
    await insertConversation({ db: this.db, session, outbox: this.outbox }, draft);
    return { id: draft._id, isNew: true };
  }

  private async draft(userId: string, body: CreateConversation): Promise<ConversationDraft> {
    const { type, participantIds: otherIds, name = null, description = null, avatarUrl = null } = body;
    const looks = { name, description, avatar_url: avatarUrl };
    const people = await findPeople(this.users, [userId, ...otherIds]);
    return { _id: factId(), type, ...looks, request: null, creatorId: userId, otherIds, people };
  }
}

function onlyOther(userId: string, { participantIds, name, description, avatarUrl }: CreateConversation): string {
  const [otherId, ...more] = participantIds;
  if (otherId === userId) throw new Invalid('CONVERSATION_WITH_SELF', 'You cannot talk to yourself.');
  if (!otherId || more.length > 0) throw invalid('participantIds', 'must name one other person');
  const looks = Object.entries({ name, description, avatarUrl }).find(([, value]) => value);
  if (looks) throw invalid(looks[0], 'is nothing that a direct conversation has');
  return otherId;
}

function invalid(path: string, message: string): Invalid {
  return new Invalid('BODY_INVALID', 'The body breaks a rule.', { errors: [{ path, code: 'CONVERSATION', message }] });
}
