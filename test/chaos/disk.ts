import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Left free on a disk that is full. */
const LEFT_BYTES = 64 * 1024;
const UNMOUNT_TRIES_MAX = 100;
const UNMOUNT_AGAIN_MS = 50;
/** FS_IOC_SHUTDOWN with "no log flush" (linux/fs.h): what the disk was not told by now is lost. */
const CUT = `use Fcntl; sysopen(my $disk, $ARGV[0], O_RDONLY) or die $!; my $how = pack('L', 2);
  ioctl($disk, 0x8004587d, $how) or die $!;`;

const command = (name: string, ...args: readonly string[]): string =>
  execFileSync(name, args, { encoding: 'utf8', stdio: 'pipe' });

/**
 * A disk of its own for what must outlast a crash: a file system in a file, whose power can be cut and
 * which can be made full. Where none can be made, the folder is an ordinary one and `reason` says why.
 */
export class Disk {
  /** Why this is no disk of its own. */
  readonly reason: string | undefined;
  readonly #image: string;

  constructor(
    readonly folder: string,
    megabytes: number,
  ) {
    this.#image = join(dirname(folder), 'disk.img');
    mkdirSync(folder, { recursive: true });
    this.reason = this.#make(megabytes);
    chmodSync(folder, 0o755);
  }

  /** Leaves no room for a while. */
  async fill(ms: number): Promise<void> {
    const filler = join(this.folder, 'filler');
    // What is being written meanwhile may take some of it.
    for (const part of [1, 0.9, 0.5])
      try {
        const length = Math.floor((this.#free() - LEFT_BYTES) * part);
        command('fallocate', '--length', String(length), filler);
        break;
      } catch {
        // Tried again with less.
      }
    await sleep(ms);
    rmSync(filler, { force: true });
  }

  /** Cuts the power: what was not synced by this moment is gone, and nothing works until `comeBack`. */
  cut(): void {
    command('perl', '-e', CUT, this.folder);
  }

  /** Kills every process that works in the folder; then the disk is there again, as it was cut. */
  async comeBack(): Promise<void> {
    for (let tries = 0; ; tries += 1)
      try {
        for (const pid of this.#users()) kill(pid);
        command('umount', this.folder);
        break;
      } catch (error) {
        if (tries === UNMOUNT_TRIES_MAX) throw error;
        await sleep(UNMOUNT_AGAIN_MS);
      }
    this.#mount();
  }

  close(): void {
    if (this.reason !== undefined) return;
    command('umount', '-l', this.folder);
    command('umount', '-l', this.folder);
    rmSync(this.#image);
  }

  #make(megabytes: number): string | undefined {
    if (process.platform !== 'linux' || process.getuid?.() !== 0)
      return 'only root can mount a disk of its own';
    try {
      command('truncate', '--size', `${megabytes}M`, this.#image);
      command('mkfs.ext4', '-q', '-m', '0', this.#image);
      // While the disk is away, nobody may take the empty folder for a new one.
      command('mount', '-t', 'tmpfs', '-o', 'ro,size=4k', 'none', this.folder);
      try {
        this.#mount();
      } catch (error) {
        // Nobody could write there.
        command('umount', this.folder);
        throw error;
      }
      return undefined;
    } catch (error) {
      return `no disk can be made here (${(error as Error).message.split('\n')[0]})`;
    }
  }

  #mount(): void {
    command('mount', '-o', 'loop', this.#image, this.folder);
  }

  #free(): number {
    return Number(command('df', '-B1', '--output=avail', this.folder).split('\n')[1]);
  }

  /** Processes that work in the folder or have a file of it open. */
  #users(): readonly number[] {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 1 && pid !== process.pid && this.#uses(pid));
  }

  #uses(pid: number): boolean {
    try {
      const files = readdirSync(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`);
      return [`/proc/${pid}/cwd`, ...files].some((link) =>
        readlinkOf(link).startsWith(`${this.folder}/`),
      );
    } catch {
      // It has ended.
      return false;
    }
  }
}

const readlinkOf = (link: string): string => {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
};
