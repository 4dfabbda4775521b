import { type Buffering, Buffers } from './buffers.js';

class Client implements Buffering {
  counted = 0;
  closed = false;
  constructor(
    readonly name: string,
    public buffered = 0,
  ) {}
}

function buffersOf(...clients: Client[]) {
  let full = 0;
  const bounds = { each: 100, all: 250 };
  const buffers = new Buffers(
    bounds,
    () => clients,
    () => {
      full += 1;
    },
  );
  const names = () => buffers.excess().map(({ name }) => name);
  return { buffers, names, timesFull: () => full };
}

describe('what waits for slow clients', () => {
  it('is bounded for each of them', () => {
    const client = new Client('slow', 100);
    const { buffers } = buffersOf(client);
    expect(buffers.grew(client)).toBe('fine');
    client.buffered = 101;
    expect(buffers.grew(client)).toBe('too much');
  });

  it('is counted anew before all together are said to have too much', () => {
    const [a, b, c] = [new Client('a', 90), new Client('b', 90), new Client('c', 90)];
    const { buffers, timesFull } = buffersOf(a, b, c);
    buffers.grew(a);
    buffers.grew(b);
    a.buffered = 0;
    buffers.grew(c);
    expect([buffers.total, timesFull()]).toEqual([180, 0]);
    a.buffered = 90;
    buffers.grew(a);
    expect([buffers.total, timesFull()]).toEqual([270, 1]);
  });

  it('is taken from those with the most, and from no more than must be', () => {
    const clients = [new Client('little', 10), new Client('most', 90), new Client('much', 80), new Client('some', 75)];
    const { buffers, names } = buffersOf(...clients);
    buffers.recount();
    expect(names()).toEqual(['most']);
  });

  it('is taken first from those that are going anyway, and never from who has none', () => {
    const clients = [new Client('none'), new Client('much', 90), new Client('going', 80), new Client('some', 85)];
    const { buffers, names } = buffersOf(...clients);
    for (const client of clients) client.closed = client.name === 'going';
    buffers.recount();
    expect(names()).toEqual(['going']);
    buffers.total = 100_000;
    expect(names()).toEqual(['going', 'much', 'some']);
  });

  it('is forgotten with the client', () => {
    const [a, b] = [new Client('a', 90), new Client('b', 10)];
    const { buffers } = buffersOf(a, b);
    buffers.recount();
    buffers.forget(a);
    expect(buffers.total).toBe(10);
  });
});
