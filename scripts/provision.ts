/**
 * Brings what the tests need from Debian: DICOM peers and a browser. Installs where it may (root and
 * apt), otherwise says exactly what to install. The product itself needs none of it.
 */
import { spawnSync } from 'node:child_process';
import { PEER_PROGRAMS } from '../test/support/peer-programs.ts';
import { findProgram } from '../test/support/peers.ts';

function missingPackages(): string[] {
  const missing = Object.entries(PEER_PROGRAMS).filter(([program]) => findProgram(program) === undefined);
  return [...new Set(missing.map(([, debianPackage]) => debianPackage))];
}

function apt(...words: string[]): boolean {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return (
    spawnSync('apt-get', ['-qq', ...words], { stdio: ['ignore', 'ignore', 'inherit'], env: environment }).status === 0
  );
}

let missing = missingPackages();
if (missing.length > 0 && process.getuid?.() === 0 && findProgram('apt-get') !== undefined) {
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
