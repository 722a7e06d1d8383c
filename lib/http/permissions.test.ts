import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from '@swc/core';
import { describe, expect, it } from 'vitest';
import { PERMISSIONS } from '#lib/auth/actor.ts';
import type { Access } from './access.ts';
import { ACTIONS, PUBLIC_PAGES, ROUTES } from './permission-table.ts';
import { addressOf, filesOf, ROOT } from './testing.ts';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const parse = (file: string) =>
  parseSync(read(file), { syntax: 'typescript', tsx: file.endsWith('.tsx') }).body;

type Node = ReturnType<typeof parse>[number];

/** Names that a module exports, in whatever way; types do not count. Throws for what it does not know. */
function exportedNames(node: Node): string[] {
  switch (node.type) {
    case 'ExportDeclaration': {
      const { declaration } = node;
      if (declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration') {
        return [declaration.identifier.value];
      }
      if (declaration.type !== 'VariableDeclaration') return [];
      return declaration.declarations.map(({ id }) => {
        if (id.type !== 'Identifier')
          throw new Error('Export each name by itself, so that it can be checked.');
        return id.value;
      });
    }
    case 'ExportNamedDeclaration':
      return node.specifiers.map((one) => {
        if (one.type !== 'ExportSpecifier')
          throw new Error('Export each name by itself, so that it can be checked.');
        return (one.exported ?? one.orig).value;
      });
    case 'ExportAllDeclaration':
    case 'ExportDefaultDeclaration':
    case 'ExportDefaultExpression':
      throw new Error('Export each name by itself, so that it can be checked.');
    default:
      return [];
  }
}

function isServerDirective(node: Node | undefined): boolean {
  return (
    node?.type === 'ExpressionStatement' &&
    node.expression.type === 'StringLiteral' &&
    node.expression.value === 'use server'
  );
}

const sources = filesOf('{app,components,lib}/**/*.{ts,tsx}').filter((file) => !file.includes('.test.'));
const withDirective = sources.filter((file) => /^\s*['"]use server['"]/m.test(read(file)));

describe('permission table', () => {
  it('has every method of every route, and no other', () => {
    const found = filesOf('app/**/route.{ts,tsx}').flatMap((file) =>
      parse(file)
        .flatMap(exportedNames)
        .filter((name) => METHODS.has(name))
        .map((method) => `${method} ${addressOf(file)}`),
    );
    expect(found.length).toBeGreaterThan(0);
    expect(ROUTES.map(({ method, path: address }) => `${method} ${address}`).toSorted()).toEqual(
      found.toSorted(),
    );
  });

  it('has every server action, and no other', () => {
    const found = withDirective
      .filter((file) => isServerDirective(parse(file)[0]))
      .flatMap((file) =>
        parse(file)
          .flatMap(exportedNames)
          .map((name) => `${file} ${name}`),
      );
    expect(found.length).toBeGreaterThan(0);
    expect(ACTIONS.map(({ file, name }) => `${file} ${name}`).toSorted()).toEqual(found.toSorted());
  });

  it('can see every action: "use server" stands at the top of a file, never inside a function', () => {
    const hidden = withDirective.filter((file) => !isServerDirective(parse(file)[0]));
    expect(hidden).toEqual([]);
  });

  it('names a permission, or a reason to need none', () => {
    const isComplete = (access: Access) =>
      typeof access === 'string' ? access in PERMISSIONS : access.public.length > 5;
    expect([...ROUTES, ...ACTIONS].filter(({ access }) => !isComplete(access))).toEqual([]);
  });

  it('knows every page that does not ask who looks at it', () => {
    const open = filesOf('app/**/page.tsx').filter((file) => !read(file).includes('await requireActor()'));
    expect(open.map(addressOf).toSorted()).toEqual(Object.keys(PUBLIC_PAGES).toSorted());
  });
});
