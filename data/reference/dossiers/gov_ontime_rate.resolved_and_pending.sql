-- Như trên, thêm hồ sơ còn đang giải quyết vào ngày cuối kỳ (đúng: chưa quá ngày hẹn trả)
SELECT
    commune_code,
    SUM(CASE WHEN (finished_on BETWEEN {start} AND {end} AND finished_on <= due_on)
               OR (received_on <= {end} AND (finished_on IS NULL OR finished_on > {end}) AND due_on >= {end}) THEN 1 ELSE 0 END) AS numerator,
    SUM(CASE WHEN finished_on BETWEEN {start} AND {end}
               OR (received_on <= {end} AND (finished_on IS NULL OR finished_on > {end})) THEN 1 ELSE 0 END) AS denominator
FROM dossier
GROUP BY commune_code
