import { RateLimit, rateHeaders } from './rate-limit.js';

describe('a rate limit', () => {
  it('lets a quota through and then no more', async () => {
    const limit = new RateLimit({ name: 'user', quota: 2, capacity: 10 });
    expect(await limit.take('alice')).toMatchObject({ allowed: true, remaining: 1 });
    expect(await limit.take('alice')).toMatchObject({ allowed: true, remaining: 0 });
    expect(await limit.take('alice')).toMatchObject({ allowed: false, remaining: 0, resetIn: 60 });
    expect(await limit.take('bob')).toMatchObject({ allowed: true, remaining: 1 });
  });

  it('takes back what was counted', async () => {
    const limit = new RateLimit({ name: 'user', quota: 1, capacity: 10 });
    await limit.take('alice');
    await limit.giveBack('alice');
    expect(await limit.take('alice')).toMatchObject({ allowed: true });
  });

  it('forgets who came longest ago when there are too many, and nobody else', async () => {
    const limit = new RateLimit({ name: 'user', quota: 1, capacity: 2 });
    for (const client of ['alice', 'bob', 'carol']) await limit.take(client);
    expect(await limit.take('carol')).toMatchObject({ allowed: false });
    expect(await limit.take('alice')).toMatchObject({ allowed: true });
  });

  it('is told in structured fields', async () => {
    const user = new RateLimit({ name: 'user', quota: 600, capacity: 10 });
    const signIn = new RateLimit({ name: 'sign-in', quota: 100, capacity: 10 });
    const states = [await user.take('a'), await signIn.take('a')];
    expect(rateHeaders(states)).toEqual({
      'ratelimit-policy': '"user";q=600;w=60, "sign-in";q=100;w=60',
      ratelimit: '"user";r=599;t=60, "sign-in";r=99;t=60',
    });
  });
});
