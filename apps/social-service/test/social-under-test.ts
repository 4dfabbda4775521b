import { fact, UserCreated, type UserState } from '@plaza/contracts';
import { actors, userState } from '@plaza/testing';
import { ServiceUnderTest } from '@plaza/testing/service';
import { socialService } from '../src/index.js';

export const { alice, bob, carol } = actors;

/** social-service that knows alice, bob and carol; `changes` of one of them by username. */
export async function socialUnderTest(changes: Record<string, Partial<UserState>> = {}): Promise<ServiceUnderTest> {
  const social = await ServiceUnderTest.start(socialService);
  for (const actor of [alice, bob, carol]) {
    await social.publish(fact(UserCreated, { ...userState(actor), ...changes[actor.username] }), { version: 1 });
  }
  await social.settle();
  return social;
}

/** The counts of a user, and how often each kind of fact was told. */
export async function countsOf(social: ServiceUnderTest, id: string): Promise<[followers: number, following: number]> {
  const { body } = await social.request<{ followersCount: number; followingCount: number }>(
    'GET',
    `/v1/social/${id}/stats`,
    { as: id },
  );
  return [body.followersCount, body.followingCount];
}

export async function factTypes(social: ServiceUnderTest): Promise<string[]> {
  return (await social.facts()).map(({ type }) => type);
}
