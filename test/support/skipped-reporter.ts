/** Names every test that was skipped, and why not: a program that is missing must not pass for a test that passed. */
import type { Reporter, TestModule } from 'vitest/node';

export class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) =>
      [...module.children.allTests('skipped')].map((test) => `  ${module.relativeModuleId} > ${test.fullName}`),
    );
    if (skipped.length > 0) console.log(`\nSkipped, by name:\n${skipped.join('\n')}`);
  }
}
