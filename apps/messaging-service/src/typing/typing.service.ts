import { Injectable } from '@nestjs/common';
import { Forbidden } from '@plaza/service-kit';
import { may } from '../conversations/permissions.js';
import { MemberAccess, type Membership } from '../members/member-access.js';
import { Talking } from '../messages/talking.js';
import { Momentary } from '../presence/momentary.js';
import { MOST_TOLD } from '../receipts/standing.js';
import type { ConversationDocument } from '../storage/documents.js';
import { conversationFrame, type FrameContent } from '../storage/frames.js';
import { Recently } from './recently.js';

const TOLD_EVERY_MS = 3_000;
/** Who goes on typing says so again before this is over. */
const LASTS_MS = 6_000;

/** Who is typing: told at once or not at all, and never kept. */
@Injectable()
export class TypingService {
  private readonly told = new Recently(TOLD_EVERY_MS);

  constructor(
    private readonly access: MemberAccess,
    private readonly talking: Talking,
    private readonly momentary: Momentary,
  ) {}

  /** @throws Forbidden where a message would not be taken either */
  async type(userId: string, conversationId: string): Promise<void> {
    const membership = await this.access.activeMember(conversationId, userId);
    expectMaySend(membership);
    await this.talking.expectAllowed(userId, membership.conversation);
    if (!isTold(membership.conversation)) return;
    if (!this.told.may(`${conversationId}:${userId}`, performance.now())) return;
    const time = new Date();
    const data = { conversationId, userId, until: new Date(time.getTime() + LASTS_MS).toISOString() };
    const frame: FrameContent = { type: 'typing.started', time, data };
    this.momentary.send([conversationFrame(conversationId, frame, { exceptUserId: userId, momentary: true })]);
  }
}

/** Nobody sees who types among so many, and somebody who has not agreed to talk is not to be moved by it. */
function isTold({ member_count, request }: ConversationDocument): boolean {
  return member_count <= MOST_TOLD && (request === null || request.state === 'ACCEPTED');
}

function expectMaySend({ member, conversation }: Membership): void {
  if (!may('send', member, conversation)) throw new Forbidden('SEND_NOT_ALLOWED', 'You may not send this here.');
}
