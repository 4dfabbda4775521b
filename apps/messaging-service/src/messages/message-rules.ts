import { Conflict, Forbidden } from '@plaza/service-kit';
import { may, outranks } from '../conversations/permissions.js';
import type { MemberDocument, MessageDocument } from '../storage/documents.js';
import type { FoundMessage } from './message-access.js';

/** @throws Conflict MESSAGE_DELETED */
function expectThere({ deleted_at }: Pick<MessageDocument, 'deleted_at'>): void {
  if (deleted_at) throw messageDeleted();
}

export function messageDeleted(): Conflict {
  return new Conflict('MESSAGE_DELETED', 'The message was deleted.');
}

/**
 * @param window milliseconds after sending in which a message may be edited
 * @throws Forbidden MESSAGE_NOT_YOURS, SEND_NOT_ALLOWED, EDIT_WINDOW_OVER; Conflict MESSAGE_DELETED
 */
export function expectEditable({ message, conversation, member, now }: FoundMessage, window: number): void {
  // What the service wrote has no words that anybody could change; what is not a text is what it was sent as.
  if (message.sender_id !== member.user_id || message.type === 'SYSTEM' || message.type === 'EMOTION')
    throw new Forbidden('MESSAGE_NOT_YOURS', 'The message is not yours to change.');
  expectThere(message);
  if (!may('send', member, conversation))
    throw new Forbidden('SEND_NOT_ALLOWED', 'You may not send messages to this conversation.');
  if (now.getTime() - message.created_at.getTime() > window)
    throw new Forbidden('EDIT_WINDOW_OVER', 'The message is too old to be edited.');
}

/**
 * Its sender, or who moderates the conversation and stands above the sender.
 * @param sender the sender's membership; undefined of one who has left
 * @throws Forbidden MESSAGE_NOT_YOURS
 */
export function expectDeletable(
  { message, conversation, member }: Omit<FoundMessage, 'now' | 'hidden'>,
  sender: Pick<MemberDocument, 'role'> | undefined,
): void {
  const own = message.sender_id === member.user_id;
  const moderated = may('manage', member, conversation) && (!sender || outranks(member.role, sender.role));
  // What has happened in the conversation stays told.
  if (message.type === 'SYSTEM' || !(own || moderated))
    throw new Forbidden('MESSAGE_NOT_YOURS', 'The message is not yours to delete for everybody.');
}

/** @throws Conflict MESSAGE_DELETED; Forbidden PIN_NOT_ALLOWED */
export function expectPinnable({ message, conversation, member }: FoundMessage): void {
  expectThere(message);
  expectMayPin({ conversation, member });
}

/** @throws Forbidden PIN_NOT_ALLOWED */
export function expectMayPin({ conversation, member }: Pick<FoundMessage, 'conversation' | 'member'>): void {
  if (!may('pin', member, conversation))
    throw new Forbidden('PIN_NOT_ALLOWED', 'You may not pin messages in this conversation.');
}
