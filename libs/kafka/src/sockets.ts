import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory, ISocketFactoryArgs } from 'kafkajs';

/**
 * A connection to a broker. As kafkajs makes it, but for Nagle's delay: a heartbeat or a commit behind a fetch that the
 * broker keeps open would wait up to 40 ms for that one's acknowledgement.
 */
export function connectToBroker({ host, port, ssl, onConnect }: ISocketFactoryArgs): Socket {
  const socket = ssl
    ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
    : connectPlain({ host, port }, onConnect);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 10_000);
  return socket;
}

/** Counts the connections that have ended, of a kafkajs client that is given its socket factory. kafkajs itself tells nobody. */
export class ConnectionLosses {
  count = 0;

  readonly socketFactory: ISocketFactory = (args) => {
    const socket = connectToBroker(args);
    socket.once('close', () => {
      this.count += 1;
    });
    return socket;
  };
}
