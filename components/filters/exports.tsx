import { Button } from '#components/ui/button.tsx';
import { Menu, MenuContent, MenuItem, MenuTrigger } from '#components/ui/menu.tsx';

const FORMATS = [
  ['macros', 'macros.conf of Splunk'],
  ['json', 'JSON, every version'],
  ['sigma', 'Sigma filters'],
] as const;

/** The rules as files for other tools. */
export function FilterExports() {
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button variant="quiet">Export</Button>
      </MenuTrigger>
      <MenuContent>
        {FORMATS.map(([format, label]) => (
          <MenuItem key={format} asChild>
            <a href={`/api/v1/filters/export?format=${format}`} download className="text-text no-underline">
              {label}
            </a>
          </MenuItem>
        ))}
      </MenuContent>
    </Menu>
  );
}
