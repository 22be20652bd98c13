-- Số hồ sơ tiếp nhận trực tuyến trong kỳ / tổng số hồ sơ tiếp nhận trong kỳ
SELECT
    commune_code,
    SUM(CASE WHEN received_on BETWEEN {start} AND {end} AND channel = 'online' THEN 1 ELSE 0 END) AS numerator,
    SUM(CASE WHEN received_on BETWEEN {start} AND {end} THEN 1 ELSE 0 END) AS denominator
FROM dossier
GROUP BY commune_code
