import { eventually, type PlazaClient } from '@plaza/testing';

/** What a client reads on the stream. */
export interface StreamFrame {
  id?: string;
  type: string;
  time: string;
  data: Record<string, unknown>;
}

/** A client with an open socket, which remembers all that it is sent. */
export class OpenClient {
  readonly frames: StreamFrame[] = [];

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener('message', ({ data }) => void this.frames.push(JSON.parse(String(data))));
  }

  /** As a browser would, with the token as a subprotocol; settles when the gateway says that it is ready. */
  static async open({ baseUrl }: PlazaClient, token: string): Promise<OpenClient> {
    const socket = new WebSocket(`${baseUrl.replace('http', 'ws')}/v1/stream`, ['plaza.v1', token]);
    const client = new OpenClient(socket);
    await client.next(({ type }) => type === 'ready');
    return client;
  }

  /** The first frame that is wanted, once it is there. */
  next(wanted: (frame: StreamFrame) => boolean): Promise<StreamFrame> {
    return eventually(() => {
      const found = this.frames.find(wanted);
      if (!found) throw new Error(`not among ${JSON.stringify(this.frames)}`);
      return found;
    });
  }

  close(): void {
    this.socket.close();
  }
}
