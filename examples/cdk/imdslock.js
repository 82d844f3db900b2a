// A validation plugin of the CDK: a synthesis fails while imdslock check finds
// something open in the templates, of nested stacks too.
const { spawnSync } = require('child_process');
const path = require('path');

class Imdslock {
  name = 'imdslock';

  validate(context) {
    const folders = [...new Set(context.templatePaths.map((file) => path.dirname(file)))];
    const outermost = folders.filter((folder) => !folders.some((other) => folder.startsWith(other + path.sep)));
    const checked = spawnSync('imdslock', ['check', '--quiet', '--format', 'json', ...outermost], { encoding: 'utf8' });
    if (checked.error || checked.status > 1) {
      throw new Error(`imdslock check: ${checked.error ?? checked.stderr}`);
    }
    const open = JSON.parse(checked.stdout).findings.filter((f) => f.level === 'error');
    return {
      success: open.length === 0,
      violations: open.map((f) => ({
        ruleName: f.rule,
        description: f.message,
        fix: `imdslock -w ${path.dirname(f.file)}`,
        violatingResources: [
          { resourceLogicalId: f.logicalId, templatePath: f.file, locations: [`${f.file}:${f.line}:${f.column}`] },
        ],
      })),
    };
  }
}

module.exports = { Imdslock };
