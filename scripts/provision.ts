/**
 * Brings what the tests need from Debian: DICOM peers and a browser. Installs where it may (root and
 * apt), otherwise says exactly what to install. The product itself needs none of it.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const PROGRAMS = [
  { program: 'storescu', debianPackage: 'dcmtk' },
  { program: 'dcmdump', debianPackage: 'dcmtk' },
  { program: 'dciodvfy', debianPackage: 'dicom3tools' },
  { program: 'Orthanc', debianPackage: 'orthanc' },
  { program: 'chromium', debianPackage: 'chromium' },
] as const;

const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin', '/usr/local/bin'];

function installed(program: string): boolean {
  return FOLDERS.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function missingPackages(): string[] {
  return [...new Set(PROGRAMS.filter(({ program }) => !installed(program)).map(({ debianPackage }) => debianPackage))];
}

function apt(...words: string[]): boolean {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return (
    spawnSync('apt-get', ['-qq', ...words], { stdio: ['ignore', 'ignore', 'inherit'], env: environment }).status === 0
  );
}

let missing = missingPackages();
if (missing.length > 0 && process.getuid?.() === 0 && installed('apt-get')) {
  console.log(`Installing what the tests need: ${missing.join(' ')}`);
  apt('update');
  apt('install', '--yes', '--no-install-recommends', ...missing);
  missing = missingPackages();
}
if (missing.length > 0) {
  console.log(
    `Some tests need programs that are not installed. To install them: sudo apt-get install ${missing.join(' ')}`,
  );
  if (process.env.CI === 'true') process.exit(1);
  console.log('The tests that need them are reported as skipped by name.');
}
