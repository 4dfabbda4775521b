import { duration, type ServiceConfig } from '@plaza/service-kit';

const hour = 3_600_000;

export const messagingSettings = {
  messageEditWindow: duration('PLAZA_MESSAGE_EDIT_WINDOW', {
    desc: 'How long after sending a message its sender may edit it',
    default: 24 * hour,
  }),
};

export type MessagingConfig = ServiceConfig<typeof messagingSettings>;
