import type { ConversationDocument, MemberDocument } from '../storage/documents.js';
import { type Action, may, outranks } from './permissions.js';

type Member = Pick<MemberDocument, 'role' | 'permissions'>;
type Conversation = Pick<ConversationDocument, 'type' | 'settings'>;

const everyone = { send: 'MEMBER', invite: 'MEMBER', pin: 'MEMBER' } as const;
const group: Conversation = { type: 'GROUP', settings: everyone };
const channel: Conversation = { type: 'CHANNEL', settings: { ...everyone, send: 'ADMIN', invite: 'ADMIN' } };
const direct: Conversation = { type: 'DIRECT', settings: everyone };
const member: Member = { role: 'MEMBER', permissions: {} };
const actions: Action[] = ['send', 'media', 'invite', 'pin', 'manage'];

function allowed(who: Member, where: Conversation): Action[] {
  return actions.filter((action) => may(action, who, where));
}

it.each<[string, Member, Conversation, Action[]]>([
  ['a member of a group sends, invites and pins', member, group, ['send', 'media', 'invite', 'pin']],
  ['a member of a channel reads', member, channel, ['pin']],
  ['a moderator of a channel manages', { role: 'MODERATOR', permissions: {} }, channel, ['pin', 'manage']],
  ['an admin of a channel may all', { role: 'ADMIN', permissions: {} }, channel, actions],
  ['two people send and pin', member, direct, ['send', 'media', 'pin']],
  [
    'a muted member does not send media either',
    { role: 'MEMBER', permissions: { send: false } },
    group,
    ['invite', 'pin'],
  ],
  [
    'a member who was let',
    { role: 'MEMBER', permissions: { send: true, manage: true } },
    channel,
    ['send', 'media', 'pin', 'manage'],
  ],
  ['an owner may all, whatever was said', { role: 'OWNER', permissions: { send: false } }, channel, actions],
])('%s', (_, who, where, expected) => {
  expect(allowed(who, where)).toEqual(expected);
});

it('lets only those above change somebody', () => {
  expect(outranks('ADMIN', 'MODERATOR')).toBe(true);
  expect(outranks('ADMIN', 'ADMIN')).toBe(false);
  expect(outranks('MEMBER', 'OWNER')).toBe(false);
});
