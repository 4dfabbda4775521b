/** What is waiting to be taken by a client. */
export interface Buffering {
  /** Bytes, now. */
  readonly buffered: number;
  /** Bytes, as counted last. */
  counted: number;
  /** It has been told to go, and holds what it holds until it has. */
  readonly closed: boolean;
}

/** Bounds what is kept for clients that read slowly: for each of them, and for all together. */
export class Buffers<Client extends Buffering = Buffering> {
  /** Bytes; never less than there are, since what clients take is seen at the next count. */
  total = 0;

  /** `onFull` is told when all together have too much, after a new count. */
  constructor(
    private readonly bounds: { each: number; all: number },
    private readonly clients: () => Iterable<Client>,
    private readonly onFull: () => void,
  ) {}

  /** Counts what a client has after something was sent to it. */
  grew(client: Client): 'fine' | 'too much' {
    this.count(client);
    if (client.counted > this.bounds.each) return 'too much';
    if (this.total > this.bounds.all) {
      this.recount();
      if (this.total > this.bounds.all) this.onFull();
    }
    return 'fine';
  }

  recount(): void {
    for (const client of this.clients()) this.count(client);
  }

  /** Those that must go for the rest to fit: first who is going anyway, then who has the most. */
  excess(): Client[] {
    const holding = [...this.clients()].filter(({ counted }) => counted > 0);
    holding.sort((a, b) => Number(b.closed) - Number(a.closed) || b.counted - a.counted);
    let rest = this.total;
    return holding.filter(({ counted }) => {
      const goes = rest > this.bounds.all;
      if (goes) rest -= counted;
      return goes;
    });
  }

  forget(client: Client): void {
    this.total -= client.counted;
    client.counted = 0;
  }

  private count(client: Client): void {
    const { buffered } = client;
    this.total += buffered - client.counted;
    client.counted = buffered;
  }
}
