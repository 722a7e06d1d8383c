/** What a word of the language does, in a sentence; shown when it is pointed at or chosen. */
export const HELP: Readonly<Record<string, string>> = {
  search:
    'Keeps the rows that fit. A filter keeps all but what it covers: search NOT (…). Ignores case, * stands for any text.',
  where: 'Keeps the rows for which an expression is true. Compares case by case: "A" is not "a".',
  regex: 'Keeps the rows whose field fits a regular expression: regex dest="^srv-[0-9]+$".',
  eval: 'Computes a field for the commands behind it: eval name=lower(user).',
  lookup: 'Adds the columns of a value list: lookup admins user OUTPUT role.',
  NOT: 'What follows must not fit. NOT user="x" also keeps rows without a user; user!="x" does not.',
  AND: 'Both must fit. In search it may be left out.',
  OR: 'One of them must fit. In search, OR binds tighter than AND; in where, AND does.',
  IN: 'One of a list: dest IN ("a", "b").',
  LIKE: 'Fits a pattern: % stands for any text, _ for one character. Case counts.',
  match:
    'match(field, "regex"): whether the regular expression fits anywhere in the field. Anchor it with ^ and $.',
  like: 'like(field, "pattern"): % stands for any text, _ for one character. Case counts.',
  cidrmatch: 'cidrmatch("10.0.0.0/8", field): whether the address lies in the network.',
  lower: 'lower(field): the text in lower case, to compare without regard to case.',
  upper: 'upper(field): the text in upper case.',
  isnull: 'isnull(field): whether the row lacks the field.',
  isnotnull: 'isnotnull(field): whether the row has the field.',
  coalesce: 'coalesce(a, b): the first of them that is there.',
  len: 'len(field): the number of characters.',
  replace: 'replace(field, "regex", "by"): the text with every fit replaced.',
  substr: 'substr(field, start, length): a part of the text, counted from 1.',
  in: 'in(field, "a", "b"): whether the field is one of the list. Case counts.',
  mvcount: 'mvcount(field): the number of values.',
};
