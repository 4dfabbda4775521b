import { duration, whole } from '@plaza/service-kit';

const MEBIBYTE = 1_048_576;

/** The settings of `/v1/stream`. */
export const streamSettings = {
  streamConnections: whole('PLAZA_STREAM_CONNECTIONS', {
    desc: 'Open sockets of one gateway; past it 503',
    default: 20_000,
    min: 1,
  }),
  streamConnectionsPerUser: whole('PLAZA_STREAM_CONNECTIONS_PER_USER', {
    desc: 'Open sockets of one user at one gateway; past it 429',
    default: 20,
    min: 1,
  }),
  streamFramesPerSecond: whole('PLAZA_STREAM_FRAMES_PER_SECOND', {
    desc: 'Frames that a client may send in the long run; past it the socket is closed with 4429',
    default: 50,
    min: 1,
  }),
  streamFramesAtOnce: whole('PLAZA_STREAM_FRAMES_AT_ONCE', {
    desc: 'Frames that a client may send at once',
    default: 200,
    min: 1,
  }),
  streamBufferOfClient: whole('PLAZA_STREAM_BUFFER_OF_CLIENT', {
    desc: 'Bytes that may wait for a client to read them; past it the socket is closed with 4408',
    default: MEBIBYTE / 4,
    min: 131_072,
  }),
  streamBufferOfAll: whole('PLAZA_STREAM_BUFFER_OF_ALL', {
    desc: 'Bytes that may wait for all clients together; past it the slowest are closed with 4408',
    default: 64 * MEBIBYTE,
    min: MEBIBYTE,
  }),
  streamRingFrames: whole('PLAZA_STREAM_RING_FRAMES', {
    desc: 'Frames kept for clients that were away, at most those of 5 minutes',
    default: 50_000,
    min: 1,
  }),
  streamRingBytes: whole('PLAZA_STREAM_RING_BYTES', {
    desc: 'Bytes of such frames',
    default: 64 * MEBIBYTE,
    min: 1_024,
  }),
  streamPing: duration('PLAZA_STREAM_PING', {
    desc: 'How often clients are pinged; one that says nothing for twice as long is gone',
    default: 30_000,
    min: 100,
    max: 600_000,
  }),
};
