import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '@plaza/embedded';
import { Actor, eventually, settle, testServers } from '@plaza/testing';
import { ChatProcess } from '../src/chat-process.js';
import { type Platform, startPlatform } from '../src/platform.js';
import { Wire } from '../src/wire.js';
import { personNamed } from '../src/workload.js';

interface List<T> {
  items: T[];
}

const folder = mkdtempSync(join(tmpdir(), 'plaza-realtime-'));

/** Frames that the gateway keeps: few, so that one can be away for too long. */
const KEPT = 10;

let platform: Platform;
let wire: Wire;
let alice: Actor;
let bob: Actor;
let conversation: string;
let program: ChatProcess;

beforeAll(async () => {
  platform = await startPlatform('all-in-one', testServers(), { PLAZA_STREAM_RING_FRAMES: String(KEPT) });
  wire = await Wire.to(platform.client.baseUrl);
  alice = await Actor.register(platform.client, personNamed('alice', 'Alice'));
  bob = await Actor.register(platform.client, personNamed('bob', 'Bob'));
  const began = { type: 'DIRECT', participantIds: [alice.id] };
  conversation = (await bob.post<{ id: string }>('/v1/conversations', began)).body.id;
  program = programOfThePage();
}, 180_000);
afterAll(async () => {
  program?.kill();
  wire?.close();
  await platform?.stop();
  rmSync(folder, { recursive: true });
});

function programOfThePage(): ChatProcess {
  const page = readFileSync(join(checkout, 'docs/realtime.md'), 'utf8');
  const [, text] = /```ts\n(.*?)```/s.exec(page) ?? [];
  const file = join(folder, 'chat.mts');
  writeFileSync(file, text ?? '');
  return ChatProcess.run(file, ['alice', alice.person.password, conversation], { PLAZA_URL: wire.url });
}

async function bobSays(content: string): Promise<void> {
  const { status } = await bob.post(`/v1/conversations/${conversation}/messages`, { content });
  expect(status).toBe(201);
}

async function contents(): Promise<string[]> {
  const { body } = await bob.get<List<{ content: string }>>(`/v1/conversations/${conversation}/messages`);
  return body.items.map(({ content }) => content);
}

const settled = () => settle({ prefix: platform.prefix, databases: Object.values(platform.databases) });
const timesOf = (line: string) => program.lines.filter((it) => it === line).length;

it('prints what happens, as soon as it is connected', async () => {
  await eventually(async () => {
    await bobSays('Are you there?');
    expect(timesOf('Bob: Are you there?')).toBeGreaterThan(0);
  });
  await bob.put(`/v1/follows/${alice.id}`);
  await program.line(/^\* Bob started following you$/);
}, 60_000);

it('sends what is typed', async () => {
  program.type('Yes, here.');
  await program.line(/^Alice: Yes, here\.$/);
  expect(await contents()).toContain('Yes, here.');
}, 60_000);

it('misses nothing that happens while it is cut off, prints nothing twice, and what was typed is sent once', async () => {
  wire.cut();
  await bobSays('One');
  await bobSays('Two');
  program.type('Three');
  await settled();
  wire.mend();
  await program.line(/^Alice: Three$/);
  await eventually(async () => expect((await contents()).filter((it) => it === 'Three')).toHaveLength(1));
  expect(['Bob: One', 'Bob: Two', 'Alice: Three'].map(timesOf)).toEqual([1, 1, 1]);
}, 60_000);

it('says that it was away for too long', async () => {
  wire.cut();
  for (let n = 0; n <= KEPT; n += 1) await bobSays(`Number ${n}`);
  await settled();
  wire.mend();
  await program.line(/^\(away for too long/);
}, 60_000);

it('ends when its session is ended', async () => {
  const { body } = await alice.get<List<{ id: string; current: boolean }>>('/v1/auth/sessions');
  for (const { id, current } of body.items) if (!current) await alice.delete(`/v1/auth/sessions/${id}`);
  expect(await program.end()).toBe(0);
}, 60_000);
