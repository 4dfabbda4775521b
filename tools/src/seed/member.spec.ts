import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PlazaClient } from '@plaza/testing';
import { Chance } from './chance.js';
import { Member } from './member.js';
import { planPeople, type SeedPerson } from './people.js';

type Reply = [status: number, body?: object, headers?: Record<string, string>];

const session = { user: { id: 'an-id' }, accessToken: 'first', refreshToken: 'refresh' };

let server: Server;
/** What is answered, one after the other. */
let replies: Reply[];
let asked: string[];
let person: SeedPerson;
let client: PlazaClient;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
    const [status, body = {}, headers = {}] = replies.shift() ?? [500];
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = new PlazaClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  [person] = planPeople(new Chance(1), 2) as [SeedPerson];
});
afterAll(() => new Promise((closed) => server.close(closed)));
beforeEach(() => {
  asked = [];
});

async function joined(...then: Reply[]): Promise<Member> {
  replies = [[201, session], ...then];
  const member = await Member.join(client, person);
  asked = [];
  return member;
}

it('asks again when it was told to come later', async () => {
  replies = [
    [429, {}, { 'retry-after': '0' }],
    [503, {}, { 'retry-after': '0' }],
    [201, session],
  ];
  expect((await Member.join(client, person)).id).toBe('an-id');
  expect(asked).toEqual(Array(3).fill('POST /v1/auth/register'));
});

it('signs in where an earlier run has registered', async () => {
  replies = [[409], [200, session]];
  expect((await Member.join(client, person)).id).toBe('an-id');
  expect(asked).toEqual(['POST /v1/auth/register', 'POST /v1/auth/login']);
});

it('refuses to go on where the username is of somebody with another password', async () => {
  replies = [[409], [401]];
  await expect(Member.join(client, person)).rejects.toThrow(`${person.username} is somebody else's here`);
});

it('goes on with a new token when the old one has expired', async () => {
  const member = await joined([401], [200, { accessToken: 'second', refreshToken: 'next' }], [200, { well: true }]);
  expect((await member.send({ method: 'PUT', path: '/v1/follows/x' })).body).toEqual({ well: true });
  expect(asked).toEqual(['PUT /v1/follows/x Bearer first', 'POST /v1/auth/refresh', 'PUT /v1/follows/x Bearer second']);
});

it('asks again for what can not be seen yet', async () => {
  const member = await joined([404], [204]);
  expect((await member.send({ method: 'PUT', path: '/v1/posts/x/like' })).status).toBe(204);
});

it('stops at an answer that it does not expect, and says which', async () => {
  const member = await joined([422, { code: 'BODY_INVALID' }]);
  const sending = member.send({ method: 'POST', path: '/v1/posts', body: { content: '' } });
  await expect(sending).rejects.toThrow('POST /v1/posts answered 422: {"code":"BODY_INVALID"}');
  replies = [[409]];
  expect((await member.send({ method: 'POST', path: '/v1/posts/x/share', alsoFine: [409] })).status).toBe(409);
});
