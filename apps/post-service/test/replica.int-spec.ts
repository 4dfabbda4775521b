import { fact, UserCreated, UserUpdated } from '@plaza/contracts';
import { actors, userState } from '@plaza/testing';
import { ServiceUnderTest } from '@plaza/testing/service';
import { postService } from '../src/index.js';

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await ServiceUnderTest.start(postService);
});
afterAll(() => service?.stop());

it('keeps its copy of the users in step', async () => {
  await service.publish(fact(UserCreated, userState(actors.alice)), { version: 1 });
  await service.publish(fact(UserUpdated, { ...userState(actors.alice), displayName: 'Alicia' }), { version: 2 });
  await service.settle();
  expect(await service.query('SELECT username, display_name FROM user_cache')).toEqual([
    { username: actors.alice.username, display_name: 'Alicia' },
  ]);
});

it('answers an unknown route with a problem', async () => {
  const { status, body } = await service.request('GET', '/v1/nothing-here', { as: actors.alice.id });
  expect({ status, body }).toMatchObject({ status: 404, body: { code: 'ROUTE_NOT_FOUND' } });
});
