/**
 * What Node is started with for a service, as `deploy/Dockerfile` has it too. By default V8 collects garbage on four threads
 * beside the main one: on few cores that stops a process, and the database beside it, for 200 ms every 10 s.
 */
export const nodeArguments = ['--v8-pool-size=1'];
