import { Inject, Injectable } from '@nestjs/common';
import { MongoOutbox } from '@plaza/kafka';
import { Conflict, MONGO, mongoTransaction } from '@plaza/service-kit';
import type { ClientSession, Db, Document } from 'mongodb';
import { conversationNotFound } from '../members/member-access.js';
import { collections, memberId } from '../storage/collections.js';
import type { MemberDocument } from '../storage/documents.js';
import { userFrame } from '../storage/frames.js';
import { type OwnSettingsView, ownSettingsView } from './own-settings.view.js';

const MAX_PINS = 20;
/** Muted until somebody says otherwise. */
const FOR_EVER = new Date('9999-12-31T23:59:59.999Z');

interface Setting {
  set: Document;
  /** Whether it is so already. */
  isSo(member: MemberDocument): boolean;
  /** What must hold before. */
  check?(session: ClientSession): Promise<void>;
}

/** What members set for themselves alone: archived, pinned, muted. Only their own devices are told. */
@Injectable()
export class OwnSettingsService {
  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly outbox: MongoOutbox,
  ) {}

  archive(id: string, userId: string, archived: boolean): Promise<OwnSettingsView> {
    return this.change(id, userId, { set: { archived }, isSo: (member) => member.archived === archived });
  }

  /** @throws Conflict TOO_MANY_PINS */
  pin(id: string, userId: string): Promise<OwnSettingsView> {
    const check = (session: ClientSession) => this.mustHaveRoomForPin(userId, session);
    return this.change(id, userId, { set: { pinned_at: '$$NOW' }, isSo: ({ pinned_at }) => pinned_at !== null, check });
  }

  unpin(id: string, userId: string): Promise<OwnSettingsView> {
    return this.change(id, userId, { set: { pinned_at: null }, isSo: ({ pinned_at }) => pinned_at === null });
  }

  /** Until a time, or for ever. */
  mute(id: string, userId: string, until?: string | null): Promise<OwnSettingsView> {
    return this.muteUntil(id, userId, until ? new Date(until) : FOR_EVER);
  }

  unmute(id: string, userId: string): Promise<OwnSettingsView> {
    return this.muteUntil(id, userId, null);
  }

  private muteUntil(id: string, userId: string, until: Date | null): Promise<OwnSettingsView> {
    const isSo = ({ muted_until }: MemberDocument) => muted_until?.getTime() === until?.getTime();
    return this.change(id, userId, { set: { muted_until: until }, isSo });
  }

  private change(id: string, userId: string, { set, isSo, check }: Setting): Promise<OwnSettingsView> {
    return mongoTransaction(this.db, async (session) => {
      const mine = { _id: memberId(id, userId), active: true };
      const before = await collections.members(this.db).findOne(mine, { session });
      if (!before) throw conversationNotFound();
      if (isSo(before)) return ownSettingsView(before);
      // First what conflicts with any other such change of this user, so that what is checked stays true.
      const options = { session, returnDocument: 'after' } as const;
      const after = await collections.members(this.db).findOneAndUpdate(mine, [{ $set: set }], options);
      if (!after) throw conversationNotFound();
      await this.tell(session, after);
      await check?.(session);
      return ownSettingsView(after);
    });
  }

  private async tell(session: ClientSession, member: MemberDocument): Promise<void> {
    const data = { conversationId: member.conversation_id, ...ownSettingsView(member) };
    await this.outbox.add(
      session,
      userFrame(member.user_id, { type: 'conversation.settings-changed', time: new Date(), data }),
    );
  }

  private async mustHaveRoomForPin(userId: string, session: ClientSession): Promise<void> {
    const pinned = { user_id: userId, active: true, pinned_at: { $ne: null } };
    if ((await collections.members(this.db).countDocuments(pinned, { session })) > MAX_PINS)
      throw new Conflict('TOO_MANY_PINS', `At most ${MAX_PINS} conversations can be pinned.`);
  }
}
