import './post.facts.js';
import './social.facts.js';
import './stream.facts.js';
import './user.facts.js';
import { declaredTopics } from './topics.js';

const topic = (name: string) => declaredTopics().find((it) => it.name === name);

it('puts all facts of one aggregate into one topic', () => {
  expect(topic('follow')).toMatchObject({
    kind: 'state',
    producers: ['social-service'],
    types: ['follow.accepted', 'follow.created', 'follow.deleted', 'follow.requested'],
  });
});

it('names a topic after the relation, where the types of its facts say what happened to the ends', () => {
  expect(topic('like')?.types).toEqual(['comment.liked', 'comment.unliked', 'post.liked', 'post.unliked']);
});

it('compacts state, so that a replica can be built from it at any time', () => {
  expect(topic('user.created')?.configs).toEqual({
    'cleanup.policy': 'compact',
    'segment.ms': '3600000',
    'max.compaction.lag.ms': '86400000',
    'delete.retention.ms': '86400000',
  });
});

it('keeps a stream of happenings for 7 days', () => {
  expect(topic('session')).toMatchObject({
    kind: 'stream',
    configs: { 'cleanup.policy': 'delete', 'retention.ms': '604800000' },
  });
});

it('keeps what clients see a little longer than a client may be away, whoever publishes it', () => {
  expect(topic('stream.frame')).toMatchObject({
    kind: 'brief',
    producers: ['messaging-service', 'notification-service'],
    configs: { 'cleanup.policy': 'delete', 'retention.ms': '600000' },
  });
});
