-- Hồ sơ tiếp nhận trong kỳ / dossiers received in the period
SELECT
    commune_code,
    SUM(CASE WHEN received_on BETWEEN {start} AND {end} THEN 1 ELSE 0 END) AS value
FROM dossier
GROUP BY commune_code
