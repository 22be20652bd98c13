-- Hồ sơ đã giải quyết trong kỳ / dossiers resolved in the period
SELECT
    commune_code,
    SUM(CASE WHEN finished_on BETWEEN {start} AND {end} THEN 1 ELSE 0 END) AS value
FROM dossier
GROUP BY commune_code
