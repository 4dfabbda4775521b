import { duration, type ServiceConfig } from '@plaza/service-kit';

const second = 1_000;
const hour = 3_600_000;

export const messagingSettings = {
  messageEditWindow: duration('PLAZA_MESSAGE_EDIT_WINDOW', {
    desc: 'How long after sending a message its sender may edit it',
    default: 24 * hour,
  }),
  presenceGatewaySilence: duration('PLAZA_PRESENCE_GATEWAY_SILENCE', {
    desc: 'A gateway that says nothing for this long is dead, and so are its connections; it says something every 10 s',
    default: 25 * second,
    min: second,
  }),
  presenceLeaveAfter: duration('PLAZA_PRESENCE_LEAVE_AFTER', {
    desc: 'How long a user without any connection is shown as there, so that nobody sees a reconnect',
    default: 3 * second,
  }),
  unseenAfter: duration('PLAZA_UNSEEN_AFTER', {
    desc: 'How long a message waits for those who are away before they are told otherwise',
    default: 10 * second,
  }),
  usageEvery: duration('PLAZA_USAGE_EVERY', {
    desc: 'How often at most the use of a user on a day is told',
    default: 60 * second,
  }),
};

export type MessagingConfig = ServiceConfig<typeof messagingSettings>;
