import { IsUUID } from 'class-validator';
import { FactUnknown } from './errors.js';
import { declarationByType, declarationOf, declaredFacts, Fact, type FactOptions, fact } from './fact.js';
import { FollowCreated, FollowDeleted } from './social.facts.js';
import { UserDeleted, UserUpdated } from './user.facts.js';

const follow = fact(FollowCreated, {
  followerId: '0191d2a4-7c1e-7a51-8a10-3c1f54a0b001',
  followingId: '0191d2a4-7c1e-7a51-8a10-3c1f54a0b002',
  status: 'ACTIVE',
  createdAt: '2026-11-21T12:00:00.000Z',
});

it('finds a declaration by class, by instance and by type', () => {
  const declaration = declarationOf(FollowCreated);
  expect(declaration).toMatchObject({
    type: 'follow.created',
    topic: 'follow',
    schemaId: 'urn:plaza:fact:follow.created',
  });
  expect(declarationOf(follow)).toBe(declaration);
  expect(declarationByType('follow.created')).toBe(declaration);
});

it('gives a relation the key of its two ends', () => {
  const key = declarationOf(follow).key(follow);
  expect(key).toBe('0191d2a4-7c1e-7a51-8a10-3c1f54a0b001:0191d2a4-7c1e-7a51-8a10-3c1f54a0b002');
  expect(declarationOf(FollowDeleted).key(follow)).toBe(key);
});

it('knows no type and no class that was never declared', () => {
  expect(declarationByType('user.exploded')).toBeUndefined();
  expect(() => declarationOf({ id: '1' })).toThrow(FactUnknown);
  expect(() => declarationOf(Object.create(null))).toThrow(FactUnknown);
  expect(() => declarationOf(class Stranger extends UserDeleted {})).toThrow('Stranger is not declared with @Fact');
});

it('keeps the users in topics of their own', () => {
  const topics = [UserUpdated, UserDeleted].map((it) => declarationOf(it).topic);
  expect(topics).toEqual(['user.updated', 'user.deleted']);
});

describe('declaring', () => {
  class Poked {
    @IsUUID() id: string;
  }
  const poke: FactOptions<Poked> = {
    type: 'follow.poked',
    topic: 'follow',
    kind: 'state',
    producer: 'social-service',
    key: (it) => it.id,
  };
  const declaring = (options: Partial<FactOptions<Poked>>) => () => Fact<Poked>({ ...poke, ...options })(Poked);

  it('refuses a type that is taken', () => {
    expect(declaring({ type: 'follow.created' })).toThrow('follow.created is declared twice');
  });

  it('refuses a topic with two kinds or two producers', () => {
    expect(declaring({ kind: 'stream' })).toThrow('share topic follow but differ in kind or producer');
    expect(declaring({ producer: 'post-service' })).toThrow('share topic follow but differ in kind or producer');
  });

  it('leaves nothing behind when it refuses', () => {
    expect(declaredFacts().map((it) => it.type)).not.toContain('follow.poked');
  });
});
