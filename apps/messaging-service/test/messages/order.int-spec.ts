import type { ServiceUnderTest } from '@plaza/testing/service';
import type { MessageView } from '../../src/messages/message.view.js';
import { alice, bob, direct, group, messagingUnderTest, sendText } from '../messaging-under-test.js';
import { get, told, toldKinds } from './bed.js';

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await messagingUnderTest();
});
afterAll(() => service?.stop());

const change = (method: string, path: string, as: string, body?: object) =>
  service.request(method, `/v1/messages/${path}`, { as, body });

it('tells of all that happens to a message in one order, and all of it reaches Kafka', async () => {
  const { id: conversation } = await direct(service, alice.id, bob.id);
  const { id } = await sendText(service, conversation, alice.id);
  await change('PUT', `${id}/reactions/LOVE`, bob.id);
  await change('PATCH', id, alice.id, { content: 'Good morning' });
  await change('PUT', `${id}/pin`, bob.id);
  await change('DELETE', `${id}/pin`, bob.id);
  await change('DELETE', id, alice.id);
  const kinds = (await toldKinds(service, conversation)).filter((kind) => kind.includes('message.'));
  expect(kinds).toEqual([
    ...['message.sent', 'frame message.sent', 'message.reacted', 'frame message.reacted'],
    ...['message.edited', 'frame message.edited', 'frame message.pinned', 'frame message.unpinned'],
    ...['message.deleted', 'frame message.deleted'],
  ]);
  const clocks = (await told(service, conversation)).map(({ clock }) => clock);
  expect(new Set(clocks).size).toBe(clocks.length);
  await service.settle();
});

it('keeps that order while messages are sent, edited, reacted to and deleted at once', async () => {
  const { id: conversation } = await group(service, alice.id, [bob.id]);
  const talk = async (index: number) => {
    const { id } = await sendText(service, conversation, alice.id, `Number ${index}`);
    const [edited, reacted] = await Promise.all([
      change('PATCH', id, alice.id, { content: `Edited ${index}` }),
      change('PUT', `${id}/reactions/LIKE`, bob.id),
    ]);
    if (index % 4 === 0) await change('DELETE', id, alice.id);
    return [edited.status, reacted.status];
  };
  const statuses = await Promise.all(Array.from({ length: 12 }, (_, index) => talk(index)));
  expect(statuses).toEqual(statuses.map(() => [200, 200]));
  const { items } = await get(service, bob.id, `/v1/conversations/${conversation}/messages?afterSeq=0&limit=100`);
  for (const message of items) expect(await lastTold(conversation, message.id)).toEqual(shown(message));
  const own = items.slice(-12).map(({ seq }) => seq);
  expect(own).toEqual(own.map((_, index) => (own[0] ?? 0) + index));
});

const shown = ({ content, emotions, deletedAt }: MessageView) =>
  deletedAt ? { deleted: true } : { content, emotions };

/** What a client has that has followed all frames. */
async function lastTold(conversation: string, id: string): Promise<unknown> {
  let known: Record<string, unknown> = {};
  for (const { frame, data } of await told(service, conversation)) {
    if ((data.id ?? data.messageId) !== id) continue;
    if (frame === 'message.sent' || frame === 'message.edited')
      known = { content: data.content, emotions: data.emotions };
    if (frame === 'message.reacted') known = { ...known, emotions: data.emotions };
    if (frame === 'message.deleted') known = { deleted: true };
  }
  return known;
}
