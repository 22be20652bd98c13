-- Hồ sơ giải quyết đúng hạn, trước hạn / hồ sơ đã giải quyết trong kỳ
SELECT
    commune_code,
    SUM(CASE WHEN finished_on BETWEEN {start} AND {end} AND finished_on <= due_on THEN 1 ELSE 0 END) AS numerator,
    SUM(CASE WHEN finished_on BETWEEN {start} AND {end} THEN 1 ELSE 0 END) AS denominator
FROM dossier
GROUP BY commune_code
