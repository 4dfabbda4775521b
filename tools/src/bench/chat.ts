import { setTimeout as pause } from 'node:timers/promises';
import { type Platform, register, type Servers, Talker } from '@plaza/e2e';
import { type Actor, inParallel } from '@plaza/testing';
import { at, counter, onPlatform, ROUNDS, SECONDS } from './bed.js';
import { bareChat } from './chat-floor.js';
import { idleSockets } from './chat-sockets.js';
import { bareCollection, chatStorage, speedOf } from './chat-storage.js';
import { answersPerSecond, percentile } from './load.js';
import { printFigure } from './report.js';

const SENDERS = 64;
const CONVERSATIONS = 100;
const PAIRS = 25;
const GROUP = 200;
const MESSAGES = 600;
const PER_SECOND = 50;
const WORDS = 'Did you see what they said about the boat last night? I would not have believed it';

const UNLIMITED = {
  PLAZA_RATE_COMMANDS_PER_MINUTE: '100000000',
  PLAZA_STREAM_FRAMES_PER_SECOND: '100000',
  PLAZA_STREAM_FRAMES_AT_ONCE: '100000',
};

/** `npm run bench -- chat`: messages stored, sent and seen, medians of 3, beside their floor in the same run. */
export const chat = {
  storage: chatStorage,
  sending: () => onPlatform('all-in-one', sending, UNLIMITED),
  latency: () => onPlatform('all-in-one', latency, UNLIMITED),
  group: () => onPlatform('all-in-one', group, UNLIMITED),
  sockets: idleSockets,
};

type Rounds = Array<{ value: number; floor: number }>;

interface Conversation {
  id: string;
  sender: Actor;
}

async function sending(platform: Platform, { mongodbUrl }: Servers): Promise<void> {
  const people = await register(platform.client, SENDERS);
  const conversations = await conversationsOf(CONVERSATIONS, (index) => membersAt(people, index));
  const talkers = await connected(people);
  const floor = await bareCollection(mongodbUrl);
  try {
    for (const senders of [16, SENDERS]) {
      const requests: Rounds = [];
      const commands: Rounds = [];
      for (const _ of ROUNDS) {
        const below = (await speedOf({ senders, send: floor.insert })).perSecond;
        requests.push({ value: await byRequest(platform, conversations, senders), floor: below });
        commands.push({ value: await byStream(talkers, conversations, senders), floor: below });
      }
      const beside = `${senders} senders, ${CONVERSATIONS} conversations, beside a bare driver that inserts documents`;
      const print = (how: string, ratio: number, rounds: Rounds) =>
        printFigure({ name: `messages by ${how}, ${beside}`, unit: '/s', target: `at least ${ratio}`, ratio, rounds });
      print('POST', 0.6, requests);
      print('stream', 1, commands);
    }
  } finally {
    await Promise.all([...talkers.values()].map((talker) => talker.close()));
    await floor.client.close();
  }
}

function byRequest(platform: Platform, conversations: Conversation[], connections: number): Promise<number> {
  const next = counter();
  const ask = () => {
    const { id, sender } = at(conversations, next());
    const path = `/v1/conversations/${id}/messages`;
    return { path, token: sender.session.accessToken, body: { content: WORDS } };
  };
  return answersPerSecond({
    url: platform.client.baseUrl,
    method: 'POST',
    seconds: SECONDS,
    connections,
    next: ask,
  });
}

async function byStream(talkers: Map<Actor, Talker>, conversations: Conversation[], senders: number): Promise<number> {
  // One command of a socket is carried out after the other, so each sender waits on a socket of its own.
  const of = [...talkers.values()].slice(0, senders).map((talker, sender) => {
    return { talker, own: conversations.filter((_, index) => index % senders === sender), next: counter() };
  });
  const { perSecond } = await speedOf({
    senders,
    send: async (sender) => {
      const { talker, own, next } = at(of, sender);
      await talker.tell(at(own, next()).id, WORDS);
    },
  });
  return perSecond;
}

/** Milliseconds from a client's send to the frame at another's socket. */
async function latency(platform: Platform, servers: Servers): Promise<void> {
  const people = await register(platform.client, 2 * PAIRS);
  const conversations = await conversationsOf(PAIRS, (index) => [at(people, index), at(people, PAIRS + index)]);
  const talkers = await connected(people);
  const floor = await bareChat(servers);
  const steady = { messages: MESSAGES, perSecond: PER_SECOND };
  await inRounds(
    `send over the stream → frame at another's socket, ${PER_SECOND}/s, beside a bare insert and a record through Kafka`,
    { p50: 8, p99: 30 },
    () => lagsOf(talkers, { ...steady, conversations }),
    () => tookEach(steady, floor.send),
  );
  await floor.end();
  await Promise.all([...talkers.values()].map((talker) => talker.close()));
}

async function group(platform: Platform): Promise<void> {
  const people = await register(platform.client, GROUP);
  const [owner, ...others] = people;
  if (!owner) throw new Error('a group has an owner');
  const ids = others.map(({ id }) => id);
  const id = await begun(owner, { type: 'GROUP', name: 'Everybody', participantIds: ids.slice(0, 99) });
  await must(owner.post(`/v1/conversations/${id}/members`, { userIds: ids.slice(99) }));
  const talkers = await connected(people);
  await inRounds(`a message in a group → frame at each of its ${GROUP} members' sockets, 5/s`, { p99: 100 }, () =>
    lagsOf(talkers, { conversations: [{ id, sender: owner }], messages: 50, perSecond: 5 }),
  );
  await Promise.all([...talkers.values()].map((talker) => talker.close()));
}

async function inRounds(
  name: string,
  asked: { p50?: number; p99: number },
  measure: () => Promise<number[]>,
  measureFloor?: () => Promise<number[]>,
): Promise<void> {
  // Code that runs for the first time is not what is measured.
  await measureFloor?.();
  await measure();
  const p50 = [];
  const p99 = [];
  for (const _ of ROUNDS) {
    const below = await measureFloor?.();
    const lags = await measure();
    p50.push({ value: percentile(lags, 0.5), floor: below && percentile(below, 0.5) });
    p99.push({ value: percentile(lags, 0.99), floor: below && percentile(below, 0.99) });
  }
  const target = asked.p50 === undefined ? 'none' : `at most ${asked.p50} ms`;
  printFigure({ name: `${name}, p50`, unit: 'ms', target, rounds: p50 });
  printFigure({ name: `${name}, p99`, unit: 'ms', target: `at most ${asked.p99} ms`, rounds: p99 });
}

interface Steady {
  messages: number;
  perSecond: number;
}

/** Does something at a steady rate, whatever it takes. */
async function steadily({ messages, perSecond }: Steady, act: (index: number) => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  const indexes = Array.from({ length: messages }, (_, index) => index);
  await Promise.all(
    indexes.map(async (index) => {
      const due = startedAt + (index * 1_000) / perSecond;
      await pause(Math.max(0, due - performance.now()));
      await act(index);
    }),
  );
}

/** Milliseconds that each took. */
async function tookEach(steady: Steady, act: (index: number) => Promise<void>): Promise<number[]> {
  const took: number[] = [];
  await steadily(steady, async (index) => {
    const from = performance.now();
    await act(index);
    took.push(performance.now() - from);
  });
  return took;
}

/** Milliseconds from each send to its frame at the sockets of each but its sender. */
async function lagsOf(
  talkers: Map<Actor, Talker>,
  { conversations, ...steady }: Steady & { conversations: Conversation[] },
): Promise<number[]> {
  const sentAt = new Map<string, number>();
  const lags: number[] = [];
  for (const [{ id }, talker] of talkers)
    talker.onFrame = (frame) => {
      if (frame.type !== 'message.sent' || frame.data.sender.id === id) return;
      const from = sentAt.get(frame.data.content ?? '');
      if (from !== undefined) lags.push(performance.now() - from);
    };
  const startedAt = performance.now();
  await steadily(steady, async (index) => {
    const { id, sender } = at(conversations, index);
    const content = `${index} of ${startedAt}: ${WORDS}`;
    sentAt.set(content, performance.now());
    await talkers.get(sender)?.tell(id, content);
  });
  const receivers = conversations.length === 1 ? talkers.size - 1 : 1;
  while (lags.length < steady.messages * receivers) await pause(10);
  return lags;
}

/** Whichever number of the people sends, to each one's conversations belong those at its index, and at every so many behind. */
function membersAt(people: Actor[], index: number): [Actor, Actor] {
  const one = at(people, index);
  const other = at(people, index % 16);
  return [one, one === other ? at(people, (index % 16) + 16) : other];
}

async function conversationsOf(count: number, members: (index: number) => [Actor, Actor]): Promise<Conversation[]> {
  const conversations: Conversation[] = [];
  const indexes = Array.from({ length: count }, (_, index) => index);
  await inParallel(8, indexes, async (index) => {
    const [sender, other] = members(index);
    const id = await begun(sender, { type: 'GROUP', name: `Conversation ${index}`, participantIds: [other.id] });
    conversations[index] = { id, sender };
  });
  return conversations;
}

async function begun(owner: Actor, body: object): Promise<string> {
  const { id } = await must(owner.post<{ id: string }>('/v1/conversations', body));
  return id;
}

async function must<T>(asked: Promise<{ status: number; body: T }>): Promise<T> {
  const { status, body } = await asked;
  if (status >= 300) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

async function connected(people: Actor[]): Promise<Map<Actor, Talker>> {
  const talkers = new Map(people.map((actor) => [actor, new Talker(actor)]));
  await inParallel(10, [...talkers.values()], async (talker) => void (await talker.connect()));
  return talkers;
}
