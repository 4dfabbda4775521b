import { randomUUID } from 'node:crypto';
import type { RunningService } from '@plaza/service-kit';
import { inParallel } from '@plaza/testing';
import { StreamBed } from './stream-bed.js';
import type { StreamProbe } from './stream-probe.js';

const MEBIBYTE = 1_048_576;
const BUFFER_OF_CLIENT = MEBIBYTE / 4;
const LARGE = { text: 'x'.repeat(60_000) };

async function stateOf(gateway: RunningService): Promise<{ connections: number; bufferedBytes: number }> {
  const { stream } = (await gateway.health()).parts;
  return stream as unknown as { connections: number; bufferedBytes: number };
}

describe('a client that reads too slowly', () => {
  let bed: StreamBed;
  beforeAll(async () => {
    bed = await StreamBed.start();
  });
  afterAll(() => bed?.stop());

  it('is closed with 4408 and resumes where it was', async () => {
    const [alice, bob] = [randomUUID(), randomUUID()];
    const [slow, quick] = [await bed.connect(alice), await bed.connect(bob)];
    slow.socket.pause();
    let published = 0;
    // The kernel takes some of it before anything waits at the gateway.
    while ((await stateOf(bed.gateway)).bufferedBytes <= BUFFER_OF_CLIENT) {
      await bed.publish(...Array.from({ length: 10 }, () => bed.toUser(alice, { ...LARGE, n: published++ })));
      await bed.read();
    }
    slow.socket.resume();
    expect(await slow.closed).toEqual({ code: 4408, reason: 'TOO_SLOW' });
    const seen = slow.frames.length;
    const again = await bed.connect(alice, { since: slow.lastId });
    await again.until(() => again.frames.find(({ data }) => data.n === published - 1));
    const numbers = [...slow.frames, ...again.frames].map(({ data }) => data.n);
    expect(numbers).toEqual(Array.from({ length: published }, (_, n) => n));
    expect(again.frames).toHaveLength(published - seen);
    expect(await quick.command('ping')).toMatchObject({ type: 'ack' });
  });
});

describe('200 clients that never read, beside 200 that do', () => {
  const BUFFER_OF_ALL = 8 * MEBIBYTE;
  const users = (count: number): string[] => Array.from({ length: count }, () => randomUUID());
  let bed: StreamBed;
  beforeAll(async () => {
    bed = await StreamBed.start('memory', { PLAZA_STREAM_BUFFER_OF_ALL: String(BUFFER_OF_ALL) });
  });
  afterAll(() => bed?.stop());

  it('are closed, hold no more than they may, and cost the others nothing', async () => {
    const [deaf, hearing] = [users(200), users(200)];
    const [all, busy] = [randomUUID(), randomUUID()];
    await bed.publish(bed.joins(all, ...deaf, ...hearing), bed.joins(busy, ...deaf));
    await bed.read();
    const readers: StreamProbe[] = [];
    await inParallel(20, deaf, async (user) => (await bed.connect(user)).socket.pause());
    await inParallel(20, hearing, async (user) => void readers.push(await bed.connect(user)));
    const held: number[] = [];
    let rounds = 0;
    while ((await stateOf(bed.gateway)).connections > readers.length) {
      rounds += 1;
      await bed.publish(...Array.from({ length: 5 }, () => bed.toConversation(busy, LARGE)));
      await bed.publish(bed.toConversation(all, { round: rounds }));
      await bed.read();
      held.push((await stateOf(bed.gateway)).bufferedBytes);
    }
    const expected = Array.from({ length: rounds }, (_, index) => index + 1);
    for (const reader of readers) {
      await reader.until(() => reader.frames.at(-1)?.data.round === rounds || undefined);
      expect(reader.frames.map(({ data }) => data.round)).toEqual(expected);
    }
    expect(Math.max(...held)).toBeGreaterThan(MEBIBYTE);
    // What was on its way out of the process when it was counted comes on top.
    expect(Math.max(...held)).toBeLessThan(BUFFER_OF_ALL + MEBIBYTE);
    expect((await stateOf(bed.gateway)).bufferedBytes).toBeLessThan(MEBIBYTE);
  });
});
