import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What happens to a connection on which a commit is asked for: `before` the server has read it, or `after` it has answered. */
export type Cut = 'before' | 'after' | undefined;

/** Stands between a client and MongoDB, and cuts connections: in the middle of commits, or all of them. */
export class CuttingProxy {
  private readonly clients = new Set<Socket>();
  private isAway = false;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** @param cut asked at each commit, with the number of transactions that were begun so far and of commits */
  static async listen(mongodbUrl: string, cut: (begun: number, commits: number) => Cut): Promise<CuttingProxy> {
    const { hostname, port, pathname } = new URL(mongodbUrl);
    let begun = 0;
    let commits = 0;
    const server = createServer((client) => {
      const target = connect(Number(port), hostname);
      let cutAfter = false;
      client.on('data', (data) => {
        if (data.includes('startTransaction')) begun += 1;
        const how = data.includes('commitTransaction') ? cut(begun, ++commits) : undefined;
        if (how === 'before') return end(client, target);
        cutAfter ||= how === 'after';
        target.write(data);
      });
      target.on('data', (data) => (cutAfter ? end(client, target) : client.write(data)));
      for (const each of [client, target]) {
        each.on('error', () => end(client, target));
        each.on('close', () => end(client, target));
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The proxy has no port');
    const url = `mongodb://127.0.0.1:${address.port}${pathname}?directConnection=true`;
    const proxy = new CuttingProxy(server, url);
    server.on('connection', (client) => proxy.meet(client));
    return proxy;
  }

  /** From now on it is as if MongoDB had ended, until `comeBack`. */
  goAway(): void {
    this.isAway = true;
    end(...this.clients);
  }

  comeBack(): void {
    this.isAway = false;
  }

  async end(): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }

  private meet(client: Socket): void {
    this.clients.add(client);
    client.on('close', () => this.clients.delete(client));
    if (this.isAway) end(client);
  }
}

function end(...sockets: Socket[]): void {
  for (const socket of sockets) socket.destroy();
}
