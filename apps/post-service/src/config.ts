import { type ServiceConfig, whole } from '@plaza/service-kit';

export const postSettings = {
  feedThreshold: whole('PLAZA_FEED_THRESHOLD', {
    desc: 'Readers above which the posts of an author are looked up when a home feed is read, not written to each timeline',
    default: 10_000,
    min: 1,
  }),
};

export type PostConfig = ServiceConfig<typeof postSettings>;
