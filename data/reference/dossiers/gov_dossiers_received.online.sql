-- Hồ sơ tiếp nhận trực tuyến trong kỳ / dossiers received online in the period
SELECT
    commune_code,
    SUM(CASE WHEN received_on BETWEEN {start} AND {end} AND channel = 'online' THEN 1 ELSE 0 END) AS value
FROM dossier
GROUP BY commune_code
