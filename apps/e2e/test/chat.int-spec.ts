import { randomUUID } from 'node:crypto';
import { freePort } from '@plaza/embedded';
import { Actor, eventually, inParallel, PlazaClient, settle, testServers } from '@plaza/testing';
import { ChatProcess } from '../src/chat-process.js';
import { chatRoutes } from '../src/chat-routes.js';
import { NO_RATES, type Platform, startPlatform, type Topology } from '../src/platform.js';
import { entryOf, PlatformProcess } from '../src/processes.js';
import type { SeenFrame } from '../src/seen-frames.js';
import { Talker } from '../src/talker.js';
import { tie } from '../src/ties.js';
import { Wire } from '../src/wire.js';
import { personNamed } from '../src/workload.js';

const TOPOLOGIES: Topology[] = ['all-in-one', 'services'];
const MEMBERS = 50;
/** Said while somebody is away. */
const MISSED = 30;
/** Within 1 s of the block, and within 5 s of the last connection's end; five times that is the deadline of a test. */
const BLOCKED_WITHIN = { withinMs: 5_000 };
const OFFLINE_WITHIN = { withinMs: 25_000 };

interface Conversation {
  id: string;
  unreadCount: number;
}
interface Message {
  id: string;
  seq: number;
  content: string | null;
  status: string;
}
interface Page<T> {
  items: T[];
}

describe.each(TOPOLOGIES)('people talk (%s)', (topology) => {
  let platform: Platform;
  let alice: Actor;
  let bob: Actor;
  /** Their open clients. */
  let atAlice: Talker;
  let atBob: Talker;
  let direct: string;
  const atEnd: Array<() => unknown> = [];

  beforeAll(async () => {
    platform = await startPlatform(topology, testServers(), NO_RATES);
    [alice, bob] = await Promise.all([registered('alice', 'Alice'), registered('bob', 'Bob')]);
    [atAlice, atBob] = await Promise.all([opened(alice), opened(bob)]);
  }, 180_000);
  afterAll(async () => {
    await Promise.all(atEnd.map((end) => end()));
    await platform?.stop();
  });

  const registered = (username: string, displayName?: string) =>
    Actor.register(platform.client, personNamed(username, displayName));
  const settled = () => settle({ prefix: platform.prefix, databases: Object.values(platform.databases) });

  async function opened(actor: Actor, url?: string): Promise<Talker> {
    const talker = await Talker.open(actor, url);
    atEnd.push(() => talker.close());
    return talker;
  }

  async function wired(): Promise<Wire> {
    const wire = await Wire.to(platform.client.baseUrl);
    atEnd.push(() => wire.close());
    return wire;
  }

  async function begun(actor: Actor, body: object): Promise<string> {
    const { status, body: made } = await actor.post<Conversation>('/v1/conversations', body);
    expect(status).toBe(201);
    return made.id;
  }

  async function historyOf(actor: Actor, conversationId: string): Promise<Message[]> {
    const messages: Message[] = [];
    for (let full = true; full; ) {
      const from = messages.at(-1)?.seq ?? 0;
      const path = `/v1/conversations/${conversationId}/messages?afterSeq=${from}&limit=100`;
      const { items } = (await actor.get<Page<Message>>(path)).body;
      messages.push(...items);
      full = items.length === 100;
    }
    return messages;
  }

  const placesOf = (messages: ReadonlyArray<{ id: string; seq: number }>) =>
    messages.map(({ id, seq }) => ({ id, seq }));

  describe('two, over two sockets', () => {
    it('see each other typing, and what is said, at once', async () => {
      direct = await begun(alice, { type: 'DIRECT', participantIds: [bob.id] });
      expect(await atAlice.command('typing', { conversationId: direct })).toMatchObject({ type: 'ack' });
      await atBob.next('typing.started', (it) => it.conversationId === direct && it.userId === alice.id);
      const answer = await atAlice.say(direct, 'Hello Bob');
      const { data } = await atBob.next('message.sent', (it) => it.conversationId === direct);
      const said = { id: data.id, seq: 1, content: 'Hello Bob' };
      expect(answer).toMatchObject({ type: 'ack', data: { ...said, status: 'SENT' } });
      expect(data).toMatchObject({ ...said, sender: { id: alice.id, username: 'alice', displayName: 'Alice' } });
      expect(atAlice.frames.filter(({ type }) => type === 'typing.started')).toEqual([]);
    });

    it('are told what the other has got, and what the other has read', async () => {
      const [{ id = '' } = {}] = atBob.messagesIn(direct);
      expect(await statusOf(id)).toBe('SENT');
      expect(await atBob.command('ack', { conversationId: direct, messageId: id })).toMatchObject({ type: 'ack' });
      const watermark = { userId: bob.id, deliveredSeq: 1, readSeq: 0 };
      const { data } = await atAlice.next('message.delivered', (it) => it.conversationId === direct);
      expect(data.watermarks).toEqual([watermark]);
      expect(await statusOf(id)).toBe('DELIVERED');
      expect(await unreadOf(bob)).toBe(1);
      expect((await bob.put(`/v1/conversations/${direct}/read`, { seq: 1 })).body).toMatchObject({ unreadCount: 0 });
      const read = await atAlice.next('message.read', (it) => it.conversationId === direct);
      expect(read.data.watermarks).toEqual([{ ...watermark, readSeq: 1 }]);
      await atBob.next('conversation.read', (it) => it.conversationId === direct && it.unreadCount === 0);
      expect(await statusOf(id)).toBe('READ');
      expect(await unreadOf(bob)).toBe(0);
    });

    it('see reactions, edits and deletions', async () => {
      const said = await atBob.tell(direct, 'Hello Alcie');
      expect((await alice.put(`/v1/messages/${said.id}/reactions/LIKE`)).status).toBe(200);
      await atBob.next('message.reacted', (it) => it.messageId === said.id && it.userId === alice.id);
      expect((await bob.patch(`/v1/messages/${said.id}`, { content: 'Hello Alice' })).status).toBe(200);
      await atAlice.next('message.edited', (it) => it.id === said.id && it.content === 'Hello Alice');
      expect((await bob.delete(`/v1/messages/${said.id}?for=all`)).status).toBe(204);
      await atAlice.next('message.deleted', (it) => it.id === said.id);
      expect((await historyOf(alice, direct)).at(-1)).toMatchObject({ id: said.id, content: null });
    });

    it('see each other come and go', async () => {
      const { body: privacy } = await bob.get('/v1/users/me/privacy');
      expect((await bob.put('/v1/users/me/privacy', { ...privacy, lastSeen: 'EVERYONE' })).status).toBe(200);
      await settled();
      const phone = await opened(bob);
      await phone.close();
      expect(await presenceOf(bob)).toMatchObject({ status: 'ONLINE' });
      const before = atAlice.frames.length;
      await atBob.close();
      const gone = await changeAfter(before, 'OFFLINE');
      expect(Date.parse(gone.lastSeenAt ?? '')).toBeGreaterThan(0);
      expect(await presenceOf(bob)).toMatchObject({ status: 'OFFLINE' });
      await atBob.connect();
      await changeAfter(before, 'ONLINE');
      expect(await atBob.command('presence', { status: 'DO_NOT_DISTURB' })).toMatchObject({ type: 'ack' });
      await changeAfter(before, 'DO_NOT_DISTURB');
    }, 90_000);

    const statusOf = async (id: string) => (await alice.get<Message>(`/v1/messages/${id}`)).body.status;
    const unreadOf = async (actor: Actor) =>
      (await actor.get<Conversation>(`/v1/conversations/${direct}`)).body.unreadCount;
    const presenceOf = async ({ id }: Actor) =>
      (await alice.get<Page<object>>(`/v1/presence?userIds=${id}`)).body.items[0];
    const changeAfter = (frames: number, status: string) =>
      eventually(() => {
        const changes = atAlice.frames.slice(frames).filter((frame) => frame.type === 'presence.changed');
        const found = changes.map(({ data }) => data).find((it) => it.userId === bob.id && it.status === status);
        if (!found) throw new Error(`not among ${JSON.stringify(changes)}`);
        return found;
      }, OFFLINE_WITHIN);
  });

  describe(`a group of ${MEMBERS}`, () => {
    let group: string;
    let members: Talker[];
    /** Of the last member. */
    let wire: Wire;

    beforeAll(async () => {
      wire = await wired();
      members = [atAlice, atBob];
      const others = Array.from({ length: MEMBERS - 2 }, (_, index) => `member${index}`);
      await inParallel(2, others, async (name) => {
        const through = name === others.at(-1) ? wire.url : undefined;
        members.push(await opened(await registered(name), through));
      });
      const participantIds = members.map(({ id }) => id).filter((id) => id !== alice.id);
      group = await begun(alice, { type: 'GROUP', name: 'Everybody', participantIds });
    }, 180_000);

    const cutOne = (): Talker => {
      const found = members.find(({ actor }) => actor.person.username === `member${MEMBERS - 3}`);
      if (!found) throw new Error('nobody is connected through the wire');
      return found;
    };

    async function allSay(count: number, who: Talker[]): Promise<void> {
      const numbers = Array.from({ length: count }, (_, index) => index);
      await inParallel(16, numbers, async (number) => {
        await saidBy(who[number % who.length], `Number ${number}`);
      });
    }

    /** As clients do: what the platform was too busy for is the same message when it is said again. */
    async function saidBy(member: Talker | undefined, content: string): Promise<void> {
      const clientId = randomUUID();
      await eventually(async () => {
        expect(await member?.say(group, content, clientId)).toMatchObject({ type: 'ack', data: { content } });
      });
    }

    /** A gateway that has just started is not ready at once. */
    const backAgain = (member: Talker) => eventually(() => member.connect(), { withinMs: 30_000 });

    it('is told of each message, in the one order that the conversation has', async () => {
      await allSay(2 * MEMBERS, members);
      const history = placesOf(await historyOf(alice, group));
      expect(history.map(({ seq }) => seq)).toEqual(history.map((_, index) => index + 1));
      await eventually(() => {
        for (const member of members) expect(placesOf(member.messagesIn(group))).toEqual(history);
      });
    }, 60_000);

    it('loses nobody whose connection is cut: who comes back has missed nothing, and sees nothing twice', async () => {
      await comesBack(() => wire.mend());
    }, 60_000);

    it('nor whose gateway is killed', async () => {
      // The gateway of all-in-one is the whole platform: it has tests of its own.
      const gateway = platform.processes.find(({ name }) => name === 'api-gateway');
      if (!gateway) return;
      await gateway.end('SIGKILL');
      await Promise.all(members.map((member) => member.lost()));
      gateway.start();
      await platform.ready();
      for (const member of members) expect((await backAgain(member)).data).toMatchObject({ resumed: true });
      await comesBack(() => wire.mend());
    }, 180_000);

    it('nor who comes back to another gateway', async () => {
      if (topology === 'all-in-one') return;
      const port = String(await freePort());
      const other = new PlatformProcess('api-gateway', entryOf('api-gateway'), { ...platform.env, PLAZA_PORT: port });
      platform.processes.push(other);
      other.start();
      const there = new PlazaClient(`http://127.0.0.1:${port}`);
      await eventually(async () => expect((await there.request('GET', '/health/startup')).status).toBe(200), {
        withinMs: 60_000,
      });
      await comesBack(() => wire.mend(there.baseUrl));
    }, 180_000);

    async function comesBack(mend: () => void): Promise<void> {
      const cut = cutOne();
      if (!cut.isOpen) await backAgain(cut);
      wire.cut();
      await cut.lost();
      await allSay(
        MISSED,
        members.filter((member) => member !== cut),
      );
      mend();
      expect((await backAgain(cut)).data).toMatchObject({ resumed: true });
      await saidBy(cut, 'Here I am again');
      const history = placesOf(await historyOf(alice, group));
      await eventually(() => expect(placesOf(cut.messagesIn(group))).toEqual(history));
      expect(cut.all.filter(({ type }) => type === 'resync')).toEqual([]);
    }
  });

  it('refuses a direct message to someone who has blocked its sender, soon after the block', async () => {
    const carol = await registered('carol');
    const conversationId = await begun(carol, { type: 'DIRECT', participantIds: [alice.id] });
    const atCarol = await opened(carol);
    expect((await atCarol.say(conversationId, 'Hello Alice')).type).toBe('ack');
    await tie(platform, { blocks: [[alice.id, carol.id]], mutes: [], friends: [] });
    const refused = await eventually(async () => {
      const answer = await atCarol.say(conversationId, 'Are you there?');
      expect(answer.type).toBe('error');
      return answer;
    }, BLOCKED_WITHIN);
    expect(refused.data).toMatchObject({ status: 403, code: 'MESSAGE_NOT_ALLOWED' });
    const before = (await historyOf(alice, conversationId)).length;
    const post = await carol.post(`/v1/conversations/${conversationId}/messages`, { content: 'Answer me' });
    expect(post).toMatchObject({ status: 403, body: { code: 'MESSAGE_NOT_ALLOWED' } });
    expect(await historyOf(alice, conversationId)).toHaveLength(before);
  });

  describe('who is not a member', () => {
    const SECRET = 'zanzibar';
    let secret: string;
    let message: string;
    let stranger: Actor;
    let leaver: Actor;
    let atStranger: Talker;
    let atLeaver: Talker;

    beforeAll(async () => {
      [stranger, leaver] = await Promise.all([registered('stranger'), registered('leaver')]);
      [atStranger, atLeaver] = await Promise.all([opened(stranger), opened(leaver)]);
      secret = await begun(alice, { type: 'GROUP', name: `The ${SECRET}`, participantIds: [bob.id, leaver.id] });
      expect((await leaver.delete(`/v1/conversations/${secret}/members/${leaver.id}`)).status).toBe(204);
      message = (await atAlice.tell(secret, `We meet in ${SECRET}`)).id;
      await atBob.next('message.sent', (it) => it.id === message);
      await settled();
    }, 60_000);

    const outsiders = () => [stranger, leaver];

    it('is told by every route that there is no such thing', async () => {
      const routes = await chatRoutes(platform);
      expect(routes.length).toBeGreaterThan(30);
      for (const outsider of outsiders()) {
        for (const { method, path, body } of routes) {
          const place = path.startsWith('/v1/messages') ? message : secret;
          const asked = path.replace('{id}', place).replace('{userId}', bob.id).replace('{emotion}', 'LIKE');
          const { status, body: answer } = await outsider.client.request(method, asked, {
            token: outsider.session.accessToken,
            ...(body && { body }),
          });
          expect([method, path, status]).toEqual([method, path, 404]);
          expect(JSON.stringify(answer)).not.toContain(SECRET);
        }
      }
    });

    it('finds nothing of it in lists and by search', async () => {
      const paths = ['?', '?archived=true', '?requests=true'].map((query) => `/v1/conversations${query}`);
      for (const outsider of outsiders()) {
        for (const path of [...paths, `/v1/messages/search?q=${SECRET}`]) {
          const { status, body } = await outsider.get<Page<object>>(path);
          expect([path, status, body.items]).toEqual([path, 200, []]);
        }
        expect((await outsider.get('/v1/conversations/unread-count')).body).toMatchObject({ messages: 0 });
      }
      expect((await bob.get<Page<object>>(`/v1/messages/search?q=${SECRET}`)).body.items).toHaveLength(1);
    });

    it('is told nothing on the stream, and can command nothing', async () => {
      for (const talker of [atStranger, atLeaver]) {
        for (const [command, data] of [
          ['message.send', { content: 'Let me in' }],
          ['ack', { messageId: message }],
          ['typing', {}],
        ] as const) {
          const answer = await talker.command(command, { conversationId: secret, ...data });
          expect(answer).toMatchObject({ type: 'error', data: { status: 404 } });
        }
        expect(JSON.stringify(talker.frames.filter((frame) => isAbout(frame, message)))).toBe('[]');
      }
      expect(atStranger.frames.filter((frame) => isAbout(frame, secret))).toEqual([]);
      expect(atLeaver.messagesIn(secret).map(({ content }) => content)).not.toContain(`We meet in ${SECRET}`);
    });

    const isAbout = ({ data }: SeenFrame, id: string) => JSON.stringify(data).includes(id);
  });

  it('lets two talk from their terminals', async () => {
    const chat = (name: string, ...more: string[]) => {
      const started = ChatProcess.start('--url', platform.client.baseUrl, '--as', name, ...more);
      atEnd.push(() => started.kill());
      return started;
    };
    const dora = chat('dora');
    await dora.line(/^You are dora/);
    const emil = chat('emil', '--with', 'dora');
    await emil.line(/^--- dora$/);
    emil.type('Hello Dora');
    await emil.line(/^#1 \d\d:\d\d you: Hello Dora$/);
    await dora.line(/^\(emil: Hello Dora\)$/);
    await emil.line(/delivered to dora \(#1\)$/);
    for (const line of ['/with emil', 'Hello Emil', '/react 1 like']) dora.type(line);
    await dora.line(/^#2 \d\d:\d\d you: Hello Emil$/);
    await emil.line(/^#2 \d\d:\d\d dora: Hello Emil$/);
    await emil.line(/^dora reacted to #1, now: LIKE 1$/);
    await emil.line(/read by dora \(#1\)$/);
    emil.type('/who');
    await emil.line(/^ {2}dora @dora .*online$/);
    expect(await emil.end()).toBe(0);
    dora.type('/quit');
    expect(await dora.end()).toBe(0);
  }, 60_000);
});
