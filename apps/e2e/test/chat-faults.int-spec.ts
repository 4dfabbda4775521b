import { type Stack, startStack } from '@plaza/embedded';
import { type Actor, eventually, inParallel, settle } from '@plaza/testing';
import { wrongCopies } from '../src/checker.js';
import {
  chatIn,
  wrongList,
  wrongMessages,
  wrongReads,
  wrongSeqs,
  wrongTold,
  wrongUnread,
  wrongWatermarks,
} from '../src/checker-chat.js';
import { leftovers } from '../src/checker-facts.js';
import { Correspondent } from '../src/correspondent.js';
import { inDocuments } from '../src/documents.js';
import { part } from '../src/faults.js';
import { allPages } from '../src/pages.js';
import { NO_RATES, type Platform, startPlatform } from '../src/platform.js';
import { randomFrom } from '../src/random.js';
import { SentLedger } from '../src/sent-ledger.js';
import { register } from '../src/workload.js';

const CLIENTS = 16;
const DIRECT = 8;
const GROUPS = 11;
const SENDS = 2_000;
const READ_EVERY = 10;

let stack: Stack;
let platform: Platform;
let correspondents: Correspondent[];
const ledger = new SentLedger();

beforeAll(async () => {
  stack = await startStack();
  platform = await startPlatform('services', stack.urls, NO_RATES);
  const people = await register(platform.client, CLIENTS);
  const conversations = await beginAll(people);
  await settled();
  correspondents = people.map((actor) => {
    const own = conversations.filter(({ members }) => members.includes(actor.id)).map(({ id }) => id);
    return new Correspondent(actor, { ledger, conversations: own });
  });
  for (const one of correspondents) one.start();
}, 240_000);

afterAll(async () => {
  await Promise.all(correspondents?.map((one) => one.stop()) ?? []);
  await platform?.stop();
  await stack?.stop();
});

interface Begun {
  id: string;
  members: string[];
}

/** Everybody is in one direct conversation, in some groups of five, and in one of all. */
async function beginAll(people: Actor[]): Promise<Begun[]> {
  const begun: Begun[] = [];
  const begin = async (type: 'DIRECT' | 'GROUP', [first, ...others]: Actor[]) => {
    if (!first) throw new Error('nobody begins it');
    const participantIds = others.map(({ id }) => id);
    const body = { type, participantIds, ...(type === 'GROUP' && { name: `Group ${begun.length}` }) };
    const made = await first.post<{ id: string }>('/v1/conversations', body);
    expect(made.status).toBe(201);
    begun.push({ id: made.body.id, members: [first.id, ...participantIds] });
  };
  const someFrom = (start: number, count: number) =>
    Array.from({ length: count }, (_, step) => people[(start + step * 3) % CLIENTS]).filter((one) => one !== undefined);
  for (let pair = 0; pair < DIRECT; pair += 1) await begin('DIRECT', people.slice(2 * pair, 2 * pair + 2));
  for (let group = 0; group < GROUPS; group += 1) await begin('GROUP', someFrom(group, 5));
  await begin('GROUP', people);
  return begun;
}

function settled(): Promise<void> {
  const databases = Object.values(platform.databases);
  return settle({ prefix: platform.prefix, databases, brokers: stack.urls.kafkaBrokers, timeoutMs: 120_000 });
}

/** What the lists of conversations say is unread, by `<conversation>:<user>`. */
async function shownUnread(): Promise<Map<string, number>> {
  const shown = new Map<string, number>();
  for (const { actor } of correspondents) {
    const listed = await allPages<{ id: string; unreadCount: number }>(actor, '/v1/conversations');
    for (const { id, unreadCount } of listed) shown.set(`${id}:${actor.id}`, unreadCount);
    const all = await actor.get<{ messages: number }>('/v1/conversations/unread-count');
    expect(all.body.messages).toBe(listed.reduce((sum, { unreadCount }) => sum + unreadCount, 0));
  }
  return shown;
}

async function wrongLists(): Promise<string[]> {
  const chat = await chatIn(platform);
  return correspondents.flatMap(({ actor, inbox, conversations }) =>
    conversations.flatMap((id) => wrongList(chat, id, inbox.in(id)).map((line) => `${actor.person.username}: ${line}`)),
  );
}

/** Kills processes and servers at once and starts them again. */
async function kill(...names: Array<'messaging-service' | 'api-gateway' | 'mongodb'>): Promise<void> {
  const processes = platform.processes.filter(({ name }) => names.some((one) => one === name));
  const servers = names.includes('mongodb') ? [part(stack, 'mongodb')] : [];
  await Promise.all([...processes.map((it) => it.end('SIGKILL')), ...servers.map((it) => it.kill('SIGKILL'))]);
  await Promise.all(servers.map((server) => server.start()));
  for (const process of processes) process.start();
  await platform.ready();
}

/** Everybody says something in turn, here and there; `between` is told how much was said. */
async function talk(between: (said: number) => void): Promise<void> {
  let said = 0;
  await inParallel(CLIENTS, [...correspondents.entries()], async ([index, one]) => {
    const random = randomFrom(index);
    for (let turn = 1; turn <= SENDS / CLIENTS; turn += 1) {
      const conversationId = random.of(one.conversations) ?? '';
      await one.say(conversationId, `${index}-${turn}`, index % 2 === 0 ? 'stream' : 'request');
      if (turn % READ_EVERY === 0) await one.read(random.of(one.conversations) ?? '');
      said += 1;
      between(said);
    }
  });
}

it('stores each acknowledged message once, in its place, and shows it to each member once, whatever is killed', async () => {
  const faults = [
    () => kill('messaging-service'),
    () => kill('api-gateway'),
    () => kill('mongodb'),
    () => kill('messaging-service', 'api-gateway', 'mongodb'),
  ];
  const every = SENDS / (faults.length + 1);
  let killed = Promise.resolve();
  await talk((said) => {
    const fault = said % every === 0 ? faults[said / every - 1] : undefined;
    if (fault) killed = killed.then(fault);
  });
  await killed;
  await settled();
  const chat = await chatIn(platform);
  expect(wrongMessages(chat, ledger)).toEqual([]);
  expect(wrongSeqs(chat)).toEqual([]);
  expect(wrongReads(chat, ledger)).toEqual([]);
  expect(wrongWatermarks(chat)).toEqual([]);
  expect(wrongUnread(chat, await shownUnread())).toEqual([]);
  expect(await wrongTold(platform, chat)).toEqual([]);
  expect(await leftovers(platform)).toEqual([]);
  expect(await wrongCopies(platform)).toEqual([]);
  await eventually(async () => expect(await wrongLists()).toEqual([]), { withinMs: 60_000 });
  // What is compared is not nothing.
  expect(ledger.messages.size).toBe(SENDS);
  expect(ledger.repeats).toBeGreaterThan(0);
  expect(chat.messages.filter(({ type }) => type === 'TEXT')).toHaveLength(SENDS);
}, 480_000);

it('would notice an acknowledged message that is gone', async () => {
  const lost = await inDocuments(platform, (db) => db.collection('messages').findOneAndDelete({ type: 'TEXT' }));
  const chat = await chatIn(platform);
  expect(wrongMessages(chat, ledger)).toEqual([expect.stringContaining(String(lost?.client_id))]);
  expect(wrongSeqs(chat).length).toBeGreaterThan(0);
  expect((await wrongLists()).length).toBeGreaterThan(0);
});
