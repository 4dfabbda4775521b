// `npm run demo [-- --url http://127.0.0.1:3000]`: plays the journey against a running platform and shows each step.
import { randomBytes } from 'node:crypto';
import { Actor, type Answer, eventually, PlazaClient } from '@plaza/testing';
import { Command } from 'commander';

interface Followers {
  items: Array<{ user: { displayName: string | null; username: string | null } }>;
}

const { url } = new Command('demo')
  .option('--url <url>', 'where the gateway is', `http://127.0.0.1:${process.env.PLAZA_PORT ?? 3000}`)
  .parse()
  .opts<{ url: string }>();

const client = new PlazaClient(url);
const run = randomBytes(3).toString('hex');

try {
  await play();
} catch (error) {
  console.error(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}`);
  if (isRefused(error)) console.error(`Nothing answers at ${url}. Start the platform first: npm start`);
  process.exitCode = 1;
}

async function play(): Promise<void> {
  const alice = await Actor.register(client, person('Alice'));
  show('Alice registers', `POST /v1/auth/register → 201, id ${alice.id}`);
  const bob = await Actor.register(client, person('Bob'));
  show('Bob registers', `POST /v1/auth/register → 201, id ${bob.id}`);

  const followed = await bob.put(`/v1/follows/${alice.id}`);
  show('Bob follows Alice, at once', `PUT /v1/follows/${alice.id} → ${line(followed)}`);
  show("Alice's followers", line(await alice.get(`/v1/social/${alice.id}/followers`)));
  show('Those whom Bob follows', line(await bob.get(`/v1/social/${bob.id}/following`)));
  show("Alice's counts", line(await alice.get(`/v1/social/${alice.id}/stats`)));

  await bob.patch('/v1/users/me', { displayName: 'Robert' });
  const changedAt = performance.now();
  await eventually(async () => {
    const { body } = await alice.get<Followers>(`/v1/social/${alice.id}/followers`);
    if (body.items[0]?.user.displayName !== 'Robert') throw new Error('social-service still shows the old name');
  });
  const took = Math.round(performance.now() - changedAt);
  show('Bob is now Robert', `PATCH /v1/users/me, and social-service shows it ${took} ms later, by way of Kafka`);

  await bob.post('/v1/auth/logout');
  const refused = await eventually(async () => {
    const answer = await bob.get(`/v1/social/${alice.id}/stats`);
    if (answer.status !== 401) throw new Error('the token still works');
    return answer;
  });
  show('Robert logs out: his token is dead everywhere', line(refused));
}

function person(displayName: string) {
  const username = `${displayName.toLowerCase()}_${run}`;
  return { username, displayName, email: `${username}@example.org`, password: `a long password of ${username}` };
}

function line(answer: Answer): string {
  return `${answer.status} ${JSON.stringify(answer.body)}`;
}

function show(step: string, detail: string): void {
  console.log(`\n\u001b[1m${step}\u001b[0m\n  ${detail}`);
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && error.message === 'fetch failed';
}
