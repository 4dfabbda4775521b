import { Counter, Gauge, type Registry } from 'prom-client';

/** What a gateway's stream holds at the moment. */
export interface StreamState {
  connections: number;
  users: number;
  ringFrames: number;
  ringBytes: number;
  bufferedBytes: number;
}

/** What the stream counts. */
export class StreamMetrics {
  private readonly closes: Counter<'code'>;
  private readonly begins: Counter<'how'>;
  private readonly frames: Counter<'direction'>;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.closes = new Counter({
      name: 'plaza_stream_closes_total',
      help: 'Sockets that ended, by close code',
      labelNames: ['code'],
      registers,
    });
    this.begins = new Counter({
      name: 'plaza_stream_begins_total',
      help: 'Clients that connected: new ones, those that resumed, and those that had to begin anew',
      labelNames: ['how'],
      registers,
    });
    this.frames = new Counter({
      name: 'plaza_stream_frames_total',
      help: 'Frames received from clients, and those of services sent to them',
      labelNames: ['direction'],
      registers,
    });
  }

  /** Shows what the hub holds, whenever somebody looks. */
  watch(hub: { readonly state: StreamState }): void {
    const gauges: Array<[name: string, help: string, read: () => number]> = [
      ['plaza_stream_connections', 'Open sockets', () => hub.state.connections],
      ['plaza_stream_users', 'Users with open sockets', () => hub.state.users],
      ['plaza_stream_ring_frames', 'Frames kept for clients that were away', () => hub.state.ringFrames],
      ['plaza_stream_ring_bytes', 'Bytes of them, about', () => hub.state.ringBytes],
      ['plaza_stream_buffered_bytes', 'Bytes that clients have not taken yet', () => hub.state.bufferedBytes],
    ];
    for (const [name, help, read] of gauges) {
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(read());
        },
      });
    }
  }

  began(how: string): void {
    this.begins.inc({ how });
  }

  closed(code: number): void {
    this.closes.inc({ code: String(code) });
  }

  received(): void {
    this.frames.inc({ direction: 'received' });
  }

  sent(frames: number): void {
    this.frames.inc({ direction: 'sent' }, frames);
  }
}
