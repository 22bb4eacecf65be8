import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const JAVA_VERSION_MIN = 17;
const POM = join(import.meta.dirname, 'pom.xml');

/** Beside the jars: the pom.xml that they are of. */
const marker = (folder: string): string => join(folder, 'complete');
const areThere = (folder: string): boolean =>
  existsSync(marker(folder)) && readFileSync(marker(folder), 'utf8') === readFileSync(POM, 'utf8');

/** Why Kafka cannot be started here, and what to install; undefined if it can. */
export const whyNoKafka = (jarFolder: string): string | undefined => {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = Number(/version "(?<major>\d+)/u.exec(java.stderr ?? '')?.groups?.['major']);
  if (!(version >= JAVA_VERSION_MIN))
    return 'Java 17 or newer is not installed (package openjdk-17-jre-headless)';
  if (!areThere(jarFolder) && spawnSync('mvn', ['-v']).status !== 0)
    return 'Maven is not installed (package maven)';
  return undefined;
};

/**
 * Kafka's jars, in `folder`: from Maven the first time and after pom.xml changed. They get their
 * place when they are complete. Throws with what Maven said.
 */
export const fetchJars = async (folder: string): Promise<void> => {
  if (areThere(folder)) return;
  const draft = `${folder}.${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    await promisify(execFile)('mvn', [
      '--quiet',
      '--batch-mode',
      `--file=${POM}`,
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${draft}`,
    ]);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw new Error(
      `Maven could not fetch Kafka.\n${(error as { stdout?: string }).stdout ?? ''}`,
      {
        cause: error,
      },
    );
  }
  writeFileSync(marker(draft), readFileSync(POM));
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
};
