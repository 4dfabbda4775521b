import { type ChildProcess, spawn } from 'node:child_process';

// A process killed with -9 cannot end its children. So a shell in a session of its own holds the read end of a pipe whose
// only write end is ours: however we die, the kernel closes it, the shell reads the end of file and kills the process
// groups that are left on its list. They are killed, not asked: the servers recover from that, and the next start, which
// may come at once, then never meets a half-stopped server on its port.
const SCRIPT = `
while read -r action group; do
  if [ "$action" = add ]; then groups="$groups $group"; continue; fi
  kept=; for other in $groups; do [ "$other" = "$group" ] || kept="$kept $other"; done; groups=$kept
done
for group in $groups; do kill -KILL -- "-$group"; done
`;

const groups = new Set<number>();
let reaper: ChildProcess | undefined;

/** Makes sure that a process group (a child spawned with `detached: true`) does not outlive this process. */
export function endWithUs(group: number): void {
  groups.add(group);
  tell(`add ${group}\n`);
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
  for (const group of groups) child.stdin.write(`add ${group}\n`);
}
