"""Catalog queries for all that stands beside the tables: parts of the one query of snapshot.py.

Each part gives (kind, object, name, definition, identity), as in snapshot_tables.py.
"""

from __future__ import annotations

from .snapshot_tables import FIRST_OWN_OID, SEQUENCE

SCHEMAS = """
SELECT 'schema', n.object, '', 'SCHEMA', n.oid::text FROM ours n
UNION ALL
SELECT 'extension', quote_ident(e.extname), '',
  'VERSION ' || e.extversion || ' SCHEMA ' || e.extnamespace::regnamespace, e.oid::text
FROM pg_extension e"""

SEQUENCES = f"""
SELECT 'sequence', r.object, '', concat_ws(' ', 'AS ' || format_type(s.seqtypid, NULL), {SEQUENCE},
    'OWNED BY ' || (SELECT min(o.refobjid::regclass || '.' || quote_ident(a.attname))
      FROM pg_depend o JOIN pg_attribute a ON a.attrelid = o.refobjid AND a.attnum = o.refobjsubid
      WHERE o.objid = r.oid AND o.classid = 'pg_class'::regclass AND o.deptype = 'a')), r.oid::text
FROM rel r JOIN pg_sequence s ON s.seqrelid = r.oid"""

VIEWS = """
SELECT CASE r.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, r.object, '',
  concat_ws(' ', 'WITH (' || array_to_string(r.reloptions, ', ') || ')',
    pg_get_viewdef(r.oid)), r.oid::text
FROM rel r WHERE r.relkind IN ('v', 'm')"""

TYPES = """
SELECT 'enum', t.object, '', coalesce((SELECT string_agg(quote_literal(e.enumlabel), ', '
    ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid), ''), t.oid::text
FROM typ t WHERE t.typtype = 'e'
UNION ALL
SELECT 'domain', t.object, '', concat_ws(' ', format_type(t.typbasetype, t.typtypmod),
    CASE WHEN t.typnotnull THEN 'NOT NULL' END, 'DEFAULT ' || t.typdefault), t.oid::text
FROM typ t WHERE t.typtype = 'd'
UNION ALL
SELECT 'domain constraint', t.object, k.conname::text, pg_get_constraintdef(k.oid), k.oid::text
FROM typ t JOIN pg_constraint k ON k.contypid = t.oid WHERE k.contype = 'c'
UNION ALL
SELECT 'composite type', t.object, '', coalesce((SELECT string_agg(quote_ident(a.attname) || ' ' ||
    format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) FROM pg_attribute a
    WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped), ''), t.oid::text
FROM typ t WHERE t.typtype = 'c'
UNION ALL
SELECT 'range type', t.object, '', format_type(g.rngsubtype, NULL), t.oid::text
FROM typ t JOIN pg_range g ON g.rngtypid = t.oid"""

FUNCTIONS = """
SELECT CASE f.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END,
  f.object, '', CASE f.prokind
    WHEN 'a' THEN (SELECT concat_ws(' ', format_type(f.prorettype, NULL), g.aggtransfn,
      format_type(g.aggtranstype, NULL), g.agginitval, nullif(g.aggfinalfn::oid, 0)::regprocedure)
      FROM pg_aggregate g WHERE g.aggfnoid = f.oid)
    ELSE pg_get_functiondef(f.oid) END, f.oid::text
FROM fun f"""

REST = f"""
SELECT 'event trigger', quote_ident(t.evtname), '', concat_ws(' ', 'ON', t.evtevent,
    array_to_string(t.evttags, ', '), t.evtfoid::regprocedure,
    CASE t.evtenabled WHEN 'O' THEN NULL ELSE '(' || t.evtenabled::text || ')' END), t.oid::text
FROM pg_event_trigger t
WHERE NOT EXISTS (SELECT FROM ext x WHERE x.objid = t.oid
  AND x.classid = 'pg_event_trigger'::regclass)
UNION ALL
SELECT 'publication', quote_ident(p.pubname), '', concat_ws(' ',
    CASE WHEN p.puballtables THEN 'ALL TABLES' END,
    (SELECT string_agg(t.prrelid::regclass::text, ', ' ORDER BY t.prrelid::regclass::text)
      FROM pg_publication_rel t WHERE t.prpubid = p.oid),
    CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
    CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END),
  p.oid::text
FROM pg_publication p
UNION ALL
SELECT 'default privileges', concat_ws(' IN ', pg_get_userbyid(d.defaclrole),
    nullif(d.defaclnamespace, 0)::regnamespace), d.defaclobjtype::text,
  array_to_string(d.defaclacl, ', '), d.oid::text
FROM pg_default_acl d
UNION ALL
SELECT i.type, i.identity, '', upper(i.type), o.oid::text FROM (
    SELECT 'pg_operator'::regclass, oid FROM pg_operator
    UNION ALL SELECT 'pg_opclass'::regclass, oid FROM pg_opclass
    UNION ALL SELECT 'pg_opfamily'::regclass, oid FROM pg_opfamily
    UNION ALL SELECT 'pg_cast'::regclass, oid FROM pg_cast
    UNION ALL SELECT 'pg_collation'::regclass, oid FROM pg_collation
    UNION ALL SELECT 'pg_conversion'::regclass, oid FROM pg_conversion
    UNION ALL SELECT 'pg_ts_config'::regclass, oid FROM pg_ts_config
    UNION ALL SELECT 'pg_ts_dict'::regclass, oid FROM pg_ts_dict
    UNION ALL SELECT 'pg_language'::regclass, oid FROM pg_language
    UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid FROM pg_foreign_data_wrapper
    UNION ALL SELECT 'pg_foreign_server'::regclass, oid FROM pg_foreign_server
  ) o(class, oid), LATERAL pg_identify_object(o.class, o.oid, 0) i
WHERE o.oid >= {FIRST_OWN_OID} AND left(coalesce(i.schema, ''), 3) <> 'pg_'
  AND NOT EXISTS (SELECT FROM ext x WHERE x.objid = o.oid AND x.classid = o.class)"""

COMMENTS = f"""
SELECT 'comment', r.object, coalesce(a.attname::text, ''), d.description, ''
FROM rel r JOIN pg_description d ON d.objoid = r.oid AND d.classoid = 'pg_class'::regclass
LEFT JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = d.objsubid AND d.objsubid > 0
UNION ALL
SELECT 'comment', i.identity, i.type, d.description, ''
FROM pg_description d, LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) i
WHERE (d.objoid >= {FIRST_OWN_OID} OR d.objoid = 'public'::regnamespace)
  AND NOT EXISTS (SELECT FROM rel r WHERE r.oid = d.objoid AND d.classoid = 'pg_class'::regclass)
  AND NOT EXISTS (SELECT FROM ext x WHERE x.objid = d.objoid AND x.classid = d.classoid)
  AND d.classoid <> 'pg_extension'::regclass AND left(coalesce(i.schema, ''), 3) <> 'pg_'"""


def _grants(acl: str) -> str:
    """A FROM item: (grantee, rights) of an access control list."""
    return f"""(SELECT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(g.grantee)::text END
        AS grantee, string_agg(g.privilege_type || CASE WHEN g.is_grantable
          THEN ' with grant option' ELSE '' END, ', ' ORDER BY g.privilege_type) AS rights
      FROM aclexplode({acl}) g GROUP BY 1)"""


# Told is what differs from the privileges an object has that nobody was given any on: GRANT and
# REVOKE leave the same behind as neither.
PRIVILEGES = f"""
SELECT 'owner', o.object, '', pg_get_userbyid(o.owner)::text, '' FROM owned o
UNION ALL
SELECT 'privileges', o.object, concat_ws(' ', o.name, 'of', g.grantee),
  coalesce(g.rights, 'none'), ''
FROM (SELECT object, NULL AS name, acl, usual FROM owned WHERE acl IS NOT NULL
    UNION ALL SELECT r.object, a.attname::text, a.attacl, acldefault('c', r.relowner)
    FROM rel r JOIN pg_attribute a ON a.attrelid = r.oid WHERE a.attacl IS NOT NULL) o,
  LATERAL (SELECT coalesce(mine.grantee, usual.grantee) AS grantee, mine.rights
    FROM {_grants("o.acl")} mine
    FULL JOIN {_grants("o.usual")} usual ON mine.grantee = usual.grantee
    WHERE mine.rights IS DISTINCT FROM usual.rights) g"""

PARTS = (SCHEMAS, SEQUENCES, VIEWS, TYPES, FUNCTIONS, REST, COMMENTS, PRIVILEGES)
