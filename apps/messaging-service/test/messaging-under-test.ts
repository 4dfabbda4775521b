import { randomUUID } from 'node:crypto';
import { type ConversationType, fact, UserCreated, type UserState } from '@plaza/contracts';
import { type ActorData, actors, userState } from '@plaza/testing';
import { ServiceUnderTest } from '@plaza/testing/service';
import type { ConversationView } from '../src/conversations/conversation.view.js';
import { messagingService } from '../src/index.js';
import type { MessageView } from '../src/messages/message.view.js';
import { collections, pairKey } from '../src/storage/collections.js';

export const { alice, bob, carol } = actors;

/** Changes of a user as user-service would tell of it. */
export type UserChanges = Partial<Omit<UserState, 'audience'>> & { audience?: Partial<UserState['audience']> };

/** messaging-service that knows alice, bob and carol; `changes` of one of them by username. */
export async function messagingUnderTest(
  changes: Record<string, UserChanges> = {},
  env: NodeJS.ProcessEnv = {},
): Promise<ServiceUnderTest> {
  const service = await ServiceUnderTest.start(messagingService, env);
  for (const actor of [alice, bob, carol]) await publishUser(service, actor, changes[actor.username]);
  await service.settle();
  return service;
}

/** As user-service tells of somebody who has registered. */
export async function publishUser(
  service: ServiceUnderTest,
  actor: Pick<ActorData, 'id' | 'username' | 'displayName'>,
  changes: UserChanges = {},
): Promise<void> {
  const state = userState(actor);
  const audience = { ...state.audience, ...changes.audience };
  await service.publish(fact(UserCreated, { ...state, ...changes, audience }), { version: 1 });
}

/** Ids of as many people as are asked for, whom the service knows. */
export async function people(service: ServiceUnderTest, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  for (const [index, id] of ids.entries()) {
    await publishUser(service, { id, username: `person${index}`, displayName: `Person ${index}` });
  }
  await service.settle();
  return ids;
}

/** As if the fact of a change of the account had come. */
export async function setAccount(service: ServiceUnderTest, id: string, changes: UserChanges): Promise<void> {
  const { accountStatus, audience = {} } = changes;
  const levels = Object.entries(audience).map(([name, level]) => [`audience.${name}`, level]);
  const set = { ...(accountStatus && { account_status: accountStatus }), ...Object.fromEntries(levels) };
  await service.db.collection<{ _id: string }>('user_cache').updateOne({ _id: id }, { $set: set });
}

/** As if the fact of it had come: who blocks, and who is blocked. */
export async function block(service: ServiceUnderTest, blocker: string, blocked: string): Promise<void> {
  const ends = { blocker_id: blocker, blocked_id: blocked };
  await collections.blocks(service.db).insertOne({ _id: `${blocker}:${blocked}`, ...ends, active: true, version: 1 });
}

/** As if the fact of it had come. */
export async function befriend(service: ServiceUnderTest, a: string, b: string): Promise<void> {
  await collections.friendships(service.db).insertOne({ _id: pairKey(a, b), active: true, version: 1 });
}

/** Nobody blocks or is friends with anybody any more. */
export async function forgetRelations(service: ServiceUnderTest): Promise<void> {
  await collections.blocks(service.db).deleteMany({});
  await collections.friendships(service.db).deleteMany({});
}

/** All conversations are gone, with everything in them, and so are the facts told of them. */
export async function forgetConversations(service: ServiceUnderTest): Promise<void> {
  const { conversations, members, messages, edits, hidden, emotions } = collections;
  for (const collection of [conversations, members, messages, edits, hidden, emotions]) {
    await collection(service.db).deleteMany({});
  }
  await service.db.collection('outbox').deleteMany({});
}

/** A conversation of the two, begun by the first. */
export function direct(service: ServiceUnderTest, as: string, other: string): Promise<ConversationView> {
  return converse(service, as, { type: 'DIRECT', participantIds: [other] });
}

/** A group of the first one and the others. */
export function group(
  service: ServiceUnderTest,
  owner: string,
  participantIds: string[],
  o: { name?: string; type?: ConversationType } = {},
): Promise<ConversationView> {
  return converse(service, owner, { type: 'GROUP', name: 'Friends of Plaza', participantIds, ...o });
}

async function converse(service: ServiceUnderTest, as: string, body: object): Promise<ConversationView> {
  const answer = await service.request<ConversationView>('POST', '/v1/conversations', { as, body });
  if (answer.status !== 201) throw new Error(`POST /v1/conversations: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Sends a text through its route. */
export async function sendText(
  service: ServiceUnderTest,
  conversationId: string,
  as: string,
  content = 'Hello',
): Promise<MessageView> {
  const path = `/v1/conversations/${conversationId}/messages`;
  const answer = await service.request<MessageView>('POST', path, { as, body: { content } });
  if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export interface SeenFrame {
  audience: 'USER' | 'CONVERSATION';
  audienceId: string;
  exceptUserId: string | null;
  momentary: boolean;
  asOf?: number;
  frame: { type: string; time: string; data: Record<string, unknown> };
  joined: string[];
  left: string[];
  /** Its clock. */
  version: number;
}

/** The frames that the service has put into its outbox, oldest first; those of one type where one is given. */
export async function frames(service: ServiceUnderTest, type?: string): Promise<SeenFrame[]> {
  const rows = await service.db
    .collection('outbox')
    .find({ topic: 'stream.frame' }, { sort: { clock: 1, _id: 1 } })
    .toArray();
  const all: SeenFrame[] = rows.map(({ payload, version }) => ({ ...JSON.parse(payload), version }));
  return all.filter(({ frame }) => type === undefined || frame.type === type);
}

/** The types of the facts that were told, oldest first, without the frames. */
export async function factTypes(service: ServiceUnderTest): Promise<string[]> {
  return (await service.facts()).map(({ type }) => type).filter((type) => type !== 'frame.published');
}
