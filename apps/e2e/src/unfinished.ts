import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { json, text } from 'node:stream/consumers';
import type { Answer } from '@plaza/testing';

export interface Unfinished {
  method: string;
  path: string;
  headers: Record<string, string>;
  /** All that is ever sent of the body. */
  sent: string;
}

/**
 * Sends a request whose body does not end, and gives the answer to it: only what is refused before its end is answered.
 * Without a `content-length` the body is chunked.
 * @throws Error when the connection ends without an answer
 */
export async function answerBeforeEnd(baseUrl: string, { sent, path, ...options }: Unfinished): Promise<Answer> {
  const asked = request(`${baseUrl}${path}`, options);
  asked.flushHeaders();
  asked.write(sent);
  try {
    const answer = await answerTo(asked);
    const headers = new Headers(answer.headers as Record<string, string>);
    return { status: answer.statusCode ?? 0, headers, body: (await json(answer)) as Answer['body'] };
  } finally {
    asked.destroy();
  }
}

function answerTo(asked: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asked.once('response', resolve);
    asked.on('error', reject);
  });
}

/** Writes requests to one connection, all at once, and gives the statuses that come back until it ends. */
export async function statusesOnOneConnection(baseUrl: string, requests: string[]): Promise<number[]> {
  const { hostname, port } = new URL(baseUrl);
  const socket = connect(Number(port), hostname);
  socket.write(requests.join(''));
  const answered = await text(socket);
  return [...answered.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}
