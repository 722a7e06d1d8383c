import { cva, type VariantProps } from 'class-variance-authority';
import { Slot } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from './cn.ts';

const button = cva(
  'inline-flex items-center justify-center gap-1.5 whitespace-nowrap rounded-md border px-2.5 py-1 font-medium text-[13px] leading-5 no-underline transition-colors disabled:cursor-not-allowed disabled:opacity-50',
  {
    variants: {
      variant: {
        default: 'border-line-strong bg-surface text-text hover:bg-raised',
        primary: 'border-accent bg-accent text-bg hover:bg-text',
        quiet: 'border-transparent bg-transparent text-text-2 hover:bg-raised hover:text-text',
        danger: 'border-critical bg-surface text-critical hover:bg-critical-soft',
      },
    },
    defaultVariants: { variant: 'default' },
  },
);

type Props = ComponentProps<'button'> & VariantProps<typeof button> & { readonly asChild?: boolean };

export function Button({ className, variant, asChild = false, type = 'button', ...props }: Props) {
  const classes = cn(button({ variant }), className);
  if (asChild) return <Slot.Root className={classes} {...props} />;
  return <button type={type} className={classes} {...props} />;
}
