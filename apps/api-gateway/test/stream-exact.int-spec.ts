import { randomUUID } from 'node:crypto';
import type { RunningService } from '@plaza/service-kit';
import { eventually } from '@plaza/testing';
import { type Published, StreamBed } from './stream-bed.js';
import type { StreamProbe } from './stream-probe.js';

const FRAMES = 2_000;
const AT_ONCE = 20;
const USERS = 12;
const ROOMS = 6;

/** What a user is to see: of each audience, the numbers of its frames in their order. */
type Sight = Record<string, number[]>;

/** Numbers below `most`; the same seed gives the same ones. */
function randomFrom(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

/** A user's client: connects again, with its last id, whenever it was cut off. */
class Returning {
  at: RunningService | undefined;
  private readonly lives: StreamProbe[] = [];
  private since: string | undefined;

  constructor(
    private readonly bed: StreamBed,
    readonly userId: string,
  ) {}

  get seen(): Sight {
    const frames = this.lives.flatMap((probe) => probe.frames);
    const audiences = Map.groupBy(frames, ({ data }) => data.of as string);
    return Object.fromEntries([...audiences].map(([of, some]) => [of, some.map(({ data }) => Number(data.n))]));
  }

  get anew(): number {
    return this.lives.flatMap(({ all }) => all).filter(({ type }) => type === 'resync').length;
  }

  async connect(at: RunningService): Promise<void> {
    this.at = at;
    const token = await this.bed.token(this.userId);
    this.lives.push(await this.bed.open({ at, token, since: this.since }));
  }

  async ready(): Promise<void> {
    await this.lives.at(-1)?.next('ready');
  }

  /** Whatever was on its way to it has come. */
  async quiet(): Promise<void> {
    await this.lives.at(-1)?.command('ping');
  }

  /** Cut off wherever it is: before it is ready, in the middle of what it had missed, or as things come. */
  async cutOff(): Promise<void> {
    const probe = this.lives.at(-1);
    probe?.terminate();
    await this.over();
  }

  /** Resolves when the present connection has ended. */
  async over(): Promise<void> {
    const probe = this.lives.at(-1);
    await probe?.closed;
    this.since = probe?.lastId ?? this.since;
  }
}

/** Makes up what happens, and who is to see it. */
class Script {
  readonly users: string[] = Array.from({ length: USERS }, () => randomUUID());
  readonly rooms: string[] = Array.from({ length: ROOMS }, () => randomUUID());
  private readonly members = new Map(this.rooms.map((room) => [room, new Set<string>()]));
  private readonly sights = new Map<string, Sight>(this.users.map((user) => [user, {}]));
  private n = 0;

  constructor(
    private readonly bed: StreamBed,
    private readonly random: (most: number) => number,
  ) {}

  sightOf(userId: string): Sight {
    return this.sights.get(userId) ?? {};
  }

  next(): Published {
    const kind = this.random(10);
    if (kind < 3) return this.told(this.bed.toUser(this.pick(this.users)));
    const room = this.pick(this.rooms);
    if (kind < 7) return this.told(this.bed.toConversation(room));
    return this.comesOrGoes(room, this.pick(this.users));
  }

  pick<T>(all: readonly T[]): T {
    return all[this.random(all.length)] as T;
  }

  private comesOrGoes(room: string, user: string): Published {
    const members = this.membersOf(room);
    if (!members.has(user)) {
      members.add(user);
      return this.told(this.bed.joins(room, user));
    }
    const told = this.told(this.bed.leaves(room, user));
    members.delete(user);
    return told;
  }

  private told(frame: Published): Published {
    this.n += 1;
    const { audience, audienceId: of } = frame;
    for (const user of audience === 'USER' ? [of] : this.membersOf(of)) {
      const sight = this.sightOf(user);
      sight[of] = [...(sight[of] ?? []), this.n];
    }
    return { ...frame, data: { of, n: this.n } };
  }

  private membersOf(room: string): Set<string> {
    return this.members.get(room) ?? new Set();
  }
}

describe.each([1, 2, 3])('clients that come and go at two gateways, one of which is restarted (seed %i)', (seed) => {
  let bed: StreamBed;
  beforeAll(async () => {
    bed = await StreamBed.start(seed === 1 ? 'http' : 'memory');
    await bed.addGateway();
  });
  afterAll(() => bed?.stop());

  it('see exactly what is for them, each audience in its order', async () => {
    const random = randomFrom(seed);
    const script = new Script(bed, random);
    const clients = script.users.map((user) => new Returning(bed, user));
    const connect = (client: Returning) => client.connect(script.pick(bed.gateways));
    for (const client of clients) {
      await connect(client);
      await client.ready();
    }
    for (let made = 0; made < FRAMES; made += AT_ONCE) {
      const publishing = bed.publish(...Array.from({ length: AT_ONCE }, () => script.next()));
      const unlucky = clients.filter(() => random(6) === 0);
      await Promise.all(unlucky.map((client) => client.cutOff()));
      if (random(2) === 0) await publishing;
      for (const client of unlucky) await connect(client);
      await publishing;
      if (made === FRAMES / 2) await restart(bed, clients);
    }
    await bed.read();
    for (const client of clients) {
      const expected = script.sightOf(client.userId);
      await eventually(() => expect(countOf(client.seen)).toBeGreaterThanOrEqual(countOf(expected)));
      await client.quiet();
      expect(client.seen).toEqual(expected);
      expect(client.anew).toBe(0);
    }
  });
});

const countOf = (sight: Sight) => Object.values(sight).flat().length;

/** Another gateway comes, the oldest one goes: its clients are told so, and go elsewhere. */
async function restart(bed: StreamBed, clients: Returning[]): Promise<void> {
  const fresh = await bed.addGateway();
  const old = bed.gateway;
  const there = clients.filter(({ at }) => at === old);
  await bed.stopGateway(old);
  await Promise.all(there.map((client) => client.over()));
  for (const client of there) await client.connect(fresh);
}
