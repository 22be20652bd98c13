-- Số hồ sơ nộp trực tuyến / tổng số hồ sơ phát sinh, của các dịch vụ công trực tuyến toàn trình
SELECT
    commune_code,
    SUM(CASE WHEN received_on BETWEEN {start} AND {end} AND service_level = 'full' AND channel = 'online' THEN 1 ELSE 0 END) AS numerator,
    SUM(CASE WHEN received_on BETWEEN {start} AND {end} AND service_level = 'full' THEN 1 ELSE 0 END) AS denominator
FROM dossier
GROUP BY commune_code
