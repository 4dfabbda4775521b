import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactoryArgs } from 'kafkajs';

/** Counts the connections that have ended, of a kafkajs client that is given its socket factory. kafkajs itself tells nobody. */
export class ConnectionLosses {
  count = 0;

  readonly socketFactory = ({ host, port, ssl, onConnect }: ISocketFactoryArgs): Socket => {
    const socket = ssl
      ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
      : connectPlain({ host, port }, onConnect);
    socket.setKeepAlive(true, 10_000);
    socket.once('close', () => {
      this.count += 1;
    });
    return socket;
  };
}
