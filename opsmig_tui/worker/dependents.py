"""What uses a table or some of its columns, from the catalog."""

from __future__ import annotations

from .protocol import LiveObject, Probe, ProbeAnswer
from .relations import Relations

MOST = 50
"""Objects that are named; a table that more depend on is not read one by one anyway."""

# Kind, schema, table, name, whether it blocks. {of} is the reference in pg_depend: to the table as
# a whole or to one of the columns. Partitions go with their parent, other children block.
_USED_BY = """
SELECT CASE v.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'rule' END,
  n.nspname::text, CASE WHEN v.relkind IN ('v', 'm') THEN '' ELSE v.relname::text END,
  CASE WHEN v.relkind IN ('v', 'm') THEN v.relname ELSE r.rulename END::text, true
FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
JOIN pg_catalog.pg_class v ON v.oid = r.ev_class
JOIN pg_catalog.pg_namespace n ON n.oid = v.relnamespace
WHERE d.classid = 'pg_rewrite'::regclass AND {of} AND d.deptype = 'n'
  AND NOT (v.oid = {oid} AND {whole})
UNION
SELECT 'function', n.nspname::text, '', p.proname::text, true
FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_proc p ON p.oid = d.objid
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE d.classid = 'pg_proc'::regclass AND d.deptype = 'n' AND ({of} OR ({whole}
  AND d.refclassid = 'pg_type'::regclass AND d.refobjid IN (
    SELECT unnest(ARRAY[t.oid, t.typarray]) FROM pg_catalog.pg_type t WHERE t.typrelid = {oid})))
UNION
SELECT 'trigger', n.nspname::text, c.relname::text, g.tgname::text, true
FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_trigger g ON g.oid = d.objid
JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE d.classid = 'pg_trigger'::regclass AND {of} AND d.deptype = 'n' AND NOT g.tgisinternal
  AND NOT (c.oid = {oid} AND {whole})
UNION
SELECT 'policy', n.nspname::text, c.relname::text, y.polname::text, true
FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_policy y ON y.oid = d.objid
JOIN pg_catalog.pg_class c ON c.oid = y.polrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE d.classid = 'pg_policy'::regclass AND {of} AND d.deptype = 'n'
  AND NOT (c.oid = {oid} AND {whole})
UNION
SELECT 'generated column', n.nspname::text, c.relname::text, a.attname::text, true
FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attrdef f ON f.oid = d.objid
JOIN pg_catalog.pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
JOIN pg_catalog.pg_class c ON c.oid = f.adrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE d.classid = 'pg_attrdef'::regclass AND {of} AND NOT {whole}
  AND to_jsonb(a) ->> 'attgenerated' IN ('s', 'v') AND NOT a.attnum = ANY ({numbers})
UNION
SELECT 'foreign key', n.nspname::text, c.relname::text, k.conname::text, true
FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND k.confrelid = {oid} AND k.conparentid = 0
  AND ({whole} OR k.confkey && {numbers})
  AND k.conrelid <> {oid}
UNION
SELECT 'table', n.nspname::text, '', c.relname::text, true
FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE h.inhparent = {oid} AND {whole} AND NOT c.relispartition
UNION
SELECT 'index', n.nspname::text, c.relname::text, x.relname::text, false
FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_index i ON i.indexrelid = d.objid
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE d.classid = 'pg_class'::regclass AND {of} AND NOT {whole}
  AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
ORDER BY 5 DESC, 1, 2, 3, 4 LIMIT {most}
"""


def dependents(relations: Relations, probe: Probe, sample_above: int) -> ProbeAnswer:
    """What has to go or change before the table, or the columns, can. Raises Absent, Refused."""
    relation = relations.need(probe.schema, probe.table, probe.columns)
    numbers = [relation.columns[column][0] for column in probe.columns]
    array = f"ARRAY[{', '.join(map(str, numbers))}]::int2[]"
    of = f"(d.refclassid = 'pg_class'::regclass AND d.refobjid = {relation.oid}"
    of += f" AND d.refobjsubid = ANY ({array}))" if numbers else ")"
    found = relations.database.rows(
        _USED_BY.format(of=of, oid=relation.oid, numbers=array, whole=not numbers, most=MOST)
    )
    objects = tuple(
        LiveObject(kind, name, schema, table, blocks) for kind, schema, table, name, blocks in found
    )
    return ProbeAnswer(probe, sum(item.blocks for item in objects), objects=objects)
