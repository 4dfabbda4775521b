import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withKafkaAdmin } from '@plaza/testing';
import { Topics } from '../src/topics.js';
import './note.facts.js';
import { OutboxBed } from './outbox-bed.js';

describe('Topics', () => {
  let bed: OutboxBed;
  let topics: Topics;

  beforeAll(async () => {
    bed = await OutboxBed.start({ partitions: 2 });
    topics = new Topics(bed.kafka(), bed.settings);
  });
  afterAll(() => bed.stop());

  it('knows what its service publishes', () => {
    expect(topics.published()).toEqual(expect.arrayContaining(['note', 'kept-note', 'post-service.dead-letters']));
    expect(topics.published()).not.toContain('user.created');
  });

  it('makes topics as they are declared, also when others make them at the same time, and again', async () => {
    const other = new Topics(bed.kafka(), bed.settings);
    await Promise.all([topics.ensure(['note', 'kept-note']), other.ensure(['kept-note', 'note', 'user.created'])]);
    await topics.ensure(['note', 'kept-note', 'user.created']);
    expect(await configs('note')).toMatchObject({
      partitions: 2,
      'cleanup.policy': 'delete',
      'retention.ms': '604800000',
    });
    expect(await configs('kept-note')).toMatchObject({
      partitions: 2,
      'cleanup.policy': 'compact',
      'segment.ms': '3600000',
    });
  });

  it('sees where their logs end, and that one is missing', async () => {
    const { clusterId, ends } = await topics.look(['note', 'nothing']);
    expect(clusterId).toMatch(/./);
    expect([...ends]).toEqual([
      [
        'note',
        new Map([
          [0, 0n],
          [1, 0n],
        ]),
      ],
    ]);
  });

  async function configs(name: string): Promise<Record<string, unknown>> {
    const topic = `${bed.settings.prefix}${name}`;
    return withKafkaAdmin(async (admin) => {
      const { topics: found } = await admin.fetchTopicMetadata({ topics: [topic] });
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: 2, name: topic }],
      });
      const entries = resources.flatMap(({ configEntries }) =>
        configEntries.map((it) => [it.configName, it.configValue]),
      );
      return { partitions: found[0]?.partitions.length, ...Object.fromEntries(entries) };
    });
  }
});
