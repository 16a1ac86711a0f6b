import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MANIFEST } from '../../node-agent/settings/manifest.ts';
import { environmentNameOf, readSettings } from '../../node-agent/settings/settings.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('settings', () => {
  it('start with the documented defaults', () => {
    const { values } = readSettings({});
    expect(values['dicom.port']).toBe(11112);
    expect(values['dicom.aeTitle']).toBe('GATEHOUSE');
    expect(values['http.port']).toBe(8470);
    expect(values['http.host']).toBe('127.0.0.1');
    expect(values['hub.beam.url']).toBe('');
  });

  it('take the command line over the environment over the file', () => {
    const file = join(temporaryFolder(), 'settings.json');
    writeFileSync(file, JSON.stringify({ 'dicom.port': 1, 'http.port': 1, 'pipeline.workers': 1 }));
    const settings = readSettings({
      file,
      environment: { GATEHOUSE_DICOM_PORT: '2', GATEHOUSE_HTTP_PORT: '2', PATH: '/bin' },
      commandLine: ['dicom.port=3'],
    });
    expect([settings.values['dicom.port'], settings.values['http.port'], settings.values['pipeline.workers']]).toEqual([
      3, 2, 1,
    ]);
    expect(settings.sourceOf('dicom.port')).toBe('command line');
    expect(settings.sourceOf('site.name')).toBe('default');
  });

  it('open the TLS port only together with a certificate and its key', () => {
    const files = ['dicom.tls.certificateFile=/etc/c.pem', 'dicom.tls.keyFile=/etc/k.pem'];
    expect(readSettings({}).values['dicom.tlsPort']).toBe('off');
    expect(readSettings({ commandLine: ['dicom.tlsPort=0', ...files] }).values['dicom.tlsPort']).toBe('0');
    expect(() => readSettings({ commandLine: ['dicom.tlsPort=2762', ...files.slice(0, 1)] })).toThrow(
      'dicom.tls.keyFile is needed',
    );
    expect(() => readSettings({ commandLine: ['dicom.tlsPort=65536', ...files] })).toThrow('off, or a port');
  });

  it.each([
    [['dicom.prot=1'], 'no setting "dicom.prot"'],
    [['dicom.aetitle=X'], 'Did you mean "dicom.aeTitle"?'],
    [['dicom.port=70000'], 'dicom.port (from the command line) must be a whole number from 0 to 65535; it is "70000"'],
    [['dicom.port=1e3'], 'dicom.port'],
    [['dicom.aeTitle=TOO LONG FOR AN AE TITLE'], 'dicom.aeTitle'],
    [['disclosure.threshold=4'], 'disclosure.threshold (from the command line) must be a whole number from 5'],
    [['log.level=loud'], 'log.level'],
    [['hub.beam.url=ftp://hub'], 'hub.beam.url'],
    [['hub.beam.url=http://127.0.0.1:1'], 'hub.beam.appId is needed'],
    [['dicom.port'], 'write it as --set name=value'],
  ])('refuse %j with a sentence that names the setting', (commandLine, sentence) => {
    expect(() => readSettings({ commandLine })).toThrow(sentence);
  });

  it('refuse a misspelt environment variable of the node', () => {
    expect(() => readSettings({ environment: { GATEHOUSE_DICOM_PROT: '1' } })).toThrow(
      'GATEHOUSE_DICOM_PROT names no setting',
    );
  });

  it('refuse a settings file that is not a JSON object', () => {
    const file = join(temporaryFolder(), 'settings.json');
    writeFileSync(file, '[1]');
    expect(() => readSettings({ file })).toThrow('is not a JSON object');
  });

  it('show the address of a proxy without its password', () => {
    const settings = readSettings({ commandLine: ['hub.proxy=http://user:open-sesame@proxy.example:3128'] });
    expect(settings.values['hub.proxy']).toContain('open-sesame');
    expect(JSON.stringify(settings.describe())).not.toContain('open-sesame');
  });

  it('can each be given in the environment under a name of its own', () => {
    const names = Object.keys(MANIFEST).map(environmentNameOf);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('GATEHOUSE_DICOM_AE_TITLE');
  });
});
