import { type ChildProcess, spawn } from 'node:child_process';

// A process killed with -9 cannot end its children. So a shell in a session of its own holds the read end of a pipe whose
// only write end is ours: however we die, the kernel closes it, the shell reads the end of file and ends the process groups
// that are left on its list. That is quick rather than gentle, for the next start may come at once and must not meet a
// half-stopped server on its port; the servers recover from it.
const SCRIPT = `
while read -r action group; do
  if [ "$action" != drop ]; then groups="$groups $group:$action"; continue; fi
  kept=; for each in $groups; do [ "\${each%:*}" = "$group" ] || kept="$kept $each"; done; groups=$kept
done
for each in $groups; do kill -"\${each#*:}" "-\${each%:*}"; done
for _ in 1 2 3 4 5 6 7 8 9 10; do
  left=; for each in $groups; do kill -0 "-\${each%:*}" && left="$left $each"; done
  [ -z "$left" ] && exit
  sleep 0.1
done
for each in $left; do kill -KILL "-\${each%:*}"; done
`;

const groups = new Map<number, string>();
let reaper: ChildProcess | undefined;

/**
 * Makes sure that a process group (a child spawned with `detached: true`) does not outlive this process by more than a
 * second. `signal` is what it is sent first.
 */
export function endWithUs(group: number, signal: 'SIGKILL' | 'SIGQUIT' = 'SIGKILL'): void {
  const entry = `${signal.slice(3)} ${group}\n`;
  groups.set(group, entry);
  tell(entry);
}

/** The group has ended: its number may soon be another's. */
export function hasEnded(group: number): void {
  if (groups.delete(group)) tell(`drop ${group}\n`);
}

function tell(line: string): void {
  if (reaper === undefined) startReaper();
  else reaper.stdin?.write(line);
}

function startReaper(): void {
  const child = spawn('sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/' });
  reaper = child;
  const gone = () => {
    if (reaper !== child) return;
    reaper = undefined;
    if (groups.size > 0) startReaper();
  };
  child.on('exit', gone);
  child.stdin.on('error', gone);
  child.unref();
  (child.stdin as typeof child.stdin & { unref?: () => void }).unref?.();
  for (const entry of groups.values()) child.stdin.write(entry);
}
