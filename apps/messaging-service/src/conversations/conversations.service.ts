import { Injectable } from '@nestjs/common';
import { Forbidden } from '@plaza/service-kit';
import type { Document } from 'mongodb';
import { Talking } from '../messages/talking.js';
import type { ConversationDocument, ConversationSettings } from '../storage/documents.js';
import { updateFacts } from './conversation.facts.js';
import type { ConversationView } from './conversation.view.js';
import { ConversationChanges } from './conversation-changes.js';
import { ConversationReads } from './conversation-reads.js';
import type { UpdateConversation } from './conversations.dto.js';
import { may } from './permissions.js';

/** A conversation's name, looks and settings. */
@Injectable()
export class ConversationsService {
  constructor(
    private readonly changes: ConversationChanges,
    private readonly reads: ConversationReads,
    private readonly talking: Talking,
  ) {}

  /** Changes what is given; where nothing becomes different nobody is told. */
  async update(id: string, userId: string, body: UpdateConversation): Promise<ConversationView> {
    await this.talking.expectActive(userId);
    await this.changes.run(id, userId, async (open) => {
      const { conversation, member } = open;
      if (!may('manage', member, conversation))
        throw new Forbidden('MANAGE_NOT_ALLOWED', 'You may not change this conversation.');
      const changed = differences(conversation, body);
      if (Object.keys(changed).length === 0) return;
      const { name } = changed;
      const after = await this.changes.write(open, {
        count: 2,
        set: { ...literals(changed), updated_at: '$$NOW' },
        event: name ? { event: 'renamed', name } : undefined,
      });
      await this.changes.publish(open, after, updateFacts(after));
    });
    return this.reads.one(id, userId);
  }
}

type Changeable = Pick<ConversationDocument, 'name' | 'description' | 'avatar_url' | 'settings'>;

/** Those of the fields that are given and other than they were. */
function differences(before: ConversationDocument, body: UpdateConversation): Partial<Changeable> {
  const { name, description, avatarUrl, settings } = body;
  const after: Changeable = {
    name: name ?? before.name,
    description: description === undefined ? before.description : description,
    avatar_url: avatarUrl === undefined ? before.avatar_url : avatarUrl,
    settings: mergedSettings(before.settings, settings),
  };
  return {
    ...(after.name !== before.name && { name: after.name }),
    ...(after.description !== before.description && { description: after.description }),
    ...(after.avatar_url !== before.avatar_url && { avatar_url: after.avatar_url }),
    ...(!sameSettings(after.settings, before.settings) && { settings: after.settings }),
  };
}

function mergedSettings(before: ConversationSettings, given: UpdateConversation['settings']): ConversationSettings {
  return {
    send: given?.send ?? before.send,
    invite: given?.invite ?? before.invite,
    pin: given?.pin ?? before.pin,
  };
}

function sameSettings(a: ConversationSettings, b: ConversationSettings): boolean {
  return a.send === b.send && a.invite === b.invite && a.pin === b.pin;
}

/** A text of a user may begin with a dollar sign. */
function literals(values: object): Document {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { $literal: value }]));
}
