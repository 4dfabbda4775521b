import { Injectable } from '@nestjs/common';
import { factId } from '@plaza/kafka';
import { ownRecord, requestContext } from '@plaza/service-kit';
import { type MessageView, sentView } from '../messages/message.view.js';
import { MessageViews } from '../messages/message-views.js';
import type { SendMessage } from '../messages/send.dto.js';
import { clientIdOf } from './client-id.js';
import { MessageSender } from './message-sender.js';
import type { ClientId, Send, Sent } from './send.js';

/** What people say, with what they are answered. */
@Injectable()
export class SendingService {
  constructor(
    private readonly sender: MessageSender,
    private readonly views: MessageViews,
  ) {}

  /** Sends a message; one that was sent before is found by its client id, as it is now. */
  async send(
    senderId: string,
    conversationId: string,
    body: SendMessage,
  ): Promise<{ view: MessageView; isNew: boolean }> {
    const sent = await ownRecord(async (scope) => {
      const client = clientIdOf(conversationId, body, scope);
      const result = await this.sender.send(sendOf({ senderId, conversationId, client }, body));
      return { result, replayed: scope !== undefined && result.repeated };
    });
    return { view: await this.viewOf(senderId, sent), isNew: !sent.repeated };
  }

  private async viewOf(senderId: string, { message, sender, conversation, repeated }: Sent): Promise<MessageView> {
    return repeated ? this.views.one(senderId, message, conversation) : sentView(message, sender);
  }
}

function sendOf(
  who: Pick<Send, 'senderId' | 'conversationId'> & { client?: ClientId },
  { type, content, replyToId, mentionedUserIds, metadata }: SendMessage,
): Send {
  const { deadline = Number.POSITIVE_INFINITY, traceparent } = requestContext() ?? {};
  const said = { type, content: content ?? null, replyToId, mentionedUserIds, metadata: metadata ?? null };
  return { id: factId(), ...who, ...said, deadline, traceparent };
}
