import { randomUUID } from 'node:crypto';
import type { RunningService } from '@plaza/service-kit';
import { frameId, readFrameId } from '../src/stream/frame-id.js';
import { StreamBed } from './stream-bed.js';
import type { StreamProbe } from './stream-probe.js';

const numbers = (probe: StreamProbe) => probe.frames.map(({ data }) => data.n);

describe('a client that comes back', () => {
  let bed: StreamBed;
  let other: RunningService;
  let alice: string;
  let room: string;
  beforeAll(async () => {
    bed = await StreamBed.start();
    other = await bed.addGateway();
  });
  beforeEach(async () => {
    [alice, room] = [randomUUID(), randomUUID()];
    await bed.publish(bed.joins(room, alice));
    await bed.read();
  });
  afterAll(() => bed?.stop());

  const both = (n: number) => [bed.toUser(alice, { n }), bed.toConversation(room, { n: n + 1 })];
  const last = (probe: StreamProbe, ...of: number[]) =>
    probe.until(() => of.every((n) => numbers(probe).includes(n)) || undefined);

  /** Sees 1 and 2, is cut off, and misses 3 and 4. */
  async function cutOff(): Promise<string> {
    const probe = await bed.connect(alice);
    await bed.publish(...both(1));
    await last(probe, 1, 2);
    probe.terminate();
    await bed.publish(...both(3));
    await bed.read();
    return probe.lastId ?? '';
  }

  /** Goes on to get what comes, too. */
  async function expectMissed(since: string, at?: RunningService): Promise<void> {
    const probe = await bed.connect(alice, { since, at });
    expect(await probe.next('ready')).toMatchObject({ id: since, data: { resumed: true } });
    await bed.publish(...both(5));
    await last(probe, 5, 6);
    expect(numbers(probe).slice(0, 2).sort()).toEqual([3, 4]);
    expect(numbers(probe)).toHaveLength(4);
  }

  it('gets what it has missed and nothing twice', async () => {
    await expectMissed(await cutOff());
  });

  it('gets it at another gateway, too', async () => {
    await expectMissed(await cutOff(), other);
  });

  it('gets it at a gateway that has started since', async () => {
    const since = await cutOff();
    const late = await bed.addGateway();
    await expectMissed(since, late);
    await bed.stopGateway(late);
  });

  it('may take any frame that it has seen for the last one', async () => {
    const probe = await bed.connect(alice);
    await bed.publish(...[1, 2, 3, 4].map((n) => bed.toUser(alice, { n })));
    await last(probe, 4);
    for (const [seen, { id }] of probe.frames.entries()) {
      const again = await bed.connect(alice, { since: id });
      await bed.read();
      await again.command('ping');
      expect(numbers(again)).toEqual([1, 2, 3, 4].slice(seen + 1));
    }
  });

  it('gets what was said in a conversation until it was removed from it, and nothing later', async () => {
    const since = await cutOff();
    await bed.publish(bed.leaves(room, alice), bed.toConversation(room, { n: 5 }), bed.toUser(alice, { n: 6 }));
    const probe = await bed.connect(alice, { since });
    await last(probe, 6);
    await bed.read();
    await probe.command('ping');
    expect(
      numbers(probe)
        .filter((n) => n !== undefined)
        .sort(),
    ).toEqual([3, 4, 6]);
  });

  it('is not told of what was momentary', async () => {
    const since = await cutOff();
    await bed.publish({ ...bed.toConversation(room, { n: 5 }), type: 'typing.started', momentary: true });
    await expectMissed(since);
  });

  it('waits for a gateway that has not read as far as the client has seen', async () => {
    const probe = await bed.connect(alice);
    const cursor = readFrameId(probe.lastId ?? '');
    const vector = [...(cursor?.vector ?? [])];
    await bed.publish(bed.toUser(alice, { n: 1 }));
    const { id } = await probe.next('notification.created');
    const moved = readFrameId(id ?? '')?.vector.map((offset, partition) => offset + offset - (vector[partition] ?? 0));
    const ahead = frameId({ log: cursor?.log ?? '', vector: moved ?? [], partial: false });
    const waiting = await bed.open({ token: await bed.token(alice), since: ahead });
    await waiting.opened();
    await bed.publish(bed.toUser(alice, { n: 2 }), bed.toUser(alice, { n: 3 }));
    await last(waiting, 3);
    expect(numbers(waiting)).toEqual([3]);
    expect(await waiting.next('ready')).toMatchObject({ id: ahead, data: { resumed: true } });
  });

  it.each([
    ['nonsense', () => 'nonsense'],
    ['empty', () => ''],
    ['of another cluster', (id: string) => id.replace(/\.[0-9a-f]{12}\./, '.0123456789ab.')],
    ['of more partitions than there are', (id: string) => `${id}.0`],
    ['of one who did not know its conversations', (id: string) => id.replace('1.', '1p.')],
    ['ahead of everything', (id: string) => id.replace(/[^.]+$/, 'zzzzzzzz')],
  ])('begins anew where its id is %s', async (_, spoil) => {
    const since = spoil(await cutOff());
    const probe = await bed.connect(alice, { since });
    const [ready, resync] = [await probe.next('ready'), await probe.next('resync')];
    expect(ready.data.resumed).toBe(false);
    expect(resync.id).toBe(ready.id);
    await bed.publish(bed.toUser(alice, { n: 5 }));
    await last(probe, 5);
    expect(numbers(probe)).toEqual([5]);
  });

  it('is refused for what no id can be', async () => {
    const probe = await bed.open({ token: await bed.token(alice), since: 'x'.repeat(2_000) });
    const { status, body } = await probe.refused;
    expect([status, JSON.parse(body).code]).toEqual([400, 'QUERY_INVALID']);
  });
});

describe('a client that was away for too long', () => {
  let bed: StreamBed;
  beforeAll(async () => {
    bed = await StreamBed.start('memory', { PLAZA_STREAM_RING_FRAMES: '5' });
  });
  afterAll(() => bed?.stop());

  it('begins anew, and is told so', async () => {
    const alice = randomUUID();
    const first = await bed.connect(alice);
    await bed.publish(...Array.from({ length: 7 }, (_, n) => bed.toUser(alice, { n })));
    await first.until(() => first.frames.find(({ data }) => data.n === 6));
    const probe = await bed.connect(alice, { since: first.frames[0]?.id });
    await probe.next('resync');
    const near = await bed.connect(alice, { since: first.frames[1]?.id });
    await near.until(() => near.frames.find(({ data }) => data.n === 6));
    expect(near.all.map(({ type }) => type)).not.toContain('resync');
    expect(numbers(near)).toEqual([2, 3, 4, 5, 6]);
    expect(numbers(probe)).toEqual([]);
  });
});

describe('a client that connects while messaging-service is away', () => {
  let bed: StreamBed;
  let alice: string;
  let room: string;
  beforeAll(async () => {
    bed = await StreamBed.start('http');
  });
  beforeEach(async () => {
    [alice, room] = [randomUUID(), randomUUID()];
    await bed.publish(bed.joins(room, alice));
    await bed.read();
    bed.target.before = async () => {
      throw new Error('away');
    };
  });
  afterAll(() => bed?.stop());

  const there = () => {
    bed.target.before = async () => undefined;
  };

  it('gets what is for its user at once, and what was said in its conversations later', async () => {
    const probe = await bed.connect(alice);
    await bed.publish(bed.toConversation(room, { n: 1 }), bed.toUser(alice, { n: 2 }));
    await probe.next('notification.created');
    expect(numbers(probe)).toEqual([2]);
    there();
    await probe.next('message.sent');
    const cursor = await probe.next('cursor');
    await bed.publish(bed.toConversation(room, { n: 3 }));
    await probe.until(() => numbers(probe).includes(3) || undefined);
    expect(numbers(probe)).toEqual([2, 1, 3]);
    const again = await bed.connect(alice, { since: cursor.id });
    await again.next('message.sent');
    expect(numbers(again)).toEqual([3]);
  });

  it('resumes from no id that it got meanwhile', async () => {
    const probe = await bed.connect(alice);
    await bed.publish(bed.toUser(alice, { n: 1 }));
    const { id } = await probe.next('notification.created');
    there();
    const again = await bed.connect(alice, { since: id });
    await again.next('resync');
    expect(numbers(again)).toEqual([]);
  });
});
