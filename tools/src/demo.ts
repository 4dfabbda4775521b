// `npm run demo [-- --url http://127.0.0.1:3000]`: plays the journey against a running platform and shows each step.
import { randomBytes } from 'node:crypto';
import { Actor, eventually, PlazaClient } from '@plaza/testing';
import { Command } from 'commander';
import { talk } from './demo/chat-scene.js';
import { line, must, show, untilHolds } from './demo/stage.js';

interface Person {
  displayName: string | null;
  avatarUrl: string | null;
}
interface List<T> {
  items: T[];
}
type Posts = List<{ id: string; author: Person }>;
type Notifications = List<{ type: string; title: string; sender: Person }>;

const { url } = new Command('demo')
  .option('--url <url>', 'where the gateway is', `http://127.0.0.1:${process.env.PLAZA_PORT ?? 3000}`)
  .parse()
  .opts<{ url: string }>();

const client = new PlazaClient(url);
const run = randomBytes(3).toString('hex');

try {
  const [alice, bob] = await meet();
  const post = await write(alice, bob);
  await answer(alice, bob, post);
  await rename(alice, bob, post);
  await takeBack(alice, bob, post);
  await talk(alice, bob);
  await leave(alice, bob);
} catch (error) {
  console.error(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}`);
  if (isRefused(error)) console.error(`Nothing answers at ${url}. Start the platform first: npm start`);
  process.exitCode = 1;
}

async function meet(): Promise<[Actor, Actor]> {
  const alice = await Actor.register(client, person('Alice'));
  show('Alice registers', `POST /v1/auth/register → 201, id ${alice.id}`);
  const bob = await Actor.register(client, person('Bob'));
  show('Bob registers', `POST /v1/auth/register → 201, id ${bob.id}`);
  await bob.patch('/v1/users/me', { avatarUrl: 'https://avatars.example.org/bob.png' });
  show('Bob follows Alice, at once', `PUT /v1/follows/${alice.id} → ${line(await bob.put(`/v1/follows/${alice.id}`))}`);
  return [alice, bob];
}

async function write(alice: Actor, bob: Actor): Promise<string> {
  const made = await alice.post<{ id: string }>('/v1/posts', {
    content: `Hello @${bob.person.username}, this is #plaza`,
  });
  show('Alice posts', `POST /v1/posts → ${line(made)}`);
  const { id } = made.body;
  const took = await untilHolds(async () => {
    const { body } = await bob.get<Posts>('/v1/feed');
    must(body.items[0]?.id === id, "the post is not in Bob's feed");
  });
  show("Her post is in Bob's home feed", `GET /v1/feed, ${took} later, by way of Kafka`);
  return id;
}

async function answer(alice: Actor, bob: Actor, post: string): Promise<void> {
  show('Bob likes it', `PUT /v1/posts/${post}/like → ${line(await bob.put(`/v1/posts/${post}/like`))}`);
  const commented = await bob.post(`/v1/posts/${post}/comments`, { content: 'Hello Alice!' });
  show('Bob comments on it', `POST /v1/posts/${post}/comments → ${line(commented)}`);
  const took = await untilHolds(async () => {
    const { body } = await alice.get<Notifications>('/v1/notifications');
    must(typesIn(body) === 'COMMENT, FOLLOW, LIKE', 'Alice has not been told of everything');
  });
  const { body } = await alice.get<Notifications>('/v1/notifications');
  const told = body.items.map(({ type, title, sender }) => `\n    ${type}: ${title} (${sender.avatarUrl})`);
  show('Alice has three notifications', `GET /v1/notifications, ${took} later:${told.join('')}`);
}

async function rename(alice: Actor, bob: Actor, post: string): Promise<void> {
  await bob.patch('/v1/users/me', { displayName: 'Robert' });
  const took = await untilHolds(async () => {
    const [followers, comments, notifications] = await Promise.all([
      alice.get<List<{ user: Person }>>(`/v1/social/${alice.id}/followers`),
      alice.get<List<{ author: Person }>>(`/v1/posts/${post}/comments`),
      alice.get<Notifications>('/v1/notifications'),
    ]);
    const shown = [
      ...followers.body.items.map(({ user }) => user),
      ...comments.body.items.map(({ author }) => author),
      ...notifications.body.items.map(({ sender }) => sender),
    ];
    must(
      shown.every(({ displayName }) => displayName === 'Robert'),
      'a service still shows the old name',
    );
  });
  show('Bob is now Robert', `PATCH /v1/users/me, and every service shows it ${took} later`);
}

async function takeBack(alice: Actor, bob: Actor, post: string): Promise<void> {
  await bob.delete(`/v1/posts/${post}/like`);
  const withdrawn = await untilHolds(async () => {
    const { body } = await alice.get<Notifications>('/v1/notifications?unread=true');
    must(typesIn(body) === 'COMMENT, FOLLOW', 'the notification is still there');
  });
  show(
    'Robert takes his like back',
    `DELETE /v1/posts/${post}/like; its unread notification is gone ${withdrawn} later`,
  );
  await alice.delete(`/v1/posts/${post}`);
  const gone = await untilHolds(async () => {
    const { body } = await bob.get<Posts>('/v1/feed');
    must(body.items.length === 0, "the post is still in Robert's feed");
  });
  show('Alice deletes her post', `DELETE /v1/posts/${post}; it is gone from Robert's feed ${gone} later`);
}

async function leave(alice: Actor, bob: Actor): Promise<void> {
  await bob.post('/v1/auth/logout');
  const refused = await eventually(async () => {
    const asked = await bob.get(`/v1/social/${alice.id}/stats`);
    must(asked.status === 401, 'the token still works');
    return asked;
  });
  show('Robert logs out: his token is dead everywhere', line(refused));
}

function typesIn({ items }: Notifications): string {
  const types = items.map(({ type }) => type);
  return types.sort().join(', ');
}

function person(displayName: string) {
  const username = `${displayName.toLowerCase()}_${run}`;
  return { username, displayName, email: `${username}@example.org`, password: `a long password of ${username}` };
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && error.message === 'fetch failed';
}
