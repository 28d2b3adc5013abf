-- The sample's rows, for the schema two revisions behind head. Nothing is random: every run
-- of the sample shows the same numbers.
INSERT INTO ops.app_user (email, full_name, role)
SELECT format('user%s@example.com', n), format('User %s', n),
       (ARRAY['viewer', 'dispatcher', 'admin'])[1 + n % 3]::ops.user_role
FROM generate_series(1, 40) AS n;

INSERT INTO ops.vendor (number, name, status, country, rating)
SELECT format('V-%s', 1000 + n),
       (ARRAY['Nord', 'Alpine', 'Harbour', 'Summit', 'Metro', 'Delta'])[1 + n % 6] || ' '
           || (ARRAY['Services', 'Technik', 'Lifts', 'Power', 'Fleet'])[1 + n % 5] || ' ' || n,
       (ARRAY['active', 'active', 'active', 'prospect', 'suspended'])[1 + n % 5]::ops.vendor_status,
       (ARRAY['DE', 'AT', 'CH', 'GB', 'US', 'PT'])[1 + n / 3 % 6],
       CASE WHEN n % 4 > 0 THEN n % 50 / 10.0 END
FROM generate_series(1, 240) AS n;

INSERT INTO ops.site (code, name, city)
SELECT format('S%s', 100 + n), format('Depot %s', n),
       (ARRAY['Hamburg', 'Wien', 'Basel', 'Leeds', 'Porto'])[1 + n % 5]
FROM generate_series(1, 60) AS n;

INSERT INTO ops.contact (site_id, name, email, phone)
SELECT 1 + n % 60, format('Contact %s', n), format('desk%s@example.com', n),
       format('+49 40 555 %s', 1000 + n)
FROM generate_series(1, 180) AS n;

INSERT INTO ops.agreement
    (vendor_id, number, nickname, state, starts_on, ends_on, monthly_fee, renews)
SELECT 1 + n % 240, format('A-%s', 10000 + n),
       CASE WHEN n <= 1204 THEN format('Agreement no. %s', n) END,
       (ARRAY['signed', 'signed', 'signed', 'draft', 'terminated'])[1 + n % 5]::ops.agreement_state,
       date '2024-01-01' + n % 700,
       CASE WHEN n % 3 > 0 THEN date '2026-01-01' + n % 900 END,
       100 + n % 90 * 25, n % 2 = 0
FROM generate_series(1, 1600) AS n;

INSERT INTO ops.asset (site_id, tag, asset_class, model, in_service_since, odometer_m, telemetry)
SELECT 1 + n % 60, format('T-%s', 5000 + n), kind::ops.asset_class,
       format('%s %s', initcap(kind), 1 + n % 12), date '2019-03-01' + n % 2000,
       CASE WHEN kind = 'vehicle' THEN 900000 * (n % 400) END,
       CASE WHEN n % 2 = 0 THEN jsonb_build_object('battery', n % 100, 'engine_hours', n * 7) END
FROM generate_series(1, 600) AS n,
     LATERAL (SELECT (ARRAY['vehicle', 'vehicle', 'generator', 'lift'])[1 + n % 4]) AS k (kind);

INSERT INTO ops.work_order (asset_id, agreement_id, title, state, due_on, closed_on)
SELECT 1 + n % 600, 1 + n % 1600,
       (ARRAY['Oil change', 'Brake check', 'Battery swap', 'Annual service'])[1 + n % 4],
       (ARRAY['done', 'done', 'open', 'scheduled', 'on_hold'])[1 + n % 5]::ops.work_order_state,
       date '2025-06-01' + n % 500,
       CASE WHEN n % 5 < 2 THEN date '2025-06-01' + n % 480 END
FROM generate_series(1, 2400) AS n;

INSERT INTO ops.invoice (vendor_id, number, issued_on, due_on)
SELECT 1 + n % 240, format('INV-%s', 20000 + n), issued, issued + 30
FROM generate_series(1, 800) AS n, LATERAL (SELECT date '2025-01-15' + n % 450) AS i (issued);

INSERT INTO ops.invoice_line (invoice_id, work_order_id, description, quantity, unit_price)
SELECT 1 + n % 800, 1 + n % 2400, (ARRAY['Labour', 'Parts', 'Travel'])[1 + n % 3],
       1 + n % 8, 40 + n % 60
FROM generate_series(1, 2000) AS n;

UPDATE ops.invoice SET total = lines.total
FROM (SELECT invoice_id, sum(quantity * unit_price) AS total
      FROM ops.invoice_line GROUP BY invoice_id) AS lines
WHERE lines.invoice_id = invoice.id;

INSERT INTO ops.inspection (asset_id, inspected_on, result, inspector_id)
SELECT 1 + n % 600, date '2025-02-01' + n % 420,
       (ARRAY['passed', 'passed', 'remarks', 'failed'])[1 + n % 4]::ops.inspection_result, 1 + n % 40
FROM generate_series(1, 900) AS n;

-- Some life, so that history has more than one version of a row.
UPDATE ops.agreement SET monthly_fee = monthly_fee + 10 WHERE id % 4 = 0;
UPDATE ops.vendor SET rating = 4.5 WHERE id % 10 = 1;

ANALYZE ops.app_user, ops.vendor, ops.vendor_history, ops.site, ops.contact, ops.agreement,
    ops.agreement_history, ops.asset, ops.asset_history, ops.work_order, ops.invoice,
    ops.invoice_line, ops.inspection;
