import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attachment } from './download.ts';

describe('attachment', () => {
  it.each([
    ['Security.evtx', 'Security.evtx', 'Security.evtx'],
    ['Beweis Ä.evtx', 'Beweis _.evtx', 'Beweis%20%C3%84.evtx'],
    ['a"; filename="b', 'a_; filename=_b', 'a%22%3B%20filename%3D%22b'],
    ['it\u2019s (1)*.evtx', 'it_s (1)*.evtx', 'it%E2%80%99s%20%281%29%2A.evtx'],
    ['invoice\u202Efdp.exe', 'invoice_fdp.exe', 'invoice_fdp.exe'],
    ['../etc/passwd', '.._etc_passwd', '.._etc_passwd'],
    ['\ud800x', '_x', '_x'],
  ])('%j', (name, ascii, encoded) => {
    expect(attachment(name)).toBe(`attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`);
  });

  it('is one header with two parameters for any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const header = new Headers({ 'content-disposition': attachment(name) }).get('content-disposition');
        expect(header).toMatch(/^attachment; filename="[ !#$&-~]*"; filename\*=UTF-8''[\w.~%!#$&+^`|{}-]*$/);
      }),
    );
  });
});
