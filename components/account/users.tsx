'use client';

import { type FormEvent, useState, useTransition } from 'react';
import { OwnTime } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Field, Input, Select } from '#components/ui/input.tsx';
import { ErrorState } from '#components/ui/states.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import { ROLES, type Role } from '#lib/auth/actor.ts';
import type { ApiToken } from '#lib/auth/tokens.ts';
import type { UserItem } from '#lib/auth/users.ts';
import {
  addTokenAction,
  addUserAction,
  changeUserAction,
  revokeTokenAction,
} from '../../app/(dashboard)/system/actions.ts';

type Failure = { readonly message: string; readonly field: string | undefined };

function failureOf(error: { message: string; details?: Readonly<Record<string, unknown>> }): Failure {
  const field = error.details?.field;
  return { message: error.message, field: typeof field === 'string' ? field : undefined };
}

/** Users with their roles, and a form for a new one. */
export function Users({ users, ownId }: { readonly users: readonly UserItem[]; readonly ownId: string }) {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isPending, startTransition] = useTransition();
  const change = (input: { id: string; role?: Role; isDisabled?: boolean }): void =>
    startTransition(async () => {
      const result = await changeUserAction(input);
      setFailure(result.ok ? null : failureOf(result.error));
    });
  const add = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = (name: string): string => String(new FormData(form).get(name) ?? '');
    startTransition(async () => {
      const role = ROLES.find((one) => one === text('role')) ?? 'viewer';
      const result = await addUserAction({
        name: text('name'),
        email: text('email'),
        password: text('password'),
        role,
      });
      setFailure(result.ok ? null : failureOf(result.error));
      if (result.ok) form.reset();
    });
  };
  const errorFor = (name: string): string | undefined =>
    failure?.field === name ? failure.message : undefined;
  return (
    <Card title="Users" aria-busy={isPending}>
      {failure && !failure.field && <ErrorState title={failure.message} />}
      <div className="overflow-x-auto">
        <Table>
          <TableHeader>
            <TableRow>
              <TableHead>Name</TableHead>
              <TableHead>E-mail</TableHead>
              <TableHead>Role</TableHead>
              <TableHead>Since</TableHead>
              <TableHead>
                <span className="sr-only">Actions</span>
              </TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {users.map((user) => (
              <TableRow key={user.id}>
                <TableCell>
                  {user.name}
                  {user.isDisabled && <span className="text-text-3"> · disabled</span>}
                </TableCell>
                <TableCell>{user.email}</TableCell>
                <TableCell>
                  <Select
                    aria-label={`Role of ${user.name}`}
                    value={user.role}
                    disabled={user.id === ownId || isPending}
                    onChange={(event) =>
                      change({ id: user.id, role: ROLES.find((role) => role === event.target.value) })
                    }
                  >
                    {ROLES.map((role) => (
                      <option key={role}>{role}</option>
                    ))}
                  </Select>
                </TableCell>
                <TableCell className="whitespace-nowrap text-text-2">
                  <OwnTime iso={user.createdAt} />
                </TableCell>
                <TableCell className="text-right">
                  {user.id !== ownId && (
                    <Button
                      variant="quiet"
                      disabled={isPending}
                      onClick={() => change({ id: user.id, isDisabled: !user.isDisabled })}
                    >
                      {user.isDisabled ? 'Enable' : 'Disable'}
                    </Button>
                  )}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </div>
      <form
        onSubmit={add}
        noValidate
        className="grid items-start gap-3 pt-4 sm:grid-cols-2 lg:grid-cols-[1fr_1fr_1fr_120px_auto]"
      >
        <Field label="Name" error={errorFor('name')}>
          {(ids) => <Input {...ids} name="name" autoComplete="off" required />}
        </Field>
        <Field label="E-mail" error={errorFor('email')}>
          {(ids) => <Input {...ids} name="email" type="email" autoComplete="off" required />}
        </Field>
        <Field label="First password" error={errorFor('password')} hint="At least 12 characters">
          {(ids) => <Input {...ids} name="password" type="password" autoComplete="new-password" required />}
        </Field>
        <Field label="Role">
          {(ids) => (
            <Select {...ids} name="role" defaultValue="analyst" className="py-1.5">
              {ROLES.map((role) => (
                <option key={role}>{role}</option>
              ))}
            </Select>
          )}
        </Field>
        <Button type="submit" disabled={isPending} className="mt-6">
          Add user
        </Button>
      </form>
    </Card>
  );
}

/** API tokens; a new one is shown once. */
export function Tokens({ tokens }: { readonly tokens: readonly ApiToken[] }) {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [issued, setIssued] = useState<string | null>(null);
  const [isPending, startTransition] = useTransition();
  const add = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    startTransition(async () => {
      const role = ROLES.find((one) => one === data.get('role')) ?? 'viewer';
      const result = await addTokenAction({ name: String(data.get('name') ?? ''), role });
      setFailure(result.ok ? null : failureOf(result.error));
      setIssued(result.ok ? result.data.token : null);
      if (result.ok) form.reset();
    });
  };
  const revoke = (id: string): void =>
    startTransition(async () => {
      const result = await revokeTokenAction({ id });
      setFailure(result.ok ? null : failureOf(result.error));
    });
  return (
    <Card title="API tokens" aria-busy={isPending}>
      {failure && <ErrorState title={failure.message} />}
      {issued && (
        <p role="status" className="flex flex-wrap items-center gap-1 rounded-md bg-low-soft px-3 py-2">
          Copy the token now, it is not shown again:{' '}
          <code className="break-all font-mono text-[12px]">{issued}</code>
          <CopyButton text={issued} label="token" />
        </p>
      )}
      <ul className="grid">
        {tokens.map((token) => (
          <li key={token.id} className="flex flex-wrap items-center gap-x-3 border-t py-1.5 first:border-t-0">
            <span>{token.name}</span>
            <span className="text-text-3">
              {token.role} · <OwnTime iso={token.createdAt} />
            </span>
            <span className="flex-1" />
            <Button variant="quiet" disabled={isPending} onClick={() => revoke(token.id)}>
              Revoke
            </Button>
          </li>
        ))}
        {tokens.length === 0 && (
          <li className="text-text-3">
            No tokens. A token lets a program use the API as a service user of its own.
          </li>
        )}
      </ul>
      <form onSubmit={add} noValidate className="flex flex-wrap items-end gap-3 pt-3">
        <Field label="What it is for">
          {(ids) => <Input {...ids} name="name" required className="w-64" />}
        </Field>
        <Field label="Role">
          {(ids) => (
            <Select {...ids} name="role" defaultValue="viewer" className="py-1.5">
              {ROLES.map((role) => (
                <option key={role}>{role}</option>
              ))}
            </Select>
          )}
        </Field>
        <Button type="submit" disabled={isPending}>
          Make token
        </Button>
      </form>
    </Card>
  );
}
